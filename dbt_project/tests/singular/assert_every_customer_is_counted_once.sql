-- Nobody is lost between the sources and dim_customers: each user and each Stripe customer has one key there.
select
    sides.id,
    concat(sides.kind, ' ', sides.id, ' has no row in dim_customers under ', sides.customer_key) as message
from (
    select
        'user' as kind,
        user_id as id,
        user_id as customer_key
    from {{ ref('dim_users') }}
    union all
    select
        'Stripe customer',
        stripe_customer_id,
        customer_key
    from {{ ref('dim_stripe_customers') }}
) as sides
where not exists (
    select 1
    from {{ ref('dim_customers') }} as customers
    where customers.customer_key = sides.customer_key
)
