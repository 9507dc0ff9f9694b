{{ sliced() }}

with

terms as (
    select * from {{ ref('int_schedule_terms') }}
),

months as (
    select
        months.month,
        least({{ add_days(add_months('months.month', 1), -1) }}, days_covered.last_day) as closing_day
    from {{ ref('int_days_covered') }} as days_covered
    {{ series_of_months(month_start('days_covered.first_day'), month_start('days_covered.last_day'), 'months') }}
),

-- A subscription has one schedule at a time.
in_force as (
    select
        months.month,
        months.closing_day,
        terms.*,
        row_number() over (
            partition by months.month, coalesce(terms.subscription_id, terms.subscription_schedule_id)
            order by terms.created_at desc, terms.subscription_schedule_id
        ) as recency
    from months
    inner join terms on {{ holds_day('terms', 'months.closing_day') }}
),

phases as (
    select
        in_force.*,
        phase.position as phase_position,
        phase.element
    from in_force
    {{ json_rows('in_force.phases', 'phase') }}
    where in_force.recency = 1
),

-- Payloads may be written in an older version of the API, where a phase has plans and one coupon.
parsed as (
    {{ parse_json('phases', [
        ['starts_at', 'start_date', 'epoch'],
        ['trial_ends_at', 'trial_end', 'epoch'],
        ['is_trial', 'trial', 'boolean'],
        ['currency', 'currency', 'lower'],
        ['items', ['items', 'plans'], 'list'],
        ['discounts', 'discounts', 'list'],
        ['coupon_id', 'coupon', 'id'],
    ], keep=[
        'month', 'closing_day', 'subscription_schedule_id', 'subscription_id', 'customer_id', 'account_id', 'end_behavior',
        'phase_position',
    ], column='element') }}
),

ranked as (
    select
        parsed.*,
        max(parsed.currency) over (partition by parsed.subscription_schedule_id) as known_currency,
        min({{ utc_date('parsed.starts_at') }}) over (
            partition by parsed.month, parsed.subscription_schedule_id
        ) as begins_on,
        bool_or(parsed.phase_position = 1 and (parsed.trial_ends_at is not null or coalesce(parsed.is_trial, false))) over (
            partition by parsed.month, parsed.subscription_schedule_id
        ) as begins_with_trial,
        row_number() over (
            partition by parsed.month, parsed.subscription_schedule_id
            order by parsed.starts_at desc, parsed.phase_position desc
        ) as phase_recency
    from parsed
),

-- A schedule whose last phase has begun has nothing left to change, but for the end that it may bring.
final as (
    select
        ranked.month,
        ranked.closing_day,
        ranked.subscription_schedule_id,
        ranked.subscription_id,
        ranked.customer_id,
        ranked.account_id,
        coalesce(ranked.end_behavior = 'cancel', false) as is_to_end,
        ranked.begins_on,
        ranked.begins_with_trial,
        ranked.starts_at,
        ranked.known_currency as currency,
        ranked.items,
        case
            when coalesce(ranked.discounts, '[]') <> '[]' then ranked.discounts
            when ranked.coupon_id is not null then concat('[{"coupon":"', ranked.coupon_id, '"}]')
        end as discounts
    from ranked
    where
        ranked.phase_recency = 1
        and (ranked.end_behavior = 'cancel' or {{ utc_date('ranked.starts_at') }} > ranked.closing_day)
)

select * from final
