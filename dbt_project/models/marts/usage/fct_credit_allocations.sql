{{ sliced('user_id') }}

with

final as (
    select
        movements.entry_id,
        movements.lot_id,
        movements.credits,
        movements.movement,
        movements.user_id,
        movements.happened_at as created_at
    from {{ ref('int_credit_movements') }} as movements
    where movements.credits <> 0
)

select * from final
