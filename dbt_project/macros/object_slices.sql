{#
    By what the objects of figures can be split, and where it stands: dimension, type of object, table, its key and the
    column with the value; whether that column names the customer whose value it is; whether a row holds for some days.
#}
{% macro object_slices() -%}
    {%- set revenue = ['invoice_line', 'credit_lot', 'pack_sale'] -%}
    {%- set rows = [
        ('plan', 'subscription_item', 'fct_mrr_intervals', 'subscription_item_id', 'plan_key', false, true),
        ('currency', 'subscription_item', 'fct_mrr_intervals', 'subscription_item_id', 'currency', false, true),
        ('country', 'subscription_item', 'fct_mrr_intervals', 'subscription_item_id', 'customer_key', true, true),
        ('currency', 'subscription_schedule', 'fct_mrr_scheduled', 'subscription_schedule_id', 'currency', false, false),
        ('country', 'subscription_schedule', 'fct_mrr_scheduled', 'subscription_schedule_id', 'customer_key', true, false),
        ('currency', 'balance_transaction', 'fct_balance_transactions', 'balance_transaction_id', 'currency', false, false),
        ('country', 'balance_transaction', 'fct_balance_transactions', 'balance_transaction_id', 'customer_key', true, false),
        ('provider', 'video', 'fct_videos', 'video_id', 'provider', false, false),
        ('country', 'video', 'fct_videos', 'video_id', 'customer_key', true, false),
        ('provider', 'api_usage_log', 'fct_provider_usage', 'usage_log_id', 'provider', false, false),
        ('country', 'api_usage_log', 'fct_provider_usage', 'usage_log_id', 'customer_key', true, false),
        ('country', 'customer', 'dim_customers', 'customer_key', 'country', false, false),
        ('country', 'user', 'dim_customers', 'customer_key', 'country', false, false),
    ] -%}
    {%- for type in revenue -%}
        {%- do rows.append(('plan', type, 'fct_revenue_recognition_days', 'source_object_id', 'plan_key', false, false)) -%}
        {%- do rows.append(('country', type, 'fct_revenue_recognition_days', 'source_object_id', 'customer_key', true, false)) -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}

{# The same as rows of a table. #}
{% macro object_slice_rows() -%}
    {% for dimension, object_type, table, key, value, is_of_customer, is_dated in object_slices() -%}
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
    {% for dimension, object_type, table, key, value, is_of_customer, is_dated in object_slices() -%}
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
