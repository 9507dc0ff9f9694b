{# A fraction in lowest terms, numerator and denominator apart: products of fractions stay within 38 digits. #}
{% macro reduced_numerator(numerator, denominator) -%}
    {{ whole_quotient(numerator, greatest_divisor(numerator, denominator)) }}
{%- endmacro %}

{% macro reduced_denominator(numerator, denominator) -%}
    {{ whole_quotient(denominator, greatest_divisor(numerator, denominator)) }}
{%- endmacro %}

{% macro greatest_divisor(first_number, second_number) -%}
    gcd({{ whole(first_number) }}, {{ whole(second_number) }})
{%- endmacro %}

{# Quotient of two whole numbers, cut towards zero. #}
{% macro whole_quotient(numerator, denominator) -%}
    {{ return(adapter.dispatch('whole_quotient')(numerator, denominator)) }}
{%- endmacro %}

{% macro duckdb__whole_quotient(numerator, denominator) -%}
    (cast({{ numerator }} as hugeint) // cast({{ denominator }} as hugeint))
{%- endmacro %}

{% macro postgres__whole_quotient(numerator, denominator) -%}
    div(cast({{ numerator }} as numeric), cast({{ denominator }} as numeric))
{%- endmacro %}

{# Ratio of two exact decimals (up to six places) as numeric(20,6), half to even; null where there is nothing to divide by. #}
{% macro exact_ratio(numerator, denominator) -%}
    cast(case
        when {{ denominator }} > 0
            then {{ round_ratio(
                whole('(' ~ numerator ~ ') * 1000000'), whole('(' ~ denominator ~ ') * 1000000')
            ) }}
    end as numeric(20, 6))
{%- endmacro %}
