{# The sums of what margin is made of, and margin itself: revenue less fees, lost disputes and what providers cost. #}
{% macro margin_sums(prefix='') -%}
    {% for column in ['recognised_revenue', 'net_cash', 'stripe_fees', 'dispute_loss'] -%}
    {{ total(prefix ~ column ~ '_usd') }} as {{ column }}_usd,
    {% endfor -%}
    {{ total(prefix ~ 'provider_cost_usd', 'numeric(20, 9)') }} as provider_cost_usd,
    {{ total(
        prefix ~ 'recognised_revenue_usd - ' ~ prefix ~ 'stripe_fees_usd - ' ~ prefix ~ 'dispute_loss_usd - ' ~ prefix ~ 'provider_cost_usd',
        'numeric(20, 9)'
    ) }} as gross_margin_usd
{%- endmacro %}

{# Margin as a part of revenue; null without revenue. #}
{% macro margin_ratio(margin_usd, revenue_usd) -%}
    cast(case when {{ revenue_usd }} > 0
        then {{ round_ratio(whole(margin_usd ~ ' * 1000000000'), whole(revenue_usd ~ ' * 1000000') ~ ' * 1000', 6) }}
    end as numeric(20, 6))
{%- endmacro %}
