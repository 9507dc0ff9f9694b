-- Identity 31, by slices: an object belongs to one value of each dimension, so the parts of a figure add up to all of it.
-- Looked at are yesterday's figures, those of the last day of the month before, and those of both months; and only objects
-- that may have two values: of the others each has one or none, which counts as unallocated, so that nothing can be missing.
with

days_covered as (
    select * from {{ ref('int_days_covered') }}
),

several as (
    {{ objects_of_several_values() }}
),

objects as (
    select
        drilled.metric,
        drilled.period,
        drilled.object_type,
        drilled.object_id,
        drilled.amount,
        case
            when drilled.period_type = 'day' then drilled.period
            else least({{ add_days(add_months('drilled.period', 1), -1) }}, days_covered.last_day)
        end as day
    from {{ ref('drill_metric_objects') }} as drilled
    cross join days_covered
    where
        drilled.slice = 'total'
        and drilled.object_id in (select several.object_id from several)
        and drilled.period in (
            days_covered.last_day,
            {{ add_days(month_start('days_covered.last_day'), -1) }},
            {{ month_start('days_covered.last_day') }},
            {{ add_months(month_start('days_covered.last_day'), -1) }}
        )
),

looked_at as (
    select distinct object_type, object_id
    from objects
),

slices as (
    {{ values_of_objects('looked_at') }}
),

dimensions as (
    select distinct dimension, object_type
    from slices
),

split as (
    select
        objects.metric,
        objects.period,
        dimensions.dimension,
        coalesce(slices.value, 'unallocated') as value,
        sum(objects.amount) as amount
    from objects
    inner join dimensions on objects.object_type = dimensions.object_type
    left join slices
        on
            dimensions.dimension = slices.dimension
            and objects.object_type = slices.object_type
            and objects.object_id = slices.object_id
            and {{ holds_day('slices', 'objects.day') }}
    group by objects.metric, objects.period, dimensions.dimension, coalesce(slices.value, 'unallocated')
),

added as (
    select metric, period, dimension, sum(amount) as amount
    from split
    group by metric, period, dimension
),

whole as (
    select
        objects.metric,
        objects.period,
        dimensions.dimension,
        min(objects.object_id) as object_id,
        sum(objects.amount) as amount
    from objects
    inner join dimensions on objects.object_type = dimensions.object_type
    group by objects.metric, objects.period, dimensions.dimension
)

select
    whole.metric,
    whole.period,
    concat(
        whole.metric, ' of ', cast(whole.period as text), ': ', whole.object_id, ' and others of several values are ',
        cast(whole.amount as text), ', but by ', whole.dimension, ' ', cast(added.amount as text)
    ) as message
from whole
inner join added
    on whole.metric = added.metric and whole.period = added.period and whole.dimension = added.dimension
where whole.amount <> added.amount
