{#
    The one class of a balance transaction, from Stripe's reporting_category. A category Stripe does not
    document is `other`: no publish until somebody has looked at it.
#}
{% macro cash_class(reporting_category) -%}
    case
        when {{ reporting_category }} in ('charge', 'charge_failure') then 'sale'
        when {{ reporting_category }} in ('refund', 'refund_failure', 'partial_capture_reversal') then 'refund'
        when {{ reporting_category }} in ('fee', 'network_cost') then 'fee'
        when {{ reporting_category }} in ('dispute', 'dispute_reversal', 'tax', 'payout', 'payout_reversal')
            then {{ reporting_category }}
        when {{ reporting_category }} in ('connect_reserved_funds', 'risk_reserved_funds') then 'reserve'
        when {{ reporting_category }} in (
            'advance', 'advance_funding', 'anticipation_repayment', 'climate_order_purchase',
            'climate_order_refund', 'connect_collection_transfer', 'contribution', 'currency_conversion',
            'customer_balance_payment', 'customer_balance_refund', 'fee_credit_funding', 'financing_paydown',
            'financing_paydown_reversal', 'financing_payout', 'financing_payout_reversal', 'inbound_transfer',
            'inbound_transfer_reversal', 'issuing_authorization_hold', 'issuing_authorization_release',
            'issuing_disbursement', 'issuing_dispute', 'issuing_dispute_fraud_liability_debit',
            'issuing_transaction', 'obligation', 'other_adjustment', 'platform_earning',
            'platform_earning_refund', 'platform_fee', 'stripe_balance_payment_debit',
            'stripe_balance_payment_debit_reversal', 'topup', 'topup_reversal', 'transfer',
            'transfer_reversal', 'unreconciled_customer_funds'
        ) then 'adjustment'
        else 'other'
    end
{%- endmacro %}
