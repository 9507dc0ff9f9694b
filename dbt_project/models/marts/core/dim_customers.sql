{{ sliced('customer_key', keep=true) }}

-- Users and Stripe customers side by side: a user without a Stripe customer never paid, a Stripe customer
-- without a user pays without an account.
with

keys as (
    select user_id as customer_key, user_id
    from {{ ref('stg_app__users') }}
    union all
    select customers.customer_key, null
    from {{ ref('int_customers_identified') }} as customers
    where customers.user_id is null
),

-- The primary one of several Stripe customers: the application's own link, else the oldest that lives.
stripe_ranked as (
    select
        customers.*,
        row_number() over (
            partition by customers.customer_key
            order by
                case when customers.link_source = 'user' then 0 else 1 end,
                customers.is_deleted,
                customers.created_at,
                customers.stripe_customer_id
        ) as preference,
        row_number() over (
            partition by customers.customer_key
            order by
                case when customers.country is null then 1 else 0 end,
                case when customers.link_source = 'user' then 0 else 1 end,
                customers.is_deleted,
                customers.created_at,
                customers.stripe_customer_id
        ) as country_preference
    from {{ ref('int_customers_identified') }} as customers
),

stripe_sides as (
    select
        customer_key,
        max(case when preference = 1 then stripe_customer_id end) as stripe_customer_id,
        max(case when country_preference = 1 then country end) as country,
        min(created_at) as created_at,
        min(case when is_deleted then 1 else 0 end) = 1 as is_deleted
    from stripe_ranked
    group by customer_key
),

charges_ranked as (
    select
        attributed.customer_key,
        coalesce(charges.billing_country, charges.card_country) as country,
        row_number() over (
            partition by attributed.customer_key
            order by charges.created_at desc, charges.charge_id desc
        ) as recency
    from {{ ref('stg_stripe__charges') }} as charges
    inner join {{ ref('int_charges_attributed') }} as attributed
        on charges.charge_id = attributed.charge_id
    where charges.status = 'succeeded'
),

final as (
    select
        keys.customer_key,
        keys.user_id,
        coalesce(users.stripe_customer_id, stripe_sides.stripe_customer_id) as primary_stripe_customer_id,
        case
            when keys.user_id is null then 'stripe_only'
            when stripe_sides.customer_key is null then 'user_only'
            else 'linked'
        end as link_status,
        users.email_hash,
        coalesce(stripe_sides.country, charges_ranked.country) as country,
        coalesce(users.created_at, stripe_sides.created_at) as created_at,
        payments.first_paid_at,
        revenue.cohort_month,
        revenue.current_plan_key,
        internal.customer_key is not null as is_internal,
        coalesce(users.is_deleted, true) and coalesce(stripe_sides.is_deleted, true) as is_deleted
    from keys
    left join {{ ref('stg_app__users') }} as users
        on keys.user_id = users.user_id
    left join stripe_sides
        on keys.customer_key = stripe_sides.customer_key
    left join charges_ranked
        on keys.customer_key = charges_ranked.customer_key and charges_ranked.recency = 1
    left join {{ ref('int_customers_first_paid') }} as payments
        on keys.customer_key = payments.customer_key
    left join {{ ref('int_customers_recurring') }} as revenue
        on keys.customer_key = revenue.customer_key
    left join {{ ref('int_internal_customers') }} as internal
        on keys.customer_key = internal.customer_key
)

select * from final
