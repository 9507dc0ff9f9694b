-- Who owns, or owned before, what came in since the build that this one goes on from.
{%- set owner = owners_of_staged() -%}
{%- set children = [
    ('stg_stripe__credit_notes', 'invoice_id', 'invoices'),
    ('stg_stripe__invoice_payments', 'invoice_id', 'invoices'),
    ('stg_stripe__invoice_payments', 'charge_id', 'charges'),
    ('stg_stripe__refunds', 'charge_id', 'charges'),
    ('stg_stripe__disputes', 'charge_id', 'charges'),
    ('stg_stripe__balance_transactions', 'source_id', 'charges'),
    ('stg_stripe__events', 'object_id', 'invoices'),
    ('stg_stripe__events', 'object_id', 'subscriptions'),
    ('stg_stripe__subscription_versions', 'subscription_id', 'subscriptions'),
    ('stg_stripe__subscription_schedule_versions', 'subscription_schedule_id', 'subscription_schedules'),
    ('stg_stripe__subscription_schedule_events', 'subscription_schedule_id', 'subscription_schedules'),
] -%}
{%- do ref('stg_app__api_usage_logs') -%}
{%- do ref('stg_stripe__promotion_codes') -%}
{%- for name in owner.keys() | list + children | map('first') | list -%} {%- do ref(name) -%} {%- endfor %}

with
{% if is_sliced() %}
final as (
    {% for name, owner_id in owner.items() -%}
    {% for side in ['came', 'went'] -%}
    select {{ owner_id }} as owner_id from {{ in_slice(side ~ '_' ~ name) }}
    union all
    {% endfor -%}
    {% endfor -%}
    {% for name, column, parent in children -%}
    {% set parent = 'stg_stripe__' ~ parent -%}
    select {{ owner[parent] }}
    from {{ ref(parent) }}
    where
        {{ parent[12:-1] }}_id in (select {{ column }} from {{ in_slice('came_' ~ name) }})
        or {{ parent[12:-1] }}_id in (select {{ column }} from {{ in_slice('went_' ~ name) }})
    union all
    {% endfor -%}
    {% for name, key in [('stg_stripe__refunds', 'refund_id'), ('stg_stripe__disputes', 'dispute_id')] -%}
    select {{ owner.stg_stripe__charges }}
    from {{ ref('stg_stripe__charges') }}
    where charge_id in (
        select charge_id
        from {{ ref(name) }}
        where
            {{ key }} in (select source_id from {{ in_slice('came_stg_stripe__balance_transactions') }})
            or {{ key }} in (select source_id from {{ in_slice('went_stg_stripe__balance_transactions') }})
    )
    union all
    {% endfor -%}
    -- A code may be read after the schedule that redeems it.
    select {{ owner.stg_stripe__subscription_schedules }}
    from {{ ref('stg_stripe__subscription_schedules') }}
    where subscription_schedule_id in (
        select subscription_schedule_id
        from {{ as_built_before('intermediate', 'int_scheduled_discounts') }}
        where promotion_code_id in (select promotion_code_id from {{ in_slice('came_stg_stripe__promotion_codes') }})
    )
    union all
    {% for side in ['came', 'went'] -%}
    select object_id from {{ in_slice(side ~ '_stg_stripe__events') }}
    where object_type = 'customer'
    union all
    select {{ id_of(json_text('data_object', 'customer')) }} from {{ in_slice(side ~ '_stg_stripe__events') }}
    where object_type = 'discount'
    union all
    select {{ owner.stg_app__videos }}
    from {{ ref('stg_app__videos') }}
    where video_id in (select video_id from {{ in_slice(side ~ '_stg_app__api_usage_logs') }})
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)
{%- else %}

final as (
    select cast(null as text) as owner_id
    where false
)
{%- endif %}

select * from final
