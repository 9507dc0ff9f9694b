{# The numbers of the MRR policy, each at one place (the seed `metric_policies` says what was decided and why). #}

{# How long a subscription may be past due before it stops counting. #}
{% macro grace_days() -%} 30 {%- endmacro %}

{# A recurring price per month is price * numerator / denominator: exact integers, no 4.33 weeks. #}
{% macro months_numerator(interval) -%}
    (case {{ interval }} when 'month' then 1 when 'year' then 1 when 'week' then 52 when 'day' then 365 end)
{%- endmacro %}

{% macro months_denominator(interval, interval_count) -%}
    (case when {{ interval }} = 'month' then {{ interval_count }} else 12 * {{ interval_count }} end)
{%- endmacro %}

{# Coupons that lower recurring revenue while they are in force; a `once` coupon lowers one bill. #}
{% macro recurring_coupon_durations() -%} ('forever', 'repeating') {%- endmacro %}

{# States in which an item earns its MRR, and states in which it is held back but not lost. #}
{% macro earning_states() -%} ('active', 'past_due') {%- endmacro %}
{% macro held_states() -%} ('paused', 'comped') {%- endmacro %}

{# States that others count and we do not: a trial's first bill is unpaid, or patience with a failing one is at its end. #}
{% macro uncounted_states() -%} ('awaiting_payment', 'beyond_grace') {%- endmacro %}

{# How long after its end a trial may be paid for the first time and still count as converted. #}
{% macro conversion_days() -%} 7 {%- endmacro %}
