{{ sliced('customer_key', keep=true) }}

-- What the margin of customers is made of, internal ones left out: revenue by plan, cash and fees, calls by provider.
with

final as (
    {{ margin_by_month('is not null') }}
)

select * from final
