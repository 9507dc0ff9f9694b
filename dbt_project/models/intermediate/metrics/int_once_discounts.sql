{{ sliced() }}

-- What coupons for one bill took off an item's period: those of duration `once`, and what was put on one invoice by hand.
with

lines as (
    select lines.*
    from {{ ref('stg_stripe__invoice_lines') }} as lines
    inner join {{ ref('fct_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
    where
        invoices.status not in ('draft', 'void')
        and lines.subscription_item_id is not null
        and not lines.is_proration
),

parts as (
    select
        lines.invoice_id,
        lines.line_id,
        {{ id_of(json_text('part.element', 'discount')) }} as discount_id,
        cast({{ json_text('part.element', 'amount') }} as bigint) as amount_minor
    from lines
    {{ json_rows('lines.discount_amounts', 'part') }}
),

final as (
    select
        lines.subscription_item_id,
        {{ utc_date('lines.period_started_at') }} as valid_from,
        {{ utc_date('lines.period_ends_at') }} as valid_to,
        {{ total('parts.amount_minor', 'bigint') }} as once_off_minor
    from lines
    inner join parts on lines.invoice_id = parts.invoice_id and lines.line_id = parts.line_id
    inner join {{ ref('stg_stripe__discounts') }} as discounts on parts.discount_id = discounts.discount_id
    where discounts.duration not in {{ recurring_coupon_durations() }} or discounts.invoice_id is not null
    group by
        lines.subscription_item_id, {{ utc_date('lines.period_started_at') }}, {{ utc_date('lines.period_ends_at') }}
)

select * from final
