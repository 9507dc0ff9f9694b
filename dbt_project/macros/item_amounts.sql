{#
    The arithmetic of what items cost, for those that are billed and those that are only scheduled alike: steps that a
    model puts between its own.
#}

{#
    Rows of `items` (price_id, quantity, currency) with what one period of their price costs, as a fraction of whole numbers,
    and what part of it a month is. Reads the steps `prices` and `currencies`; metered and tiered prices have no such amount,
    and their items no row.
#}
{% macro priced_items(items) -%}
-- Unit prices finer than a minor unit are carried as whole parts of 10^12.
unit_prices as (
    select
        {{ items }}.*,
        prices.product_id,
        case
            when prices.transform_divide_by is null then {{ whole(items ~ '.quantity') }}
            when prices.transform_round = 'up'
                then {{ whole_quotient(items ~ '.quantity + prices.transform_divide_by - 1', 'prices.transform_divide_by') }}
            else {{ whole_quotient(items ~ '.quantity', 'prices.transform_divide_by') }}
        end as billed_quantity,
        case
            when prices.currency <> {{ items }}.currency
                then {{ whole(json_member_text('prices.currency_options', items ~ '.currency', 'unit_amount')) }}
            when prices.unit_amount_minor is not null then {{ whole('prices.unit_amount_minor') }}
            else {{ whole('prices.unit_amount_decimal_minor * 1000000000000') }}
        end as unit_numerator,
        case
            when prices.currency <> {{ items }}.currency or prices.unit_amount_minor is not null then {{ whole(1) }}
            else {{ whole('1000000000000') }}
        end as unit_denominator,
        prices.months_numerator,
        prices.months_denominator,
        {{ power_of_ten('currencies.exponent') }} as minor_per_unit
    from {{ items }}
    inner join prices on {{ items }}.price_id = prices.price_id
    left join currencies on {{ items }}.currency = currencies.currency
),

-- Shares of a fixed discount follow list MRR; 720720 is divisible by every usual interval count.
priced_items as (
    select
        unit_prices.*,
        unit_prices.unit_numerator * unit_prices.billed_quantity as period_numerator,
        {{ whole_quotient(
            'unit_prices.unit_numerator * unit_prices.billed_quantity * unit_prices.months_numerator * 720720 * 12',
            'unit_prices.months_denominator * unit_prices.unit_denominator'
        ) }} as share_weight
    from unit_prices
)
{%- endmacro %}

{#
    A step `fixed_discounts`: what fixed amounts take off each item, `fixed_off_minor`.
    applications: discounts on items (discount_id, amount_off_minor, share_weight).
    item, owner, at: columns that tell items, those that share an amount, and the times of both apart.
#}
{% macro fixed_discounts(applications, item='subscription_item_id', owner='subscription_id', at='valid_from') -%}
-- A fixed amount is shared by weight, whole minor units, what is left over going to the largest remainders.
quotas as (
    select
        {{ item }},
        {{ owner }},
        {{ at }},
        discount_id,
        amount_off_minor,
        amount_off_minor * share_weight as share_numerator,
        sum(share_weight) over (partition by {{ owner }}, discount_id, {{ at }}) as share_denominator
    from {{ applications }}
    where amount_off_minor > 0 and share_weight > 0
),

floors as (
    select
        quotas.*,
        {{ whole_quotient('quotas.share_numerator', 'quotas.share_denominator') }} as floor_minor,
        row_number() over (
            partition by {{ owner }}, discount_id, {{ at }}
            order by quotas.share_numerator % quotas.share_denominator desc, {{ item }}
        ) as remainder_position
    from quotas
),

shared as (
    select
        floors.*,
        floors.amount_off_minor - sum(floors.floor_minor) over (
            partition by {{ owner }}, discount_id, {{ at }}
        ) as left_over_minor
    from floors
),

fixed_discounts as (
    select
        {{ item }},
        {{ at }},
        sum(floor_minor + case when remainder_position <= left_over_minor then 1 else 0 end) as fixed_off_minor
    from shared
    group by {{ item }}, {{ at }}
)
{%- endmacro %}

{#
    A step `percent_discounts`: what percentages leave of each item, as the fraction `kept_numerator` / `kept_denominator`.
    Asks for `with recursive`.
    applications: discounts on items (discount_id, percent_off).
    item, at: columns that tell items and their times apart.
#}
{% macro percent_discounts(applications, item='subscription_item_id', at='valid_from') -%}
-- Percentages are whole ten-thousandths: 12.5 is 125,000 of 1,000,000.
percentages as (
    select
        {{ item }},
        {{ at }},
        {{ whole('1000000 - percent_off * 10000') }} as kept_parts,
        row_number() over (partition by {{ item }}, {{ at }} order by discount_id) as discount_position,
        count(*) over (partition by {{ item }}, {{ at }}) as discount_count
    from {{ applications }}
    where percent_off > 0
),

-- Each works on what the one before it left; a product of fractions, cut down as it grows.
compounded as (
    select
        percentages.{{ item }},
        percentages.{{ at }},
        percentages.discount_position,
        percentages.discount_count,
        {{ reduced_numerator('percentages.kept_parts', 1000000) }} as kept_numerator,
        {{ reduced_denominator('percentages.kept_parts', 1000000) }} as kept_denominator
    from percentages
    where percentages.discount_position = 1

    union all

    select
        percentages.{{ item }},
        percentages.{{ at }},
        percentages.discount_position,
        percentages.discount_count,
        {{ reduced_numerator(
            'compounded.kept_numerator * percentages.kept_parts', 'compounded.kept_denominator * 1000000'
        ) }},
        {{ reduced_denominator(
            'compounded.kept_numerator * percentages.kept_parts', 'compounded.kept_denominator * 1000000'
        ) }}
    from compounded
    inner join percentages
        on
            compounded.{{ item }} = percentages.{{ item }}
            and compounded.{{ at }} = percentages.{{ at }}
            and compounded.discount_position + 1 = percentages.discount_position
),

percent_discounts as (
    select {{ item }}, {{ at }}, kept_numerator, kept_denominator
    from compounded
    where discount_position = discount_count
)
{%- endmacro %}
