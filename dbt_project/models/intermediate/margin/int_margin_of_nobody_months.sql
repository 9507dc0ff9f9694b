{{ config(pre_hook={'sql': '{{ keep_what_was() }}', 'transaction': false}) }}

-- What margin is made of that belongs to nobody: fees that Stripe books by themselves, calls of users who are gone.
with

final as (
    {{ margin_by_month('is null') }}
)

select * from final
