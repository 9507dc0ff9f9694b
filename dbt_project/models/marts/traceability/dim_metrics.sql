with

final (
    metric,
    label,
    subject,
    definition,
    formula,
    unit,
    example,
    limits,
    table_name,
    column_name,
    period_column,
    period_type,
    kind,
    slice_column,
    has_objects
) as (
    {{ metric_rows() }}
)

select * from final
