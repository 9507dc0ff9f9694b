{{ sliced() }}

with

evidence as (
    select * from {{ ref('int_pause_evidence') }}
),

compared as (
    select
        evidence.*,
        lag(evidence.is_paused) over (
            partition by evidence.subscription_id
            order by evidence.seen_at, evidence.preference, evidence.is_paused
        ) as was_paused
    from evidence
),

turns as (
    select
        compared.*,
        lead(compared.seen_at) over (
            partition by compared.subscription_id
            order by compared.seen_at, compared.preference, compared.is_paused
        ) as next_turn_at
    from compared
    where compared.is_paused <> coalesce(compared.was_paused, false)
),

final as (
    select
        turns.subscription_id,
        turns.seen_at as paused_at,
        coalesce(turns.next_turn_at, {{ open_instant() }}) as resumed_at,
        turns.history_source
    from turns
    where turns.is_paused
)

select * from final
