{{ sliced() }}

-- Administrators, and accounts that the seed `excluded_accounts` names by user or by any of their Stripe customers.
with

internal as (
    select user_id as customer_key
    from {{ ref('stg_app__users') }}
    where role = 'ADMIN'
    union
    select account_id
    from {{ ref('stg_seeds__excluded_accounts') }}
    union
    select customers.customer_key
    from {{ ref('int_customers_identified') }} as customers
    inner join {{ ref('stg_seeds__excluded_accounts') }} as excluded
        on customers.stripe_customer_id = excluded.account_id
),

final as (
    select internal.customer_key
    from internal
)

select * from final
