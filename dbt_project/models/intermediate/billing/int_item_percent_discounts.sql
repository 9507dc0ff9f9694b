{{ sliced() }}

with recursive

applications as (
    select * from {{ ref('int_discount_applications') }}
),

{{ percent_discounts('applications') }},

final as (
    select * from percent_discounts
)

select * from final
