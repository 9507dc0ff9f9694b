{# What is read of a subscription, from its own table, its versions and its events alike. #}
{% macro subscription_fields() -%}
    {{ return([
        ['subscription_id', 'id'],
        ['customer_id', 'customer', 'id'],
        ['status', 'status'],
        ['currency', 'currency', 'lower'],
        ['collection_method', 'collection_method'],
        ['latest_invoice_id', 'latest_invoice', 'id'],
        ['schedule_id', 'schedule', 'id'],
        ['cancellation_reason', 'cancellation_details.reason'],
        ['cancellation_feedback', 'cancellation_details.feedback'],
        ['pause_behavior', 'pause_collection.behavior'],
        ['is_cancel_at_period_end', 'cancel_at_period_end', 'boolean'],
        ['metadata_user_id', 'metadata.userId'],
        ['items', 'items.data', 'list', {'id': 'text', 'quantity': 'bigint', 'price': 'object', 'plan': 'object'}],
        ['old_discounts', 'discounts', 'list'],
        ['old_discount', 'discount', 'object'],
        ['created_at', 'created', 'epoch'],
        ['started_at', 'start_date', 'epoch'],
        ['trial_started_at', 'trial_start', 'epoch'],
        ['trial_ends_at', 'trial_end', 'epoch'],
        ['billing_cycle_anchor_at', 'billing_cycle_anchor', 'epoch'],
        ['own_period_started_at', 'current_period_start', 'epoch'],
        ['own_period_ends_at', 'current_period_end', 'epoch'],
        ['pause_resumes_at', 'pause_collection.resumes_at', 'epoch'],
        ['cancel_at', 'cancel_at', 'epoch'],
        ['canceled_at', 'canceled_at', 'epoch'],
        ['ended_at', 'ended_at', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
        ['test_clock_id', 'test_clock', 'id'],
    ]) }}
{%- endmacro %}

{# The columns of a parsed subscription, in the one form of today. #}
{% macro subscription_columns(keep) -%}
    {{ staged_columns(subscription_fields(), keep) }},
        {{ all_discounts('old_discounts', 'old_discount') }} as discounts
{%- endmacro %}
