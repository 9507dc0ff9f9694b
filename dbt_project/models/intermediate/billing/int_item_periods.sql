{{ sliced() }}

with

lines as (
    select * from {{ ref('int_subscription_lines') }}
    where not is_proration and invoice_status <> 'draft'
),

billed_terms as (
    select * from {{ ref('int_item_billed_terms') }}
),

current_items as (
    select * from {{ ref('stg_stripe__subscription_items') }}
),

first_lines as (
    select subscription_item_id, min(period_started_at) as first_period_started_at
    from lines
    group by subscription_item_id
),

-- An item added within a period joins the period of the items it will renew with.
joined_periods as (
    select
        billed_terms.subscription_item_id,
        billed_terms.subscription_id,
        billed_terms.seen_at as starts_at,
        coalesce(max(lines.period_started_at), billed_terms.seen_at) as period_started_at
    from billed_terms
    left join first_lines on billed_terms.subscription_item_id = first_lines.subscription_item_id
    left join lines
        on
            billed_terms.subscription_id = lines.subscription_id
            and billed_terms.period_ends_at = lines.period_ends_at
            and billed_terms.seen_at >= lines.period_started_at
    where
        billed_terms.evidence_kind = 'debit'
        and billed_terms.seen_at < coalesce(first_lines.first_period_started_at, {{ open_instant() }})
    group by billed_terms.subscription_item_id, billed_terms.subscription_id, billed_terms.seen_at
),

period_starts as (
    select
        subscription_item_id,
        subscription_id,
        period_started_at as starts_at,
        period_started_at,
        case when net_minor > 0 then inclusive_tax_minor end as inclusive_tax_minor,
        case when net_minor > 0 then net_minor end as taxed_minor
    from lines
    union all
    select subscription_item_id, subscription_id, starts_at, period_started_at, null, null
    from joined_periods
    union all
    select
        subscription_item_id,
        subscription_id,
        current_period_started_at as starts_at,
        current_period_started_at as period_started_at,
        null as inclusive_tax_minor,
        null as taxed_minor
    from current_items
    where current_period_started_at is not null
),

ranked as (
    select
        period_starts.*,
        {{ utc_date('period_starts.starts_at') }} as valid_from,
        row_number() over (
            partition by period_starts.subscription_item_id, {{ utc_date('period_starts.starts_at') }}
            order by period_starts.starts_at desc, period_starts.taxed_minor desc nulls last
        ) as start_recency
    from period_starts
),

final as (
    select
        ranked.subscription_item_id,
        ranked.subscription_id,
        ranked.valid_from,
        coalesce(lead(ranked.valid_from) over (
            partition by ranked.subscription_item_id order by ranked.valid_from
        ), {{ open_day() }}) as valid_to,
        {{ utc_date('ranked.period_started_at') }} as rate_date,
        ranked.inclusive_tax_minor,
        ranked.taxed_minor
    from ranked
    where ranked.start_recency = 1
)

select * from final
