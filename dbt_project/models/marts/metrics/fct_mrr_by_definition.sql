{{ by_period() }}

with

months as (
    select * from {{ ref('agg_mrr_monthly') }} {{- of_changed_periods('month') }}
),

items as (
    select * from {{ ref('int_mrr_month_items') }} {{- of_changed_periods('month') }}
),

definitions as (
    {{ mrr_definition_rows() }}
),

judged as (
    select
        items.*,
        definitions.*,
        items.state in ('active', 'past_due', 'comped')
        or (items.state = 'awaiting_payment' and definitions.counts_awaiting_payment)
        or (items.state = 'beyond_grace' and definitions.counts_beyond_grace)
        or (items.state = 'paused' and definitions.counts_paused) as is_counted,
        items.wants_out and definitions.ends_on_request as has_left
    from items
    cross join definitions
),

-- One cause after the other; who has left by the wish takes along all that was counted before.
caused as (
    select
        judged.*,
        {% for state in ['awaiting_payment', 'beyond_grace', 'paused'] -%}
        case when is_counted and state = '{{ state }}' then net_usd else 0 end as gap_{{ state }}_usd,
        {% endfor -%}
        case
            when is_counted and discounts = 'none' then list_mrr_usd - net_usd
            when is_counted and discounts = 'all' then -once_off_usd
            else 0
        end as gap_coupons_usd,
        case when is_counted and rates_now then list_now_usd - list_mrr_usd else 0 end as gap_fx_usd,
        case
            when has_left or not is_counted then 0
            when discounts = 'all' then net_usd - once_off_usd
            when discounts = 'recurring' then net_usd
            when rates_now then list_now_usd
            else list_mrr_usd
        end as theirs_usd
    from judged
),

summed as (
    select
        month,
        definition,
        {{ total('theirs_usd') }} as mrr_usd,
        {{ total('mrr_usd') }} as ours_usd,
        {% for cause in ['awaiting_payment', 'beyond_grace', 'paused', 'coupons', 'fx'] -%}
        {{ total('gap_' ~ cause ~ '_usd') }} as gap_{{ cause }}_usd,
        {% endfor -%}
        -{{ total(
            'case when has_left then mrr_usd + gap_awaiting_payment_usd + gap_beyond_grace_usd + gap_paused_usd'
            ~ ' + gap_coupons_usd + gap_fx_usd end'
        ) }} as gap_cancellation_usd,
        count(distinct case when theirs_usd > 0 then customer_key end) as customers
    from caused
    group by month, definition
),

final as (
    select
        months.month,
        definitions.definition,
        {% for amount in [
            'mrr', 'ours', 'gap_awaiting_payment', 'gap_beyond_grace', 'gap_paused', 'gap_coupons', 'gap_fx',
            'gap_cancellation',
        ] -%}
        cast(coalesce(summed.{{ amount }}_usd, 0) as numeric(20, 6)) as {{ amount }}_usd,
        {% endfor -%}
        coalesce(summed.customers, 0) as customers,
        months.is_final
    from months
    cross join definitions
    left join summed on months.month = summed.month and definitions.definition = summed.definition
)

select * from final
