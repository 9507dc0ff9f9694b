{{ sliced(whole='view') }}

-- Day by day what the state of the day says, up to yesterday. Where a state begins, what it says of the days before
-- differs from what was recognised only if something taken back was undone: the difference is recognised that day.
with

states as (
    select
        states.*,
        run_context.last_day,
        lag(recognised_usd) over before as old_recognised_usd,
        lag(contra_usd) over before as old_contra_usd,
        lag(future_usd) over before as old_future_usd,
        lag(units) over before as old_units,
        lag(anchor) over before as old_anchor
    from {{ ref('int_recognition_states') }} as states
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
    where states.method = 'ratable'
    window before as (partition by states.source_object_id order by states.state_from)
),

shares as (
    select
        source_object_id,
        anchor,
        sign(future_usd) as direction,
        greatest(anchor, state_from) as first_day,
        least(
            {{ add_days('anchor', 'units - 1') }},
            {{ add_days('coalesce(next_state_from, ' ~ open_day() ~ ')', -1) }},
            last_day
        ) as last_day,
        {{ whole_quotient('abs(' ~ whole('future_usd * 1000000') ~ ')', 'greatest(units, 1)') }} as share,
        abs({{ whole('future_usd * 1000000') }}) % greatest(units, 1) as larger_shares
    from states
),

daily as (
    select
        shares.source_object_id,
        days.day as date,
        {{ round_ratio(
            'shares.direction * (shares.share + case when ' ~ days_between('shares.anchor', 'days.day')
            ~ ' < shares.larger_shares then 1 else 0 end)', '1000000', 6
        ) }} as recognised_usd,
        cast(0 as numeric(20, 6)) as contra_usd
    from shares
    {{ series_of_days('shares.first_day', 'shares.last_day', 'days') }}
),

begun as (
    select
        source_object_id,
        state_from as date,
        recognised_usd - old_recognised_usd
        + {{ even_share(
            'future_usd', 'units', 'least(greatest(' ~ days_between('anchor', 'state_from') ~ ', 0), units)'
        ) }}
        - {{ even_share(
            'old_future_usd', 'old_units', 'least(greatest(' ~ days_between('old_anchor', 'state_from') ~ ', 0), old_units)'
        ) }} as recognised_usd,
        contra_usd - old_contra_usd as contra_usd
    from states
    where old_anchor is not null
),

final as (
    select
        source_object_id,
        date,
        cast(sum(recognised_usd) as numeric(20, 6)) as recognised_usd,
        cast(sum(contra_usd) as numeric(20, 6)) as contra_usd
    from (
        select * from daily
        union all
        select * from begun
    ) as both_kinds
    group by source_object_id, date
    having sum(recognised_usd) <> 0 or sum(contra_usd) <> 0
)

select * from final
