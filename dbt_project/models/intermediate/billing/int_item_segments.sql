{{ sliced() }}

with

versions as (
    select * from {{ ref('int_item_versions') }}
),

states as (
    select * from {{ ref('int_subscription_states') }}
),

rates as (
    select * from {{ ref('int_item_rates') }}
),

discount_windows as (
    select * from {{ ref('int_discount_windows') }}
),

run_context as (
    select * from {{ ref('stg_tillhouse__run_context') }}
),

-- Whatever changes on any item of a subscription may move the shares of the others in a fixed discount.
turning_days as (
    select subscription_id, valid_from as turning_day from versions
    union
    select subscription_id, valid_from from states
    union
    select subscription_id, valid_to from states
    union
    select subscription_id, valid_from from rates
    union
    select subscription_id, valid_from from discount_windows
    union
    select subscription_id, valid_to from discount_windows
),

-- History runs to the last complete day: what lies ahead (an end, a trial's end) has not happened.
spans as (
    select
        turning_days.subscription_id,
        turning_days.turning_day as valid_from,
        coalesce(lead(turning_days.turning_day) over (
            partition by turning_days.subscription_id order by turning_days.turning_day
        ), {{ open_day() }}) as valid_to
    from turning_days
    cross join run_context
    where turning_days.turning_day <= run_context.last_day
),

final as (
    select
        versions.subscription_item_id,
        versions.subscription_id,
        spans.valid_from,
        spans.valid_to,
        versions.price_id,
        versions.quantity,
        states.subscription_state,
        -- What is uncertain about assumed terms is the day they began, not that they held later.
        case
            when states.state_source is not null then states.state_source
            when versions.history_source = 'assumed' and versions.valid_from < spans.valid_from then 'line'
            else versions.history_source
        end as history_source,
        rates.currency,
        rates.usd_per_unit,
        rates.taxed_minor,
        rates.inclusive_tax_minor
    from spans
    inner join versions
        on
            spans.subscription_id = versions.subscription_id
            and {{ holds_day('versions', 'spans.valid_from') }}
    inner join states
        on
            spans.subscription_id = states.subscription_id
            and {{ holds_day('states', 'spans.valid_from') }}
    left join rates
        on
            versions.subscription_item_id = rates.subscription_item_id
            and {{ holds_day('rates', 'spans.valid_from') }}
    where versions.quantity > 0
)

select * from final
