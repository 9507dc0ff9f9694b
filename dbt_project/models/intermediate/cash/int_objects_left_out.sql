{{ config(meta={'looked_up': true}) }}

-- With a live key: what belongs to test mode. Refunds and balance transactions say nothing of it themselves;
-- they follow the charge, or the object, that they come from.
with

landed as (
    {% for table, staged, key in [
        ('charges', 'stg_stripe__charges', 'charge_id'),
        ('disputes', 'stg_stripe__disputes', 'dispute_id'),
        ('payouts', 'stg_stripe__payouts', 'payout_id'),
    ] -%}
    select versions.id as object_id
    from {{ source('raw_stripe', table) }} as versions
    inner join {{ source('raw_stripe', '_dlt_loads') }} as loads
        on versions._dlt_load_id = loads.load_id and loads.status = 0
    inner join {{ ref('stg_tillhouse__run_context') }} as run_context
        on run_context.live_mode
    where
        not exists (
            select 1
            from {{ ref(staged) }} as staged
            where staged.{{ key }} = versions.id
        )
    {{ 'union' if not loop.last }}
    {% endfor -%}
),

final as (
    select landed.object_id
    from landed
    union
    select refunds.refund_id
    from {{ ref('stg_stripe__refunds') }} as refunds
    inner join landed
        on refunds.charge_id = landed.object_id
)

select * from final
