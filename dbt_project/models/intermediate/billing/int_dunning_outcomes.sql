{{ sliced() }}

with

run_context as (
    select * from {{ ref('stg_tillhouse__run_context') }}
),

invoices as (
    select * from {{ ref('fct_invoices') }}
),

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

unpaid_spells as (
    select * from {{ ref('int_unpaid_spells') }}
),

-- What was withdrawn or given up before it was due has not failed.
opened as (
    select
        failed_payments.invoice_id,
        failed_payments.subscription_id,
        failed_payments.first_failed_at as opened_at,
        failed_payments.last_failed_at,
        {{ add_hours('failed_payments.first_failed_at', '24 * ' ~ grace_days()) }} as patience_ends_at,
        run_context.now_at
    from {{ ref('int_failed_payments') }} as failed_payments
    cross join run_context
    where
        failed_payments.first_failed_at <= run_context.now_at
        and failed_payments.invoice_status <> 'draft'
        and failed_payments.first_failed_at < coalesce(failed_payments.voided_at, {{ open_instant() }})
        and failed_payments.first_failed_at < coalesce(failed_payments.marked_uncollectible_at, {{ open_instant() }})
),

-- Nobody waits any longer once the subscription is over or unpaid, the invoice is given up, or patience is at its end.
given_up as (
    select
        opened.invoice_id,
        greatest(opened.opened_at, min(least(
            opened.patience_ends_at,
            coalesce(lives.ended_at, {{ open_instant() }}),
            coalesce(unpaid_spells.unpaid_at, {{ open_instant() }}),
            coalesce(invoices.marked_uncollectible_at, {{ open_instant() }}),
            case when lives.status = 'incomplete_expired' then invoices.voided_at else {{ open_instant() }} end
        ))) as lost_at
    from opened
    inner join invoices on opened.invoice_id = invoices.invoice_id
    left join lives on opened.subscription_id = lives.subscription_id
    left join unpaid_spells
        on opened.subscription_id = unpaid_spells.subscription_id and opened.opened_at < unpaid_spells.resolved_at
    group by opened.invoice_id, opened.opened_at
),

-- Money that comes after all recovers even what was given up.
final as (
    select
        opened.invoice_id,
        opened.opened_at,
        opened.last_failed_at,
        opened.patience_ends_at,
        opened.patience_ends_at <= opened.now_at as is_mature,
        given_up.lost_at,
        case
            when invoices.status = 'paid' then 'recovered'
            when given_up.lost_at <= least(opened.now_at, coalesce(invoices.voided_at, {{ open_instant() }})) then 'lost'
            when invoices.status = 'void' then 'voided'
            else 'pending'
        end as outcome
    from opened
    inner join invoices on opened.invoice_id = invoices.invoice_id
    inner join given_up on opened.invoice_id = given_up.invoice_id
)

select * from final
