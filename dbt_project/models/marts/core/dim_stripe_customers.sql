{{ sliced('stripe_customer_id') }}

with

final as (
    select
        customers.stripe_customer_id,
        customers.customer_key,
        customers.user_id,
        customers.link_source,
        customers.country,
        internal.customer_key is not null as is_internal,
        customers.is_deleted,
        customers.created_at,
        customers.deleted_at,
        customers.account_id
    from {{ ref('int_customers_identified') }} as customers
    left join {{ ref('int_internal_customers') }} as internal
        on customers.customer_key = internal.customer_key
)

select * from final
