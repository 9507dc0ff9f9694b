{{ sliced() }}

with recursive

-- Percentages are whole ten-thousandths: 12.5 is 125,000 of 1,000,000.
percentages as (
    select
        subscription_item_id,
        valid_from,
        {{ whole('1000000 - percent_off * 10000') }} as kept_parts,
        row_number() over (
            partition by subscription_item_id, valid_from order by discount_id
        ) as discount_position,
        count(*) over (partition by subscription_item_id, valid_from) as discount_count
    from {{ ref('int_discount_applications') }}
    where percent_off > 0
),

-- Each works on what the one before it left; a product of fractions, cut down as it grows.
compounded as (
    select
        percentages.subscription_item_id,
        percentages.valid_from,
        percentages.discount_position,
        percentages.discount_count,
        {{ reduced_numerator('percentages.kept_parts', 1000000) }} as kept_numerator,
        {{ reduced_denominator('percentages.kept_parts', 1000000) }} as kept_denominator
    from percentages
    where percentages.discount_position = 1

    union all

    select
        percentages.subscription_item_id,
        percentages.valid_from,
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
            compounded.subscription_item_id = percentages.subscription_item_id
            and compounded.valid_from = percentages.valid_from
            and compounded.discount_position + 1 = percentages.discount_position
),

final as (
    select
        compounded.subscription_item_id,
        compounded.valid_from,
        compounded.kept_numerator,
        compounded.kept_denominator
    from compounded
    where compounded.discount_position = compounded.discount_count
)

select * from final
