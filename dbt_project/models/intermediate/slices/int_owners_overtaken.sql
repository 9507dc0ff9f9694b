-- To whom time did something since the build that this one goes on from: what lay ahead then is past or present now.
{%- set owner = owners_of_staged() -%}
{%- set instants = {
    'stg_stripe__invoices': ['due_at'],
    'stg_stripe__invoice_items': ['period_started_at', 'period_ends_at'],
    'stg_stripe__subscriptions': [
        'trial_started_at', 'trial_ends_at', add_hours('trial_ends_at', '24 * ' ~ conversion_days()), 'canceled_at', 'cancel_at',
        'ended_at',
    ],
    'stg_app__credit_transactions': ['created_at', 'expires_at'],
} -%}
{%- do ref('stg_stripe__invoice_lines') -%}
{%- do ref('stg_tillhouse__run_context') -%}
{%- for name in instants -%} {%- do ref(name) -%} {%- endfor %}

with
{% if is_sliced() %}
run_context as (
    select
        build_scope.since,
        run_context.now_at
    from {{ source('raw_tillhouse', 'build_scope') }} as build_scope
    cross join {{ ref('stg_tillhouse__run_context') }} as run_context
),

final as (
    {% for name, columns in instants.items() -%}
    select {{ owner[name] }} as owner_id
    from {{ ref(name) }}
    cross join run_context
    where {% for column in columns %}{{ passed(column) }}{{ ' or ' if not loop.last }}{% endfor %}
    union all
    {% endfor -%}
    select {{ owner.stg_stripe__invoices }}
    from {{ ref('stg_stripe__invoices') }}
    where invoice_id in (
        select lines.invoice_id
        from {{ ref('stg_stripe__invoice_lines') }} as lines
        cross join run_context
        where {{ passed('lines.period_started_at') }} or {{ passed('lines.period_ends_at') }}
        union all
        select failed.invoice_id
        from {{ as_built_before('intermediate', 'int_failed_payments') }} as failed
        cross join run_context
        where
            {{ passed('failed.first_failed_at') }}
            or {{ passed(add_hours('failed.first_failed_at', '24 * ' ~ grace_days())) }}
    )
)
{%- else %}

final as (
    select cast(null as text) as owner_id
    where false
)
{%- endif %}

select * from final
