{{ sliced() }}

with

lines as (
    select * from {{ ref('int_subscription_lines') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

stripe_customers as (
    select * from {{ ref('dim_stripe_customers') }}
),

-- The invoice of a trial is paid with nothing and starts nothing; a bill that a coupon brought to 0 does, and so
-- does a first bill that is a proration only, up to a billing day agreed beforehand.
first_payments as (
    select
        lines.subscription_id,
        min(lines.paid_at) as first_paid_at
    from lines
    where
        lines.invoice_status = 'paid'
        and not lines.is_trial
        and (not lines.is_proration or lines.billing_reason = 'subscription_create')
    group by lines.subscription_id
),

-- Only the event knows the instant of a deletion; a tombstone says that there was one.
deletions as (
    select
        events.object_id as stripe_customer_id,
        min(events.created_at) as deleted_at
    from {{ ref('stg_stripe__events') }} as events
    where events.event_type = 'customer.deleted'
    group by events.object_id
),

final as (
    select
        subscriptions.subscription_id,
        subscriptions.customer_id as stripe_customer_id,
        coalesce(stripe_customers.customer_key, subscriptions.customer_id) as customer_key,
        coalesce(stripe_customers.is_internal, false) as is_internal,
        subscriptions.account_id,
        subscriptions.status,
        subscriptions.currency,
        subscriptions.pause_behavior is not null as is_paused_now,
        subscriptions.cancellation_reason,
        subscriptions.cancellation_feedback,
        case
            when subscriptions.status <> 'incomplete_expired' then first_payments.first_paid_at
        end as started_at,
        subscriptions.created_at,
        coalesce(subscriptions.collection_method = 'send_invoice', false) as is_billed_by_mail,
        subscriptions.trial_started_at,
        subscriptions.trial_ends_at,
        subscriptions.canceled_at,
        coalesce(subscriptions.ended_at, {{ open_instant() }}) as ended_at,
        coalesce(stripe_customers.is_deleted, false) as is_customer_deleted,
        deletions.deleted_at as customer_deleted_at
    from subscriptions
    left join first_payments on subscriptions.subscription_id = first_payments.subscription_id
    left join deletions on subscriptions.customer_id = deletions.stripe_customer_id
    left join stripe_customers on subscriptions.customer_id = stripe_customers.stripe_customer_id
)

select * from final
