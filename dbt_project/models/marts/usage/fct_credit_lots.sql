{{ sliced('user_id') }}

with

remaining as (
    select
        lot_id,
        credits - used - expired - clawed_back as credits
    from {{ ref('int_credit_lots') }}
),

final as (
    select
        lots.lot_id,
        users.user_id as customer_key,
        lots.user_id,
        lots.kind,
        lots.credits,
        lots.used,
        lots.expired,
        lots.clawed_back,
        remaining.credits as remaining,
        {{ round_ratio(whole('lots.price_usd * 1000000'), whole('lots.credits') ~ ' * 1000000', 9) }} as unit_price_usd,
        lots.price_usd,
        {{ share_of('lots.price_usd', 'remaining.credits', 'lots.credits') }} as liability_usd,
        lots.payment_intent_id,
        lots.granted_at,
        lots.expires_at
    from {{ ref('int_credit_lots') }} as lots
    inner join remaining
        on lots.lot_id = remaining.lot_id
    left join {{ ref('stg_app__users') }} as users
        on lots.user_id = users.user_id
)

select * from final
