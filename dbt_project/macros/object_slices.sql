{#
    By what the objects of figures can be split, and where it stands: dimension, type of object, table, its key and the
    column with the value; whether that column names the customer whose value it is; whether a row holds for some days;
    whether there is one row a key, of which each table's own test makes sure.
#}
{% macro object_slices() -%}
    {%- set revenue = ['invoice_line', 'credit_lot', 'pack_sale'] -%}
    {%- set rows = [
        ('plan', 'subscription_item', 'fct_mrr_intervals', 'subscription_item_id', 'plan_key', false, true, false),
        ('currency', 'subscription_item', 'fct_mrr_intervals', 'subscription_item_id', 'currency', false, true, false),
        ('country', 'subscription_item', 'fct_mrr_intervals', 'subscription_item_id', 'customer_key', true, true, false),
        ('plan', 'scheduled_item', 'fct_mrr_scheduled_items', 'scheduled_item_id', 'plan_key', false, true, false),
        ('currency', 'scheduled_item', 'fct_mrr_scheduled_items', 'scheduled_item_id', 'currency', false, true, false),
        ('country', 'scheduled_item', 'fct_mrr_scheduled_items', 'scheduled_item_id', 'customer_key', true, true, false),
        ('currency', 'balance_transaction', 'fct_balance_transactions', 'balance_transaction_id', 'currency', false, false, true),
        ('country', 'balance_transaction', 'fct_balance_transactions', 'balance_transaction_id', 'customer_key', true, false, true),
        ('provider', 'video', 'fct_videos', 'video_id', 'provider', false, false, true),
        ('country', 'video', 'fct_videos', 'video_id', 'customer_key', true, false, true),
        ('provider', 'api_usage_log', 'fct_provider_usage', 'usage_log_id', 'provider', false, false, true),
        ('country', 'api_usage_log', 'fct_provider_usage', 'usage_log_id', 'customer_key', true, false, true),
        ('country', 'customer', 'dim_customers', 'customer_key', 'country', false, false, true),
        ('country', 'user', 'dim_customers', 'customer_key', 'country', false, false, true),
    ] -%}
    {%- for type in revenue -%}
        {%- do rows.append(('plan', type, 'fct_revenue_recognition_days', 'source_object_id', 'plan_key', false, false, false)) -%}
        {%- do rows.append(('country', type, 'fct_revenue_recognition_days', 'source_object_id', 'customer_key', true, false, false)) -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}

{# The same as rows of a table. #}
{% macro object_slice_rows() -%}
    {% for dimension, object_type, table, key, value, is_of_customer, is_dated, is_unique in object_slices() -%}
    select
        '{{ dimension }}' as dimension,
        '{{ object_type }}' as object_type,
        '{{ table }}' as table_name,
        '{{ key }}' as key_column,
        '{{ value }}' as value_column,
        {{ is_of_customer }} as is_of_customer,
        {{ is_dated }} as is_dated
    {{ 'union all' if not loop.last }}
    {% endfor -%}
{%- endmacro %}

{# The values of the objects that a step names, with the days on which they hold: [valid_from, valid_to). #}
{% macro values_of_objects(looked_at) -%}
    {% for dimension, object_type, table, key, value, is_of_customer, is_dated, is_unique in object_slices() -%}
    select distinct
        '{{ dimension }}' as dimension,
        '{{ object_type }}' as object_type,
        facts.{{ key }} as object_id,
        {% if is_of_customer %}customers.country{% else %}facts.{{ value }}{% endif %} as value,
        {% if is_dated -%}
        facts.valid_from,
        coalesce(facts.valid_to, {{ open_day() }}) as valid_to
        {% else -%}
        cast('0001-01-01' as date) as valid_from,
        {{ open_day() }} as valid_to
        {% endif -%}
    from {{ ref(table) }} as facts
    {% if is_of_customer -%}
    left join {{ ref('dim_customers') }} as customers on facts.{{ value }} = customers.customer_key
    {% endif -%}
    where facts.{{ key }} in (select named.object_id from {{ looked_at }} as named where named.object_type = '{{ object_type }}')
    {{ 'union all' if not loop.last }}
    {% endfor -%}
{%- endmacro %}

{# The ids that stand at several rows of one table which may give an object two values at a time. #}
{% macro objects_of_several_values() -%}
    {%- set looked_at = [] -%}
    {%- for _, _, table, key, value, _, is_dated, is_unique in object_slices() if not is_unique -%}
        {%- do looked_at.append((table, key, 'valid_from' if is_dated else value, is_dated)) -%}
    {%- endfor -%}
    {% for table, key, column, is_dated in looked_at | unique -%}
    {% if is_dated -%}
    select {{ key }} as object_id
    from (
        select
            {{ key }},
            valid_from,
            max(coalesce(valid_to, {{ open_day() }})) over (
                partition by {{ key }} order by valid_from rows between unbounded preceding and 1 preceding
            ) as held_until
        from {{ ref(table) }}
    ) as held
    where valid_from < held_until
    {% else -%}
    select {{ key }} as object_id
    from {{ ref(table) }}
    group by {{ key }}
    having min({{ column }}) <> max({{ column }}) or count({{ column }}) not in (0, count(*))
    {% endif -%}
    {{ 'union' if not loop.last }}
    {% endfor -%}
{%- endmacro %}
