{#
    All discounts of an object as one list. Before 2025-03-31 a `discount` held the one that older integrations know,
    whole, beside or instead of the list; seeing a discount twice says no more than seeing it once.
#}
{% macro all_discounts(discounts, discount) -%}
    case
        when {{ discount }} is null then {{ discounts }}
        when coalesce({{ discounts }}, '[]') = '[]' then '[' || {{ discount }} || ']'
        else '[' || {{ discount }} || ',' || substr({{ discounts }}, 2)
    end
{%- endmacro %}

{# What is read of the elements of a list of taxes, in `taxes` and in the `tax_amounts` of before 2025-03-31. #}
{% macro tax_elements() -%}
    {{ return({'amount': 'bigint', 'tax_behavior': 'text', 'inclusive': 'boolean'}) }}
{%- endmacro %}

{# The taxes in such a list that are part of the price. #}
{% macro inclusive_tax(taxes) -%}
    {{ json_sum(taxes, 'amount', 'tax_behavior', 'inclusive') }} + {{ json_sum(taxes, 'amount', 'inclusive', 'true') }}
{%- endmacro %}
