{# Stripe's reporting categories by the class of cash they are. #}
{% macro reporting_categories() -%}
    {{ return({
        'sale': ['charge', 'charge_failure'],
        'refund': ['refund', 'refund_failure', 'partial_capture_reversal'],
        'fee': ['fee', 'network_cost'],
        'dispute': ['dispute'],
        'dispute_reversal': ['dispute_reversal'],
        'tax': ['tax'],
        'payout': ['payout'],
        'payout_reversal': ['payout_reversal'],
        'reserve': ['connect_reserved_funds', 'risk_reserved_funds'],
        'adjustment': [
            'advance', 'advance_funding', 'anticipation_repayment', 'climate_order_purchase', 'climate_order_refund',
            'connect_collection_transfer', 'contribution', 'currency_conversion', 'customer_balance_payment',
            'customer_balance_refund', 'fee_credit_funding', 'financing_paydown', 'financing_paydown_reversal',
            'financing_payout', 'financing_payout_reversal', 'inbound_transfer', 'inbound_transfer_reversal',
            'issuing_authorization_hold', 'issuing_authorization_release', 'issuing_disbursement', 'issuing_dispute',
            'issuing_dispute_fraud_liability_debit', 'issuing_transaction', 'obligation', 'other_adjustment',
            'platform_earning', 'platform_earning_refund', 'platform_fee', 'stripe_balance_payment_debit',
            'stripe_balance_payment_debit_reversal', 'topup', 'topup_reversal', 'transfer', 'transfer_reversal',
            'unreconciled_customer_funds',
        ],
    }) }}
{%- endmacro %}

{#
    The one class of a balance transaction, from Stripe's reporting_category. A category Stripe does not
    document is `other`, and an alert: somebody has to look at it.
#}
{% macro cash_class(reporting_category) -%}
    case
        {%- for class, categories in reporting_categories().items() %}
        when {{ reporting_category }} in ('{{ categories | join("', '") }}') then '{{ class }}'
        {%- endfor %}
        else 'other'
    end
{%- endmacro %}
