{{ sliced() }}

with

lines as (
    select * from {{ ref('int_subscription_lines') }}
    where not is_proration and not is_trial
),

snapshots as (
    select * from {{ ref('int_subscription_snapshots') }}
),

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

run_context as (
    select * from {{ ref('stg_tillhouse__run_context') }}
),

paused_snapshots as (
    select distinct subscription_id
    from snapshots
    where is_paused
),

unpaid_spells as (
    select * from {{ ref('int_unpaid_spells') }}
),

-- The invoice that speaks for a period is its latest: one made by hand replaces the one that was withdrawn.
period_invoices as (
    select
        lines.subscription_id,
        lines.period_started_at,
        lines.invoice_status,
        lines.is_attempted,
        row_number() over (
            partition by lines.subscription_id, lines.period_started_at
            order by lines.invoiced_at desc, lines.invoice_id
        ) as invoice_recency
    from lines
    -- The drafts of an unpaid subscription are its own doing, no pause.
    where not exists (
        select 1
        from unpaid_spells
        where
            unpaid_spells.subscription_id = lines.subscription_id
            and lines.invoice_status = 'draft'
            and unpaid_spells.unpaid_at <= lines.period_started_at
            and lines.period_started_at < unpaid_spells.resolved_at
    )
),

-- Stripe makes the invoices of a paused subscription and withdraws them untried. A draft may still be waiting
-- to be finalised (three days at most), unless the subscription is paused as we speak. Where events reach, a
-- pause without any trace in them was none.
invoice_evidence as (
    select
        period_invoices.subscription_id,
        period_invoices.period_started_at as seen_at,
        period_invoices.invoice_status in ('void', 'draft', 'uncollectible')
        and not period_invoices.is_attempted
        and (
            paused_snapshots.subscription_id is not null
            or {{ utc_date('period_invoices.period_started_at') }}
            < {{ add_days(utc_date('run_context.first_load_at'), -30) }}
        ) as is_paused,
        'assumed' as history_source
    from period_invoices
    cross join run_context
    inner join lives on period_invoices.subscription_id = lives.subscription_id
    left join paused_snapshots on period_invoices.subscription_id = paused_snapshots.subscription_id
    where
        period_invoices.invoice_recency = 1
        and (
            period_invoices.invoice_status <> 'draft'
            or lives.is_paused_now
            or {{ utc_date('period_invoices.period_started_at') }} < {{ add_days('run_context.last_day', -3) }}
        )
),

final as (
    select subscription_id, seen_at, is_paused, history_source, 1 as preference
    from invoice_evidence
    union all
    select subscription_id, seen_at, is_paused, 'observed' as history_source, 2 as preference
    from snapshots
)

select * from final
