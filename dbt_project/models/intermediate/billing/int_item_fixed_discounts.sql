{{ sliced() }}

with

applications as (
    select * from {{ ref('int_discount_applications') }}
),

{{ fixed_discounts('applications') }},

final as (
    select * from fixed_discounts
)

select * from final
