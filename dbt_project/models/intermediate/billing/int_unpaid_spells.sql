{{ sliced() }}

with

spells as (
    select * from {{ ref('int_dunning_spells') }}
),

snapshots as (
    select * from {{ ref('int_subscription_snapshots') }}
    where status = 'unpaid'
),

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
    where status = 'draft' and not is_deleted
),

run_context as (
    select * from {{ ref('stg_tillhouse__run_context') }}
),

seen_unpaid as (
    select
        spells.subscription_id,
        spells.spell_number,
        min(case when snapshots.previous_status <> 'unpaid' then snapshots.seen_at end) as unpaid_event_at
    from spells
    inner join snapshots
        on
            spells.subscription_id = snapshots.subscription_id
            and spells.past_due_at <= snapshots.seen_at
            and spells.resolved_at > snapshots.seen_at
    group by spells.subscription_id, spells.spell_number
),

-- An unpaid subscription goes on drafting invoices that nobody finalises (drafts younger than Stripe's
-- longest wait of three days say nothing).
left_drafts as (
    select distinct
        spells.subscription_id,
        spells.spell_number
    from spells
    inner join invoices on spells.subscription_id = invoices.subscription_id
    cross join run_context
    where
        invoices.created_at > spells.last_failed_at
        and invoices.created_at < spells.resolved_at
        and {{ utc_date('invoices.created_at') }} < {{ add_days('run_context.last_day', -3) }}
),

-- An event names the instant when the retries were given up; without one it is the last failed attempt.
final as (
    select
        spells.subscription_id,
        spells.spell_number,
        coalesce(seen_unpaid.unpaid_event_at, spells.last_failed_at) as unpaid_at,
        spells.resolved_at,
        case when seen_unpaid.unpaid_event_at is null then 'assumed' else 'observed' end as history_source
    from spells
    left join seen_unpaid
        on spells.subscription_id = seen_unpaid.subscription_id and spells.spell_number = seen_unpaid.spell_number
    left join left_drafts
        on spells.subscription_id = left_drafts.subscription_id and spells.spell_number = left_drafts.spell_number
    where seen_unpaid.subscription_id is not null or left_drafts.subscription_id is not null
)

select * from final
