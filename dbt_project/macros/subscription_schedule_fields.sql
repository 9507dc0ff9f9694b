{# What is read of a subscription schedule, from its own table, its versions and its events alike. #}
{% macro subscription_schedule_fields() -%}
    {{ return([
        ['subscription_schedule_id', 'id'],
        ['customer_id', 'customer', 'id'],
        ['subscription_id', 'subscription', 'id'],
        ['released_subscription_id', 'released_subscription', 'id'],
        ['status', 'status'],
        ['end_behavior', 'end_behavior'],
        ['phases', 'phases', 'list', {
            'start_date': 'bigint', 'trial_end': 'bigint', 'trial': 'boolean', 'currency': 'text', 'items': 'list',
            'discounts': 'list',
        }],
        ['created_at', 'created', 'epoch'],
        ['canceled_at', 'canceled_at', 'epoch'],
        ['completed_at', 'completed_at', 'epoch'],
        ['released_at', 'released_at', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
        ['test_clock_id', 'test_clock', 'id'],
    ]) }}
{%- endmacro %}
