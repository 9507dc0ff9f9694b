{{ sliced() }}

{% set columns = 'subscription_schedule_id, customer_id, account_id, created_at, status, end_behavior, phases' -%}

with

sightings as (
    {% for name, seen_at in [('events', 'event_at'), ('versions', 'observed_at')] -%}
    select
        {{ columns }},
        {{ seen_at }} as seen_at,
        '{{ name }}' as seen_in,
        coalesce(subscription_id, released_subscription_id) as subscription_id,
        case
            when status in ('canceled', 'completed', 'released')
                then coalesce(canceled_at, completed_at, released_at, {{ seen_at }})
        end as closed_at,
        {{ json_text('previous_attributes', 'phases') if name == 'events' else 'cast(null as text)' }} as old_phases,
        {{ json_text('previous_attributes', 'end_behavior') if name == 'events' else 'cast(null as text)' }} as old_end_behavior
    from {{ ref('stg_stripe__subscription_schedule_' ~ name) }}
    {{ 'where not is_deletion' if name == 'versions' else 'union all' }}
    {% endfor -%}
),

first_words as (
    select
        sightings.*,
        row_number() over (
            partition by sightings.subscription_schedule_id order by sightings.seen_at, sightings.seen_in, sightings.phases
        ) as word_position
    from sightings
),

-- A schedule older than any word about it had the first terms known: those that its first event says were so before it.
words as (
    select {{ columns }}, subscription_id, seen_at, seen_in
    from sightings
    union all
    select
        subscription_schedule_id, customer_id, account_id, created_at, status,
        coalesce(old_end_behavior, end_behavior) as end_behavior,
        coalesce(old_phases, phases) as phases,
        subscription_id,
        created_at as seen_at,
        'birth' as seen_in
    from first_words
    where word_position = 1 and created_at < seen_at
),

-- What is released, completed or canceled says nothing from that day on.
closings as (
    select
        subscription_schedule_id,
        {{ utc_date('min(closed_at)') }} as closed_on
    from sightings
    group by subscription_schedule_id
),

day_ends as (
    select
        words.*,
        {{ utc_date('words.seen_at') }} as valid_from,
        row_number() over (
            partition by words.subscription_schedule_id, {{ utc_date('words.seen_at') }}
            order by words.seen_at desc, words.seen_in desc, words.phases
        ) as word_recency
    from words
),

final as (
    select
        day_ends.subscription_schedule_id,
        day_ends.subscription_id,
        day_ends.customer_id,
        day_ends.account_id,
        day_ends.created_at,
        day_ends.end_behavior,
        day_ends.phases,
        day_ends.valid_from,
        least(
            coalesce(lead(day_ends.valid_from) over (
                partition by day_ends.subscription_schedule_id order by day_ends.valid_from
            ), {{ open_day() }}),
            coalesce(closings.closed_on, {{ open_day() }})
        ) as valid_to
    from day_ends
    inner join closings on day_ends.subscription_schedule_id = closings.subscription_schedule_id
    where day_ends.word_recency = 1 and (closings.closed_on is null or day_ends.valid_from < closings.closed_on)
)

select * from final
