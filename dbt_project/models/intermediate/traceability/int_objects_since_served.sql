-- Objects that were landed or changed since the served generation was built, with the day from which each can have
-- changed figures. `onwards` says that it can have changed those of every later day as well: what is known anew of a
-- subscription moves every month from its start, and what takes a bill back or uses up credits every month since.
{% set objects = [
    (['cash', 'margin'], 'stg_stripe__balance_transactions', 'balance_transaction_id', 'created_at', 'stripe', false,
     "case when staged.reporting_category like '%refund%' then 'refund' else 'late_rows' end"),
    (['mrr'], 'stg_stripe__subscriptions', 'subscription_id', 'least(created_at, started_at)', 'stripe', true,
     "case when staged.started_at < staged.created_at then 'backdating' else 'late_rows' end"),
    (['mrr'], 'stg_stripe__subscription_schedules', 'subscription_schedule_id', 'created_at', 'stripe', true, "'late_rows'"),
    (['mrr'], 'stg_stripe__invoices', 'invoice_id', 'created_at', 'stripe', true, "'late_rows'"),
    (['revenue', 'margin'], 'billed', 'invoice_id', 'least(created_at, earns_from)', 'stripe', true,
     "case when staged.earns_from < staged.created_at then 'backdating' else 'late_rows' end"),
    (['revenue', 'margin'], 'stg_stripe__charges', 'charge_id', 'created_at', 'stripe', true, "'late_rows'"),
    (['revenue', 'margin'], 'stg_stripe__refunds', 'refund_id', 'created_at', 'stripe', true, "'refund'"),
    (['revenue', 'margin'], 'stg_stripe__credit_notes', 'credit_note_id', 'least(created_at, effective_at)', 'stripe', true,
     "'refund'"),
    (['revenue', 'margin'], 'stg_app__credit_transactions', 'credit_transaction_id', 'created_at', 'app', true, "'late_rows'"),
    (['usage', 'cost', 'margin'], 'stg_app__videos', 'video_id', 'created_at', 'app', false, "'late_rows'"),
    (['cost', 'margin'], 'stg_app__api_usage_logs', 'usage_log_id', 'occurred_at', 'app', false, "'late_rows'"),
] -%}

with

served as (
    select * from {{ source('raw_tillhouse', 'served_generation') }}
),

-- A bill earns from the first day of its lines, which for a change of plan is long before it is sent.
billed as (
    select invoices.*, lines.earns_from
    from {{ ref('stg_stripe__invoices') }} as invoices
    inner join served on invoices.raw_load_id > served.newest_stripe_load
    left join (
        select invoice_id, min(period_started_at) as earns_from
        from {{ ref('stg_stripe__invoice_lines') }}
        group by invoice_id
    ) as lines
        on invoices.invoice_id = lines.invoice_id
),

final as (
    {% for areas, table, key, since, source, onwards, cause in objects -%}
    {% set is_last = loop.last -%}
    {% for area in areas -%}
    select
        '{{ area }}' as area,
        case
            when staged.is_deleted and staged.first_load_id <= served.newest_{{ source }}_load then 'deletion'
            when staged.first_load_id <= served.newest_{{ source }}_load then 'changed_objects'
            else {{ cause }}
        end as cause,
        staged.{{ key }} as object_id,
        {{ utc_date(since) }} as since,
        {{ onwards }} as onwards
    from {{ table if table == 'billed' else ref(table) }} as staged
    cross join served
    where staged.raw_load_id > served.newest_{{ source }}_load
    {{ 'union all' if not (is_last and loop.last) }}
    {% endfor -%}
    {% endfor -%}
)

select * from final
