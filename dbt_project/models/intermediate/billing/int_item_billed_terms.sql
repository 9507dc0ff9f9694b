{{ sliced() }}

with

lines as (
    select * from {{ ref('int_subscription_lines') }}
),

invoice_items as (
    select * from {{ ref('stg_stripe__invoice_items') }}
    where is_proration and subscription_item_id is not null and not is_deleted
),

-- Tiers split a line in parts; a corrected invoice repeats it.
regular_lines as (
    select
        lines.subscription_item_id,
        lines.subscription_id,
        lines.price_id,
        cast(sum(lines.quantity) as bigint) as quantity,
        lines.period_started_at as seen_at,
        max(lines.period_ends_at) as period_ends_at,
        row_number() over (
            partition by lines.subscription_item_id, lines.period_started_at
            order by lines.invoiced_at desc, lines.invoice_id
        ) as line_recency
    from lines
    where not lines.is_proration and lines.invoice_status <> 'draft'
    group by
        lines.subscription_item_id, lines.subscription_id, lines.price_id, lines.period_started_at,
        lines.invoiced_at, lines.invoice_id
),

-- What a change costs is put aside at once and billed later, so both the pending and the billed form tell of it.
prorations as (
    select
        subscription_item_id, subscription_id, price_id, cast(quantity as bigint) as quantity,
        period_started_at, period_ends_at, is_credit
    from lines
    where is_proration and invoice_status <> 'draft'
    union
    select
        subscription_item_id, subscription_id, price_id, cast(quantity as bigint) as quantity,
        period_started_at, period_ends_at, {{ gives_back('invoice_items') }} as is_credit
    from invoice_items
),

final as (
    select
        subscription_item_id, subscription_id, price_id, quantity, seen_at, period_ends_at, 'line' as evidence_kind
    from regular_lines
    where line_recency = 1
    union all
    select
        subscription_item_id,
        subscription_id,
        case when not is_credit then price_id end as price_id,
        case when is_credit then 0 else quantity end as quantity,
        period_started_at as seen_at,
        period_ends_at,
        case when is_credit then 'credit' else 'debit' end as evidence_kind
    from prorations
)

select * from final
