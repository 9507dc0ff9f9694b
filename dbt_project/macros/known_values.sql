{#
    What Stripe documents of fields that hold one of a few words: by source table, the staged column, Stripe's name of
    the field, and the values of the API version that is pinned, as the classes of its SDK say them. A test compares
    them. Balance transactions have categories that only Stripe's documentation lists.
#}
{% macro known_values() -%}
    {{ return({
        'balance_transactions': [
            ['type', 'type', [
                'adjustment', 'advance', 'advance_funding', 'anticipation_repayment', 'application_fee',
                'application_fee_refund', 'charge', 'climate_order_purchase', 'climate_order_refund',
                'connect_collection_transfer', 'contribution', 'fee_credit_funding', 'inbound_transfer',
                'inbound_transfer_reversal', 'issuing_authorization_hold', 'issuing_authorization_release',
                'issuing_dispute', 'issuing_dispute_provisional_credit',
                'issuing_dispute_provisional_credit_reversal', 'issuing_transaction', 'obligation_outbound',
                'obligation_reversal_inbound', 'payment', 'payment_failure_refund', 'payment_network_reserve_hold',
                'payment_network_reserve_release', 'payment_refund', 'payment_reversal', 'payment_unreconciled',
                'payout', 'payout_cancel', 'payout_failure', 'payout_minimum_balance_hold',
                'payout_minimum_balance_release', 'refund', 'refund_failure', 'reserve_hold', 'reserve_release',
                'reserve_transaction', 'reserved_funds', 'stripe_balance_payment_debit',
                'stripe_balance_payment_debit_reversal', 'stripe_fee', 'stripe_fx_fee', 'tax_fee', 'tax_fund',
                'topup', 'topup_reversal', 'transfer', 'transfer_cancel', 'transfer_failure', 'transfer_refund',
            ]],
            ['status', 'status', ['available', 'pending']],
            ['reporting_category', 'reporting_category', reporting_categories().values() | sum(start=[])],
        ],
        'charges': [
            ['status', 'status', ['failed', 'pending', 'succeeded']],
        ],
        'checkout_sessions': [
            ['mode', 'mode', ['payment', 'setup', 'subscription']],
            ['status', 'status', ['complete', 'expired', 'open']],
            ['payment_status', 'payment_status', ['no_payment_required', 'paid', 'unpaid']],
        ],
        'coupons': [
            ['duration', 'duration', ['forever', 'once', 'repeating']],
        ],
        'credit_notes': [
            ['status', 'status', ['issued', 'void']],
            ['type', 'type', ['mixed', 'post_payment', 'pre_payment']],
            ['reason', 'reason', ['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory']],
        ],
        'disputes': [
            ['status', 'status', [
                'appeal_needs_response', 'appeal_under_review', 'lost', 'needs_response', 'prevented',
                'under_review', 'warning_closed', 'warning_needs_response', 'warning_under_review', 'won',
            ]],
            ['reason', 'reason', [
                'bank_cannot_process', 'check_returned', 'credit_not_processed', 'customer_initiated',
                'debit_not_authorized', 'duplicate', 'fraudulent', 'general', 'incorrect_account_details',
                'insufficient_funds', 'noncompliant', 'product_not_received', 'product_unacceptable',
                'subscription_canceled', 'unrecognized',
            ]],
        ],
        'invoices': [
            ['status', 'status', ['draft', 'open', 'paid', 'uncollectible', 'void']],
            ['billing_reason', 'billing_reason', [
                'automatic_pending_invoice_item_invoice', 'manual', 'quote_accept', 'subscription',
                'subscription_create', 'subscription_cycle', 'subscription_threshold', 'subscription_update',
                'upcoming',
            ]],
            ['collection_method', 'collection_method', ['charge_automatically', 'send_invoice']],
            ['parent_type', 'parent.type', ['quote_details', 'subscription_details']],
        ],
        'invoice_payments': [
            ['status', 'status', ['canceled', 'open', 'paid']],
            ['payment_type', 'payment.type', ['charge', 'payment_intent', 'payment_record']],
        ],
        'payment_intents': [
            ['status', 'status', [
                'canceled', 'processing', 'requires_action', 'requires_capture', 'requires_confirmation',
                'requires_payment_method', 'succeeded',
            ]],
        ],
        'payouts': [
            ['status', 'status', ['canceled', 'failed', 'in_transit', 'paid', 'pending']],
            ['type', 'type', ['bank_account', 'card']],
            ['method', 'method', ['instant', 'standard']],
        ],
        'prices': [
            ['price_type', 'type', ['one_time', 'recurring']],
            ['billing_scheme', 'billing_scheme', ['per_unit', 'tiered']],
            ['recurring_interval', 'recurring.interval', ['day', 'month', 'week', 'year']],
            ['usage_type', 'recurring.usage_type', ['licensed', 'metered']],
            ['tax_behavior', 'tax_behavior', ['exclusive', 'inclusive', 'unspecified']],
            ['transform_round', 'transform_quantity.round', ['down', 'up']],
        ],
        'refunds': [
            ['status', 'status', ['canceled', 'failed', 'pending', 'requires_action', 'succeeded']],
            ['reason', 'reason', ['duplicate', 'expired_uncaptured_charge', 'fraudulent', 'requested_by_customer']],
            ['failure_reason', 'failure_reason', [
                'charge_for_pending_refund_disputed', 'declined', 'expired_or_canceled_card', 'insufficient_funds',
                'lost_or_stolen_card', 'merchant_request', 'unknown',
            ]],
        ],
        'subscription_schedules': [
            ['status', 'status', ['active', 'canceled', 'completed', 'not_started', 'released']],
            ['end_behavior', 'end_behavior', ['cancel', 'none', 'release', 'renew']],
        ],
        'subscriptions': [
            ['status', 'status', [
                'active', 'canceled', 'incomplete', 'incomplete_expired', 'past_due', 'paused', 'trialing',
                'unpaid',
            ]],
            ['collection_method', 'collection_method', ['charge_automatically', 'send_invoice']],
            ['cancellation_reason', 'cancellation_details.reason', [
                'canceled_by_retention_policy', 'cancellation_requested', 'payment_disputed', 'payment_failed',
            ]],
            ['cancellation_feedback', 'cancellation_details.feedback', [
                'customer_service', 'low_quality', 'missing_features', 'other', 'switched_service', 'too_complex',
                'too_expensive', 'unused',
            ]],
            ['pause_behavior', 'pause_collection.behavior', ['keep_as_draft', 'mark_uncollectible', 'void']],
        ],
    }) }}
{%- endmacro %}

{# The values in a source table that are not known, one row a field and value; the table is read once. #}
{% macro unknown_values(table) -%}
    {%- set fields = known_values()[table] %}
    select
        'stripe.{{ table }}' as source,
        words.field,
        words.value,
        cast(sum(words.objects) as bigint) as "rows",
        min(words.first_seen_at) as first_seen_at,
        min(words.example_id) as example_id
    from (
        with counted as (
            select
                {%- for column, _, _ in fields %}
                staged.{{ column }},
                {%- endfor %}
                count(*) as objects,
                min(staged.first_observed_at) as first_seen_at,
                min(staged.{{ table[:-1] }}_id) as example_id
            from {{ ref('stg_stripe__' ~ table) }} as staged
            group by {% for column, _, _ in fields %}staged.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
        )
        {%- for column, field, values in fields %}
        select '{{ field }}' as field, {{ column }} as value, objects, first_seen_at, example_id
        from counted
        where {{ column }} not in ('{{ values | join("', '") }}')
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    ) as words
    group by words.field, words.value
{%- endmacro %}
