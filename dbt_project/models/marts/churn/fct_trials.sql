{{ sliced('subscription_id') }}

with

run_context as (
    select * from {{ ref('stg_tillhouse__run_context') }}
),

trials as (
    select
        lives.*,
        {{ add_hours('lives.trial_ends_at', '24 * ' ~ conversion_days()) }} as deadline_at,
        run_context.now_at
    from {{ ref('int_subscription_lives') }} as lives
    cross join run_context
    where lives.trial_started_at is not null and lives.trial_started_at <= run_context.now_at
),

-- The bill of a trial is paid with nothing: what counts is the first with something on it.
payments as (
    select
        trials.subscription_id,
        invoices.invoice_id,
        invoices.paid_at,
        row_number() over (
            partition by trials.subscription_id order by invoices.paid_at, invoices.invoice_id
        ) as payment_number
    from trials
    inner join {{ ref('fct_invoices') }} as invoices
        on trials.subscription_id = invoices.subscription_id and trials.trial_started_at <= invoices.created_at
    where invoices.status = 'paid' and invoices.total_minor > 0
),

plans as (
    select
        intervals.subscription_id,
        intervals.plan_key,
        row_number() over (
            partition by intervals.subscription_id
            order by intervals.valid_from, intervals.list_mrr_usd desc, intervals.subscription_item_id
        ) as preference
    from {{ ref('fct_mrr_intervals') }} as intervals
),

final as (
    select
        trials.subscription_id,
        trials.customer_key,
        trials.is_internal,
        plans.plan_key,
        trials.trial_started_at as started_at,
        trials.trial_ends_at as ends_at,
        payments.invoice_id as first_paid_invoice_id,
        payments.paid_at as first_paid_at,
        case when payments.paid_at < trials.deadline_at then payments.paid_at end as converted_at,
        case when trials.ended_at < {{ open_instant() }} then trials.ended_at end as ended_at,
        coalesce(payments.paid_at < trials.deadline_at, false) as is_converted,
        trials.deadline_at <= trials.now_at as is_mature
    from trials
    left join payments on trials.subscription_id = payments.subscription_id and payments.payment_number = 1
    left join plans on trials.subscription_id = plans.subscription_id and plans.preference = 1
)

select * from final
