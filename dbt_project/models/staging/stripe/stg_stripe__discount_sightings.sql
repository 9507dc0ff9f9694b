{{ sliced(whole='view') }}

-- A discount has no list of its own in Stripe: it is found inside what it discounts, and in its events. Before
-- 2025-09-30 it holds its whole coupon, which may be gone from everywhere else.
with

found as (
    select
        customers.discount as object,
        customers.observed_at as seen_at,
        not customers.is_deleted as is_attached,
        cast(null as timestamptz) as removed_at,
        customers.account_id
    from {{ ref('stg_stripe__customers') }} as customers
    where customers.discount is not null
    union all
    select
        discount.element,
        subscriptions.observed_at,
        not subscriptions.is_deleted and subscriptions.ended_at is null,
        null,
        subscriptions.account_id
    from {{ ref('stg_stripe__subscriptions') }} as subscriptions
    {{ json_rows('subscriptions.discounts', 'discount') }}
    union all
    select
        discount.element,
        subscriptions.observed_at,
        subscriptions.ended_at is null,
        null,
        items.account_id
    from {{ ref('stg_stripe__subscription_items') }} as items
    inner join {{ ref('stg_stripe__subscriptions') }} as subscriptions
        on items.subscription_id = subscriptions.subscription_id
    {{ json_rows('items.discounts', 'discount') }}
    union all
    select
        discount.element,
        invoices.created_at,
        false,
        null,
        invoices.account_id
    from {{ ref('stg_stripe__invoices') }} as invoices
    {{ json_rows('invoices.discounts', 'discount') }}
    union all
    select
        events.data_object,
        events.created_at,
        false,
        case when events.event_type = 'customer.discount.deleted' then events.created_at end,
        events.account_id
    from {{ ref('stg_stripe__events') }} as events
    where events.object_type = 'discount'
),

-- Unexpanded discounts are bare ids: they say nothing that an expanded one elsewhere does not.
objects as (
    select *
    from found
    where found.object like '{{ '{%' }}'
),

final as (
    {{ parse_json('objects', [
        ['discount_id', 'id'],
        ['coupon_id', ['source.coupon', 'coupon'], 'id'],
        ['percent_off', ['source.coupon.percent_off', 'coupon.percent_off'], 'decimal'],
        ['amount_off_minor', ['source.coupon.amount_off', 'coupon.amount_off'], 'bigint'],
        ['coupon_currency', ['source.coupon.currency', 'coupon.currency'], 'lower'],
        ['duration', ['source.coupon.duration', 'coupon.duration']],
        ['duration_in_months', ['source.coupon.duration_in_months', 'coupon.duration_in_months'], 'bigint'],
        ['customer_id', 'customer', 'id'],
        ['subscription_id', 'subscription', 'id'],
        ['subscription_item_id', 'subscription_item', 'id'],
        ['invoice_id', 'invoice', 'id'],
        ['invoice_item_id', 'invoice_item', 'id'],
        ['promotion_code_id', 'promotion_code', 'id'],
        ['started_at', 'start', 'epoch'],
        ['ends_at', 'end', 'epoch'],
    ], keep=['seen_at', 'is_attached', 'removed_at', 'account_id']) }}
)

select * from final
