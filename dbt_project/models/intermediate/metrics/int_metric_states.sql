{{ sliced(whole='view') }}

-- The objects of the figures that hold at a day's end. All of them on every day would be the customers times the
-- days; so all are listed on the last day of each month and yesterday, and any other day is the figure of the day
-- before and what came and went. Following that figure back leads to a full list within a month.
with

listed_days as (
    select dates.date
    from {{ ref('dim_dates') }} as dates
    inner join {{ ref('int_days_covered') }} as days_covered
        on dates.date between days_covered.first_day and days_covered.last_day
    where dates.is_month_end or dates.date = days_covered.last_day
),

listed as (
    select
        holdings.metric,
        listed_days.date,
        holdings.object_type,
        holdings.object_id,
        holdings.amount
    from {{ ref('int_metric_holdings') }} as holdings
    inner join listed_days
        on {{ holds_day('holdings', 'listed_days.date') }}
),

changed as (
    select
        metric,
        valid_from as date,
        object_type,
        object_id,
        amount
    from {{ ref('int_metric_holdings') }}
    union all
    select
        metric,
        valid_to,
        object_type,
        object_id,
        -amount
    from {{ ref('int_metric_holdings') }}
),

days_before as (
    {% for metric in drilled_figures('agg_kpis_daily', 'state') -%}
    select
        '{{ metric }}' as metric,
        {{ add_days('date', 1) }} as date,
        'figure' as object_type,
        concat('{{ metric }} ', cast(date as text)) as object_id,
        cast({{ metric }} as numeric(20, 9)) as amount
    from {{ ref('agg_kpis_daily') }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

moved as (
    select parts.*
    from (
        select * from changed
        union all
        select * from days_before
    ) as parts
    inner join {{ ref('int_days_covered') }} as days_covered
        on parts.date between days_covered.first_day and days_covered.last_day
    where parts.date not in (select listed_days.date from listed_days)
),

final as (
    select
        metric,
        date,
        object_type,
        object_id,
        {{ total('amount', 'numeric(20, 9)') }} as amount
    from (
        select * from listed
        union all
        select * from moved
    ) as parts
    group by
        metric,
        date,
        object_type,
        object_id
    having sum(amount) <> 0
)

select * from final
