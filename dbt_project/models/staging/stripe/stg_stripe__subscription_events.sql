{{ config(unique_key='event_id') }}

-- Events keep the shape of the API version they were made in; older ones hold one `discount` where newer hold a list.
with

payloads as (
    select
        parent.event_id,
        parent.event_type,
        parent.api_version,
        parent.created_at as event_at,
        parent.previous_attributes,
        parent.data_object as object,
        parent.in_live_mode
    from {{ ref('stg_stripe__events') }} as parent
    where
        {{ not_yet_exploded('event_id') }}
        and parent.object_type = 'subscription'
        and parent.event_type like 'customer.subscription.%'
),

parsed as (
    {{ parse_json('payloads', subscription_fields([['single_discount', 'discount']]), keep=[
        'event_id', 'event_type', 'api_version', 'event_at', 'previous_attributes', 'in_live_mode',
    ]) }}
),

final as (
    select
        event_id,
        event_type,
        api_version,
        event_at,
        previous_attributes,
        in_live_mode,
        {% for field in subscription_fields() if field[0] != 'discounts' -%}
        {{ field[0] }},
        {% endfor -%}
        case when discounts is null and single_discount is not null then concat('[', single_discount, ']') else discounts end
            as discounts
    from parsed
    where {{ in_mode(has_test_clock=true) }}
)

select * from final
