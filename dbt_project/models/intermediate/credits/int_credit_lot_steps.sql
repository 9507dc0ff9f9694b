{{ sliced() }}

{#
    The lots of all users, step by step, all users at once. A step first takes the plain use since the one before, in
    burn order, and then does what its event says. Beside their lots users have an overdraft: last in order, without
    an end, it lends what is used beyond all credits. What a use takes and will get back is held in rows of its own.
#}
with recursive

events as (
    select * from {{ ref('int_credit_events') }}
    where event <> 'plain use'
),

steps as (
    select
        user_id, cast(0 as bigint) as step, cast('' as text) as event, cast('' as text) as entry_id, cast('' as text) as type,
        happened_at, cast('overdraft' as text) as kind, concat('overdraft:', user_id) as lot_id, cast(null as text) as video_id,
        cast(null as text) as payment_intent_id, {{ open_instant() }} as ends_at, {{ open_instant() }} as granted_at,
        {%- for name in ['held_since', 'remaining', 'unexplained', 'used_from', 'used', 'taken', 'returned', 'ended', 'repaid'] %}
        cast(0 as bigint) as {{ name }},
        {%- endfor %}
        true as is_open
    from events
    where step = 1
    union all
    select
        user_id, step, event, entry_id, type, happened_at,
        case copy when 0 then kind when 1 then 'lot' else 'held' end, case copy when 1 then entry_id else lot_id end,
        case copy when 2 then event_video_id else video_id end,
        case copy when 1 then event_intent_id else payment_intent_id end,
        case copy when 1 then expires_at else ends_at end, case copy when 1 then happened_at else granted_at end,
        case copy when 2 then step else held_since end,
        cast(case copy
            when 0 then remaining - taken - ended + case kind when 'held' then -returned else returned_to_lot + repaid end
            when 1 then credits - repaid
            else taken
        end as bigint),
        cast(case when copy = 0 and kind = 'overdraft' then unexplained + ended_of_user - explained else 0 end as bigint),
        {%- for name in ['used_from', 'used', 'taken', 'returned'] %}
        case copy when 0 then {{ name }} else 0 end,
        {%- endfor %}
        case when copy > 0 then 0 when is_gone then returned else ended end, case copy when 1 then repaid else 0 end,
        copy > 0 or kind = 'overdraft' or (kind = 'held' and remaining > returned) or (
            kind = 'lot' and ended_lot_id <> lot_id
            and (remaining - taken + returned_to_lot > 0 or held_of_lot > 0 or (event = 'use' and taken > 0))
        )
    from (
        select
            moved.*,
            sum(returned) over of_lot as returned_to_lot,
            sum(case kind when 'held' then remaining - returned else 0 end) over of_lot as held_of_lot,
            sum(ended + case when is_gone then returned else 0 end) over (partition by user_id) as ended_of_user
        from (
            select
                placed.*,
                cast(case
                    when event not in ('use', 'take') or kind = 'held' then 0
                    when kind = 'lot' then least(remaining, greatest(0, credits - explained - coalesce(taken_from, 0)))
                    else greatest(0, credits - explained - coalesce(taken_from, 0))
                end as bigint) as taken,
                case when ended_lot_id = lot_id and kind = 'lot' then remaining else 0 end as ended,
                cast(case
                    when event = 'return' and kind = 'held' and video_id = event_video_id
                        then least(remaining, greatest(0, credits - coalesce(returned_from, 0)))
                    else 0
                end as bigint) as returned,
                case when event = 'grant' and kind = 'overdraft' then least(credits, greatest(0, -remaining)) else 0 end as repaid
            from ({{ credit_rows_at_next_step('steps', 'events') }}) as placed
        ) as moved
        window of_lot as (partition by user_id, lot_id)
    ) as settled
    cross join (values (0), (1), (2)) as copies (copy)
    where copy = 0 or (copy = 1 and kind = 'overdraft' and event = 'grant') or (copy = 2 and event = 'use' and taken > 0)
),

final as (
    select * from steps
    where used > 0 or taken > 0 or returned > 0 or ended > 0 or repaid > 0
)

select * from final
