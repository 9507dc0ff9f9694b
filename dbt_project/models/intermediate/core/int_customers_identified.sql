{{ sliced() }}

-- Every Stripe customer ever met, whose it is, and by which link. Customers deleted before the first pull
-- are in no list of Stripe's any more; their subscriptions, invoices and charges still name them.
with

mentioned as (
    select customer_id, account_id, created_at
    from {{ ref('stg_stripe__customers') }}
    union all
    select customer_id, account_id, created_at
    from {{ ref('stg_stripe__subscriptions') }}
    union all
    select customer_id, account_id, created_at
    from {{ ref('stg_stripe__invoices') }}
    union all
    select customer_id, account_id, created_at
    from {{ ref('stg_stripe__charges') }}
),

met as (
    select
        customer_id as stripe_customer_id,
        min(created_at) as first_seen_at,
        max(account_id) as account_id
    from mentioned
    where customer_id is not null
    group by customer_id
),

-- The application's own link; a living user wins over a deleted one that held the same id.
user_links as (
    select
        stripe_customer_id,
        user_id,
        row_number() over (
            partition by stripe_customer_id
            order by is_deleted, created_at desc, user_id
        ) as preference
    from {{ ref('stg_app__users') }}
    where stripe_customer_id is not null
),

deletions as (
    select
        object_id as stripe_customer_id,
        min(created_at) as deleted_at
    from {{ ref('stg_stripe__events') }}
    where event_type = 'customer.deleted'
    group by object_id
),

linked as (
    select
        met.stripe_customer_id,
        coalesce(user_links.user_id, users.user_id) as user_id,
        case
            when user_links.user_id is not null then 'user'
            when users.user_id is not null then 'metadata'
        end as link_source,
        customers.country,
        coalesce(customers.created_at, met.first_seen_at) as created_at,
        customers.customer_id is null or customers.is_deleted as is_deleted,
        case
            when customers.is_deleted then least(customers.deleted_at, deletions.deleted_at)
            when customers.customer_id is null then deletions.deleted_at
        end as deleted_at,
        met.account_id
    from met
    left join {{ ref('stg_stripe__customers') }} as customers
        on met.stripe_customer_id = customers.customer_id
    left join user_links
        on met.stripe_customer_id = user_links.stripe_customer_id and user_links.preference = 1
    left join {{ ref('stg_app__users') }} as users
        on customers.metadata_user_id = users.user_id
    left join deletions
        on met.stripe_customer_id = deletions.stripe_customer_id
),

final as (
    select
        linked.stripe_customer_id,
        coalesce(linked.user_id, linked.stripe_customer_id) as customer_key,
        linked.user_id,
        linked.link_source,
        linked.country,
        linked.created_at,
        linked.is_deleted,
        linked.deleted_at,
        linked.account_id
    from linked
)

select * from final
