{#
    Rows of the open lots, with what the next step's plain use leaves of them, what its event is, and where each row
    lies in the orders of that event. Part of a recursion, so it can be no step of a select of its own.
#}
{% macro credit_rows_at_next_step(steps, events) -%}
{%- set earlier = 'rows between unbounded preceding and 1 preceding' -%}
{%- set burn_order = "case kind when 'lot' then 0 when 'overdraft' then 1 else 2 end, ends_at, granted_at, lot_id, held_since" -%}
{%- set plainly_used = "case kind when 'lot' then least(held, greatest(0, plain_use - used_from))"
    ~ " when 'overdraft' then greatest(0, plain_use - used_from) else cast(0 as bigint) end" -%}
    select
        drawn.*,
        case event when 'end' then entry_id else '' end as ended_lot_id,
        sum(case kind when 'lot' then remaining else 0 end) over (
            partition by user_id
            order by case when type = 'CLAWBACK' and payment_intent_id = event_intent_id then 0 else 1 end, {{ burn_order }}
            {{ earlier }}
        ) as taken_from,
        sum(case when kind = 'held' and video_id = event_video_id then remaining else 0 end) over (
            partition by user_id order by held_since desc, ends_at desc, granted_at desc, lot_id desc {{ earlier }}
        ) as returned_from,
        least(
            case when type = 'EXPIRY' and event = 'take' then credits else 0 end,
            max(unexplained) over (partition by user_id)
        ) as explained,
        max(case kind when 'held' then 0 else 1 end) over (partition by user_id, lot_id) = 0 as is_gone
    from (
        select
            begun.*,
            held - {{ plainly_used }} as remaining,
            {{ plainly_used }} as used
        from (
            select
                steps.user_id, steps.kind, steps.lot_id, steps.video_id, steps.payment_intent_id, steps.ends_at,
                steps.granted_at, steps.held_since, steps.remaining as held, steps.unexplained, events.step, events.event,
                events.entry_id, events.type, events.credits, events.expires_at, events.happened_at,
                events.used_from as plain_use, events.video_id as event_video_id,
                events.payment_intent_id as event_intent_id,
                cast(coalesce(sum(case steps.kind when 'lot' then steps.remaining else 0 end) over (
                    partition by steps.user_id order by {{ burn_order }} {{ earlier }}
                ), 0) as bigint) as used_from
            from {{ steps }} as steps
            inner join {{ events }} as events on steps.user_id = events.user_id and steps.step + 1 = events.step
            where steps.is_open
        ) as begun
    ) as drawn
{%- endmacro %}
