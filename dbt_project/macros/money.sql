{# numerator / denominator (integers, denominator > 0), rounded once, half to even, to numeric(20, scale). No binary fraction on the way. #}
{% macro round_ratio(numerator, denominator, scale=6) -%}
    {{ return(adapter.dispatch('round_ratio')(numerator, denominator, scale)) }}
{%- endmacro %}

{% macro duckdb__round_ratio(numerator, denominator, scale) -%}
    {%- set scaled = '(cast(' ~ numerator ~ ' as hugeint) * ' ~ (10 ** scale) ~ ')' -%}
    {%- set divisor = 'cast(' ~ denominator ~ ' as hugeint)' -%}
    {%- set rest = 'abs(' ~ scaled ~ ' % ' ~ divisor ~ ')' -%}
    {%- set quotient = '(' ~ scaled ~ ' // ' ~ divisor ~ ')' -%}
    cast(cast({{ quotient }} + case
        when 2 * {{ rest }} > {{ divisor }} or (2 * {{ rest }} = {{ divisor }} and {{ quotient }} % 2 <> 0)
            then sign({{ scaled }})
        else 0
    end as numeric({{ 38 - scale }}, 0)) * cast('{{ '%.*f' % (scale, 10 ** -scale) }}' as numeric({{ scale }}, {{ scale }})) as numeric(20, {{ scale }}))
{%- endmacro %}

{% macro postgres__round_ratio(numerator, denominator, scale) -%}
    {%- set scaled = '(cast(' ~ numerator ~ ' as numeric) * ' ~ (10 ** scale) ~ ')' -%}
    {%- set divisor = 'cast(' ~ denominator ~ ' as numeric)' -%}
    {%- set rest = 'abs(' ~ scaled ~ ' % ' ~ divisor ~ ')' -%}
    {%- set quotient = 'div(' ~ scaled ~ ', ' ~ divisor ~ ')' -%}
    cast(({{ quotient }} + case
        when 2 * {{ rest }} > {{ divisor }} or (2 * {{ rest }} = {{ divisor }} and {{ quotient }} % 2 <> 0)
            then sign({{ scaled }})
        else 0
    end) * cast('{{ '%.*f' % (scale, 10 ** -scale) }}' as numeric) as numeric(20, {{ scale }}))
{%- endmacro %}

{# An exact decimal rounded half to even. #}
{% macro round_half_even(expression, scale=6) -%}
    {{ return(adapter.dispatch('round_half_even')(expression, scale)) }}
{%- endmacro %}

{% macro duckdb__round_half_even(expression, scale) -%}
    cast(round_even({{ expression }}, {{ scale }}) as numeric(20, {{ scale }}))
{%- endmacro %}

{% macro postgres__round_half_even(expression, scale) -%}
    {%- set cut = 'trunc(' ~ expression ~ ', ' ~ scale ~ ')' -%}
    cast(case
        when abs(({{ expression }}) - {{ cut }}) * {{ 2 * 10 ** scale }} = 1 and trunc(({{ expression }}) * {{ 10 ** scale }}) % 2 = 0
            then {{ cut }}
        else round({{ expression }}, {{ scale }})
    end as numeric(20, {{ scale }}))
{%- endmacro %}

{# 10 to the exponent of a currency (0 to 4) as an integer. #}
{% macro power_of_ten(exponent) -%}
    (case {{ exponent }} when 0 then 1 when 1 then 10 when 2 then 100 when 3 then 1000 when 4 then 10000 end)
{%- endmacro %}

{# Minor units of a currency to US dollars at `usd_per_unit` (numeric(20,9)), rounded once to six places, half to even. #}
{% macro minor_to_usd(amount_minor, exponent, usd_per_unit) -%}
    {{ round_ratio(
        whole(amount_minor) ~ ' * ' ~ whole(usd_per_unit ~ ' * 1000000000'),
        whole(power_of_ten(exponent)) ~ ' * 1000000000',
        6
    ) }}
{%- endmacro %}

{# The engine's widest exact integer: 38 digits. #}
{% macro whole(expression) -%} {{ return(adapter.dispatch('whole')(expression)) }} {%- endmacro %}
{% macro duckdb__whole(expression) -%} cast({{ expression }} as hugeint) {%- endmacro %}
{% macro postgres__whole(expression) -%} cast({{ expression }} as numeric(38, 0)) {%- endmacro %}

{# A sum of bigint or numeric with the type a contract names; engines widen sums, each in its own way. #}
{% macro total(expression, type='numeric(20, 6)') -%} cast(coalesce(sum({{ expression }}), 0) as {{ type }}) {%- endmacro %}

{# A binary fraction as the decimal it prints as (0.057, not 0.05700000000000000122), to nine places. #}
{% macro exact_decimal(expression) -%}
    {{ round_half_even('cast(cast(' ~ expression ~ ' as text) as numeric(38, 18))', 9) }}
{%- endmacro %}

{# Text as a whole number, null where it is not one. #}
{% macro whole_number_or_null(expression) -%}
    case when {{ expression }} ~ '^[0-9]{1,18}$' then cast({{ expression }} as bigint) end
{%- endmacro %}

{# part / whole of an amount of dollars (whole numbers, whole > 0), rounded once to six places, half to even. #}
{% macro share_of(amount_usd, part, total) -%}
    {{ round_ratio(whole(amount_usd ~ ' * 1000000') ~ ' * ' ~ whole(part), whole(total) ~ ' * 1000000', 6) }}
{%- endmacro %}

{# The first `elapsed` of so many equal shares of an amount of dollars; the earliest get what is left over, a millionth each. #}
{% macro even_share(amount_usd, shares, elapsed) -%}
    {%- set micro = 'abs(' ~ whole(amount_usd ~ ' * 1000000') ~ ')' -%}
    {%- set count = 'greatest(' ~ shares ~ ', 1)' -%}
    {%- set quotient = whole_quotient(micro, count) -%}
    {{ round_ratio(
        '(sign(' ~ amount_usd ~ ') * (' ~ elapsed ~ ' * ' ~ quotient ~ ' + least(' ~ elapsed ~ ', ' ~ micro ~ ' - ' ~ quotient ~ ' * ' ~ count ~ ')))',
        '1000000', 6
    ) }}
{%- endmacro %}
