{{ sliced() }}

-- A lot is what one entry brought in; each user's overdraft, where it lent something, is one too. The price of a pack is
-- that of its payment, shared by credits where a payment brought several lots.
with

granted as (
    select
        events.entry_id as lot_id,
        events.user_id,
        case events.type
            when 'PURCHASE' then 'pack'
            when 'PLAN_GRANT' then 'plan_grant'
            when 'PROMO' then 'promotion'
            when 'USAGE_REFUND' then 'refund'
            else 'adjustment'
        end as kind,
        events.credits,
        case when events.type = 'PURCHASE' then events.payment_intent_id end as payment_intent_id,
        events.happened_at as granted_at,
        case when events.expires_at < {{ open_instant() }} then events.expires_at end as expires_at
    from {{ ref('int_credit_events') }} as events
    where events.event = 'grant'
),

sales as (
    select payment_intent_id, sum(net_usd) as net_usd
    from {{ ref('int_pack_sales') }}
    where is_paid
    group by payment_intent_id
),

shares as (
    select
        lots.lot_id,
        lots.credits,
        sales.net_usd,
        sum(lots.credits) over (partition by lots.payment_intent_id order by lots.granted_at, lots.lot_id) as credits_to,
        sum(lots.credits) over (partition by lots.payment_intent_id) as credits_of_all
    from granted as lots
    inner join sales
        on lots.payment_intent_id = sales.payment_intent_id
),

moved as (
    select
        lot_id, user_id, min(happened_at) as first_at,
        sum(case when movement = 'use' then credits else 0 end) as used,
        sum(case when movement = 'expire' then credits else 0 end) as expired,
        sum(case when movement = 'claw back' then credits else 0 end) as clawed_back
    from {{ ref('int_credit_movements') }}
    group by lot_id, user_id
),

repaid as (
    select user_id, sum(credits) as credits
    from {{ ref('int_credit_movements') }}
    where entry_id like 'debt:%'
    group by user_id
),

lots as (
    select * from granted
    union all
    select
        moved.lot_id, moved.user_id, 'overdraft',
        greatest(moved.used + moved.expired + moved.clawed_back, coalesce(repaid.credits, 0)),
        null,
        moved.first_at,
        null
    from moved
    left join repaid
        on moved.user_id = repaid.user_id
    where moved.lot_id like 'overdraft:%'
),

final as (
    select
        lots.lot_id,
        lots.user_id,
        lots.kind,
        cast(lots.credits as bigint) as credits,
        cast(coalesce(moved.used, 0) as bigint) as used,
        cast(coalesce(moved.expired, 0) as bigint) as expired,
        cast(coalesce(moved.clawed_back, 0) as bigint) as clawed_back,
        lots.payment_intent_id,
        lots.granted_at,
        lots.expires_at,
        cast(coalesce(
            {{ share_of('shares.net_usd', 'shares.credits_to', 'shares.credits_of_all') }}
            - {{ share_of('shares.net_usd', 'shares.credits_to - shares.credits', 'shares.credits_of_all') }}, 0
        ) as numeric(20, 6)) as price_usd
    from lots
    left join moved
        on lots.lot_id = moved.lot_id
    left join shares
        on lots.lot_id = shares.lot_id
)

select * from final
