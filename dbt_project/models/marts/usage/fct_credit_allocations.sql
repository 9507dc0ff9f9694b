{{ config(materialized='sliced', slice='int_changed_users', slice_key='user_id') }}

with

final as (
    select
        movements.entry_id,
        movements.lot_id,
        movements.credits,
        movements.movement,
        movements.user_id,
        movements.happened_at as created_at
    from {{ slice_of('int_credit_movements', 'user_id', 'int_changed_users', 'movements') }}
    where movements.credits <> 0
)

select * from final
