{#
    What of each staged table belongs to changed owners, in the order in which it is cut: later ones go by earlier ones.
    Whose a thing is says `owners_of_staged`; what names no owner goes by what it belongs to, or by itself if it came in.
    Each rule is a column, and the table of the small world, with its column if that has another name, in which its value
    is found. Every `ref` asks what is cut, so this is data; `cut_slices` makes SQL of it.
#}
{% macro slice_cuts() -%}
    {%- set cuts = {} -%}
    {%- for name in owner_columns() -%} {%- do cuts.update({name: []}) -%} {%- endfor -%}
    {%- do cuts.update({
        'stg_stripe__subscription_items': [('subscription_id', 'stg_stripe__subscriptions')],
        'stg_stripe__subscription_versions': [('subscription_id', 'stg_stripe__subscriptions')],
        'stg_stripe__subscription_events': [('subscription_id', 'stg_stripe__subscriptions')],
        'stg_stripe__subscription_schedule_versions': [('subscription_schedule_id', 'stg_stripe__subscription_schedules')],
        'stg_stripe__subscription_schedule_events': [('subscription_schedule_id', 'stg_stripe__subscription_schedules')],
        'stg_stripe__invoice_lines': [('invoice_id', 'stg_stripe__invoices')],
        'stg_stripe__checkout_line_items': [('checkout_session_id', 'stg_stripe__checkout_sessions')],
        'stg_stripe__invoice_payments': [
            ('invoice_id', 'stg_stripe__invoices'),
            ('invoice_payment_id', 'came_stg_stripe__invoice_payments'),
        ],
        'stg_stripe__credit_notes': [
            ('invoice_id', 'stg_stripe__invoices'),
            ('credit_note_id', 'came_stg_stripe__credit_notes'),
        ],
        'stg_stripe__refunds': [('charge_id', 'stg_stripe__charges'), ('refund_id', 'came_stg_stripe__refunds')],
        'stg_stripe__disputes': [('charge_id', 'stg_stripe__charges'), ('dispute_id', 'came_stg_stripe__disputes')],
        'stg_stripe__balance_transactions': [
            ('source_id', 'stg_stripe__charges', 'charge_id'),
            ('source_id', 'stg_stripe__refunds', 'refund_id'),
            ('source_id', 'stg_stripe__disputes', 'dispute_id'),
            ('source_id', 'came_stg_stripe__payouts', 'payout_id'),
            ('balance_transaction_id', 'came_stg_stripe__balance_transactions'),
        ],
        'stg_stripe__events': [
            ('object_id', 'stg_stripe__customers', 'customer_id'),
            ('object_id', 'stg_stripe__invoices', 'invoice_id'),
            ('object_id', 'stg_stripe__subscriptions', 'subscription_id'),
        ],
        'stg_app__api_usage_logs': [
            ('video_id', 'stg_app__videos'),
            ('video_id', 'came_stg_app__api_usage_logs'),
            ('video_id', 'went_stg_app__api_usage_logs'),
        ],
    }) -%}
    {{ return(cuts) }}
{%- endmacro %}

{# Whose a staged thing is: a user, a customer, or where nobody is named the payment or the thing itself. #}
{% macro owner_columns() -%}
    {{ return({
        'stg_app__users': ['user_id'],
        'stg_stripe__customers': ['customer_id'],
        'stg_stripe__subscriptions': ['customer_id', 'subscription_id'],
        'stg_stripe__subscription_schedules': ['customer_id', 'subscription_schedule_id'],
        'stg_stripe__invoices': ['customer_id', 'invoice_id'],
        'stg_stripe__invoice_items': ['customer_id', 'invoice_item_id'],
        'stg_stripe__payment_intents': ['customer_id', 'payment_intent_id'],
        'stg_stripe__charges': ['customer_id', 'payment_intent_id', 'charge_id'],
        'stg_stripe__checkout_sessions': ['customer_id', 'payment_intent_id', 'checkout_session_id'],
        'stg_app__videos': ['user_id', 'video_id'],
        'stg_app__credit_transactions': ['user_id', 'credit_transaction_id'],
    }) }}
{%- endmacro %}

{# The owner as one value, by table. #}
{% macro owners_of_staged() -%}
    {%- set owners = {} -%}
    {%- for name, columns in owner_columns().items() -%}
        {%- do owners.update({name: columns[0] if columns | length == 1 else 'coalesce(' ~ columns | join(', ') ~ ')'}) -%}
    {%- endfor -%}
    {{ return(owners) }}
{%- endmacro %}

{#
    The conditions of a table's rules, of which a row meets at most one where they are of one column each: those are looked
    up while the table is read, which neither `or` nor `coalesce` are. What else is cut of two tables is said here.
#}
{% macro cut_conditions(name, rules) -%}
    {%- set conditions, before = [], [] -%}
    {%- for column in owner_columns().get(name, []) -%}
        {%- do conditions.append((before + [column ~ ' in (select owner_id from ' ~ in_slice('owners') ~ ')']) | join(' and ')) -%}
        {%- do before.append(column ~ ' is null') -%}
    {%- endfor -%}
    {#- All values of a column are one list, so that each row is looked up once. -#}
    {%- set values = {} -%}
    {%- for rule in rules -%}
        {%- set key = rule[2] if rule[2] is defined else rule[0] -%}
        {%- do values.setdefault(rule[0], []).append('select ' ~ key ~ ' from ' ~ in_slice(rule[1])) -%}
    {%- endfor -%}
    {%- if name == 'stg_stripe__events' -%}
        {#- The customer of a discount is inside of JSON, so it is looked for in discounts alone. -#}
        {%- do values['object_id'].append(
            'select object_id from ' ~ builtins.ref(name) ~ " where object_type = 'discount' and "
            ~ id_of(json_text('data_object', 'customer')) ~ ' in (select owner_id from ' ~ in_slice('owners') ~ ')'
        ) -%}
    {%- elif name == 'stg_app__api_usage_logs' -%}
        {%- do conditions.append('video_id is null') -%}
    {%- endif -%}
    {%- set listed = [] -%}
    {%- for column, found in values.items() -%}
        {%- do listed.append(column ~ ' in (' ~ found | join(' union all ') ~ ')') -%}
    {%- endfor -%}
    {{ return(conditions + ([listed | join(' or ')] if listed else [])) }}
{%- endmacro %}

{# Condition that an instant lay ahead when the build before was made, and does no more: `since` and `now_at` are the two. #}
{% macro passed(instant) -%} ({{ instant }} > since and {{ instant }} <= now_at) {%- endmacro %}

{# Post-hook of int_changed_owners: cut the slices of staged tables. #}
{% macro cut_slices() -%}
    {%- if is_sliced() %}
    create table {{ in_slice('owners') }} as select * from {{ this }};
    {%- for name, rules in slice_cuts().items() %}
    {%- for condition in one_by_one(cut_conditions(name, rules)) %}
    {{ 'create table ' ~ in_slice(name) ~ ' as' if loop.first else 'insert into ' ~ in_slice(name) }}
    select * from {{ builtins.ref(name) }} where {{ condition }};
    {%- endfor %}
    {%- endfor %}
    {%- endif %}
{%- endmacro %}

{#
    Which rows of drill_metric_objects are replaced: figures of everybody, and the objects of changed owners. By type as
    well, because an application may number its users, videos and calls alike.
#}
{% macro objects_of_changed_owners() -%}
    {%- set objects = {} -%}
    {%- for object_type, key, name in [
        ('customer', 'owner_id', 'owners'),
        ('user', 'owner_id', 'owners'),
        ('balance_transaction', 'balance_transaction_id', 'stg_stripe__balance_transactions'),
        ('video', 'video_id', 'stg_app__videos'),
        ('api_usage_log', 'usage_log_id', 'stg_app__api_usage_logs'),
        ('subscription_item', 'subscription_item_id', 'fct_mrr_intervals'),
        ('subscription_item', 'subscription_item_id', 'went_fct_mrr_intervals'),
        ('scheduled_item', 'scheduled_item_id', 'fct_mrr_scheduled_items'),
        ('scheduled_item', 'scheduled_item_id', 'went_fct_mrr_scheduled_items'),
        ('invoice_line', 'source_object_id', 'fct_revenue_recognition_days'),
        ('invoice_line', 'source_object_id', 'went_fct_revenue_recognition_days'),
        ('credit_lot', 'source_object_id', 'fct_revenue_recognition_days'),
        ('credit_lot', 'source_object_id', 'went_fct_revenue_recognition_days'),
        ('pack_sale', 'source_object_id', 'fct_revenue_recognition_days'),
        ('pack_sale', 'source_object_id', 'went_fct_revenue_recognition_days'),
    ] -%}
        {%- do objects.setdefault(object_type, []).append('select ' ~ key ~ ' from ' ~ in_slice(name)) -%}
    {%- endfor -%}
    {%- set conditions = ["object_type in ('figure', 'metric', 'alert')"] -%}
    {%- for object_type, ids in objects.items() -%}
        {%- do conditions.append("object_type = '" ~ object_type ~ "' and object_id in (" ~ ids | join(' union all ') ~ ')') -%}
    {%- endfor -%}
    {{ return(conditions) }}
{%- endmacro %}
