{#
    MRR as others document it, one row a definition: which states each counts beyond active and past due (a start that is not
    paid yet, after a trial or of bills that are sent; what is past due beyond our patience; what is paused), whether a
    subscription counts until its end or until the wish to cancel, which discounts it takes off, and whether it converts at
    the rate of the service period or of now.

    What a vendor leaves to a setting is taken as it comes: Stripe lets a subscription go with the call that cancels it and
    takes recurring coupons off; ChartMogul keeps what is past due until it is cancelled. What a vendor does not document
    (Baremetrics and ProfitWell on pauses, Paddle on what is past due) is taken as ours, and makes no gap.
#}
{% macro mrr_definition_rows() -%}
    {% set definitions = [
        {'name': 'ours', 'counts': [], 'until': 'end', 'discounts': 'recurring', 'rate': 'period'},
        {
            'name': 'stripe', 'counts': ['awaiting_payment', 'beyond_grace', 'paused'], 'until': 'request',
            'discounts': 'recurring', 'rate': 'period',
        },
        {
            'name': 'chartmogul', 'counts': ['beyond_grace', 'paused'], 'until': 'end', 'discounts': 'recurring',
            'rate': 'period',
        },
        {'name': 'baremetrics', 'counts': [], 'until': 'end', 'discounts': 'recurring', 'rate': 'period'},
        {'name': 'profitwell', 'counts': [], 'until': 'end', 'discounts': 'all', 'rate': 'period'},
        {'name': 'paddle', 'counts': [], 'until': 'request', 'discounts': 'none', 'rate': 'current'},
    ] -%}
    {% for one in definitions -%}
    select
        '{{ one.name }}' as definition,
        {% for state in ['awaiting_payment', 'beyond_grace', 'paused'] -%}
        {{ state in one.counts }} as counts_{{ state }},
        {% endfor -%}
        {{ one.until == 'request' }} as ends_on_request,
        '{{ one.discounts }}' as discounts,
        {{ one.rate == 'current' }} as rates_now
    {{ 'union all' if not loop.last }}
    {% endfor -%}
{%- endmacro %}
