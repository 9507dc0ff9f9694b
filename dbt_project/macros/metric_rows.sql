{#
    The declared metrics as rows: what each is, and the published column that holds it. A simple metric is a measure of a
    semantic model; one that is worked out from others is a column of its own name beside the first of them.
#}
{% macro metric_rows() -%}
    {%- if execute -%}
    {%- set measures = {} -%}
    {%- for model in graph.semantic_models.values() -%}
        {%- for measure in model.measures -%}
            {%- do measures.update({measure.name: [model, measure]}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set drilled = drilled_figures('agg_kpis_daily') + drilled_figures('agg_mrr_monthly') -%}
    {%- for metric in graph.metrics.values() | sort(attribute='name') -%}
        {%- set model, measure = measures[metric.type_params.input_measures[0].name] -%}
        {%- set time = model.dimensions | selectattr('type', 'equalto', 'time') | first -%}
        {%- set slices = model.dimensions | selectattr('type', 'equalto', 'categorical') | map(attribute='name') | list -%}
        {%- set is_simple = metric.type == 'simple' -%}
        {%- set texts = [
            metric.name,
            metric.label,
            metric.original_file_path.split('/')[-1].strip('_').replace('.yml', '').replace('_', ' '),
            metric.description,
            metric.meta.formula,
            metric.meta.unit,
            metric.meta.example,
            metric.meta.limits,
            model.node_relation.alias,
            (measure.expr or measure.name) if is_simple else metric.name,
            time.expr or time.name,
            time.type_params.time_granularity,
            metric_kind(measure) if is_simple else 'ratio',
        ] -%}
        select
            {%- for text in texts %}
            cast('{{ text | replace("'", "''") }}' as text),
            {%- endfor %}
            cast({{ "'" ~ slices[0] ~ "'" if slices else 'null' }} as text),
            {{ metric.name in drilled }}
        {{ 'union all ' if not loop.last }}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# How a measure comes about: it sums up over days, holds at a period's begin or end, or is a rate of its own. #}
{% macro metric_kind(measure) -%}
    {%- if measure.agg != 'sum' -%} ratio
    {%- elif not measure.non_additive_dimension -%} flow
    {%- elif measure.non_additive_dimension.window_choice == 'min' -%} opening
    {%- else -%} state
    {%- endif -%}
{%- endmacro %}
