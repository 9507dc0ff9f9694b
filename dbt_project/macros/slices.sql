{#
    Builds that go on from the one before: a small world. `int_changed_owners` lists whom something happened to, and
    cuts from each staged table what is theirs (`slice_cuts`) into the schema `build_slice`. Models whose rows follow from one
    owner's rows alone begin with `sliced(…)`: they are built there out of each other, and what they say of changed
    owners then replaces what was said of them in the whole table. Their SQL is the same either way: `ref` leads into
    the small world where the model that asks is of it.

    A build is such a one where it is told so (`--vars '{sliced: true}'`, see warehouse/dbt.py); else everything is whole.
#}

{% macro is_sliced() -%}
    {{ return(execute and var('sliced', false) and not should_full_refresh()) }}
{%- endmacro %}

{#
    First line of a model whose rows follow from one owner's rows.
    key: the column by which rows of changed owners are found in the whole table (a key of `changed_keys`); none where
        only models of the small world read it, so that a slice is all that is needed. A key that goes by another name
        there is given with it: `stripe_customer_id customer_id`.
    keep: leave what the whole table said of changed owners in `build_slice`, as `went_…`, for others: all of it, or where
        that is a name, what is in that column.
    whole: `view` where a whole build need not write it down.
    also: rows of the whole table to replace as well, a list of conditions.
#}
{% macro sliced(key=none, keep=false, whole='table', also=none) -%}
    {%- if not execute -%} {%- do builtins.ref('int_changed_owners') -%} {%- endif -%}
    {{ config(materialized='sliced', slice_key=key, slice_keep=keep, slice_whole=whole, slice_also=also) }}
{%- endmacro %}

{# Where the small world is (`open_small_world`). It is dropped with all that is in it: nobody else may have that name. #}
{% macro slice_schema() -%} {{ return('build_slice') }} {%- endmacro %}

{# A table of the small world. #}
{% macro in_slice(name) -%}
    {{ return(api.Relation.create(schema=slice_schema(), identifier=name)) }}
{%- endmacro %}

{# dbt's `ref`, from the small world into the small world; to a test of a staged table alone that is what came in. #}
{% macro ref(name) -%}
    {%- if is_sliced() and is_of_small_world(model) and has_slice(name) -%}
        {%- if not is_of_staged(model) -%} {{ return(in_slice(name)) }} {%- endif -%}
        {%- if has_come(name) -%} {{ return(in_slice('came_' ~ name)) }} {%- endif -%}
    {%- endif -%}
    {{ return(builtins.ref(name)) }}
{%- endmacro %}

{# A model as a whole, from anywhere. #}
{% macro whole_ref(name) -%} {{ return(builtins.ref(name)) }} {%- endmacro %}

{% macro has_slice(name) -%}
    {%- if name in slice_cuts() -%} {{ return(true) }} {%- endif -%}
    {{ return(graph.nodes['model.' ~ project_name ~ '.' ~ name].config.materialized == 'sliced') }}
{%- endmacro %}

{# Whether what came in of a staged table is kept by itself: of those with a key of their own (`get_incremental_keyed_sql`). #}
{% macro has_come(name) -%}
    {{ return(graph.nodes['model.' ~ project_name ~ '.' ~ name].config.unique_key is string) }}
{%- endmacro %}

{#
    Whether a node reads slices: a sliced model does, and a test of nothing else than sliced models and of what these
    may look up. A test that holds details against totals reads all of both.
#}
{% macro is_of_small_world(node) -%}
    {%- if node.resource_type == 'model' -%} {{ return(node.config.materialized == 'sliced') }} {%- endif -%}
    {%- if node.resource_type != 'test' -%} {{ return(false) }} {%- endif -%}
    {%- set others = [] -%}
    {%- for id in node.depends_on.nodes if id.startswith('model.') -%}
        {%- set name = id.split('.')[2] -%}
        {%- if not has_slice(name) and not graph.nodes[id].config.get('meta', {}).get('looked_up') -%}
            {%- do others.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(others | length == 0) }}
{%- endmacro %}

{# Whether it is a test of nothing sliced: such a one of staged tables runs before anything is cut. #}
{% macro is_of_staged(node) -%}
    {%- set sliced = [] -%}
    {%- for id in node.depends_on.nodes if id.startswith('model.') and graph.nodes[id].config.materialized == 'sliced' -%}
        {%- do sliced.append(id) -%}
    {%- endfor -%}
    {{ return(node.resource_type == 'test' and sliced | length == 0) }}
{%- endmacro %}

{# Where the keys of changed owners are found, by the column that holds them in whole tables. #}
{% macro changed_keys(key) -%}
    {%- set owners = 'select owner_id from ' ~ in_slice('owners') -%}
    {{ return({
        'user_id': owners,
        'customer_key': owners,
        'stripe_customer_id': owners,
        'subscription_id': 'select subscription_id from ' ~ in_slice('stg_stripe__subscriptions'),
        'subscription_schedule_id': 'select subscription_schedule_id from ' ~ in_slice('stg_stripe__subscription_schedules'),
        'invoice_id': 'select invoice_id from ' ~ in_slice('stg_stripe__invoices'),
        'document_id': 'select invoice_id from ' ~ in_slice('stg_stripe__invoices') ~ ' union all ' ~ owners,
        'charge_id': 'select charge_id from ' ~ in_slice('stg_stripe__charges'),
        'refund_id': 'select refund_id from ' ~ in_slice('stg_stripe__refunds'),
        'dispute_id': 'select dispute_id from ' ~ in_slice('stg_stripe__disputes'),
        'balance_transaction_id': 'select balance_transaction_id from ' ~ in_slice('stg_stripe__balance_transactions'),
        'video_id': 'select video_id from ' ~ in_slice('stg_app__videos'),
        'usage_log_id': 'select usage_log_id from ' ~ in_slice('stg_app__api_usage_logs'),
    }[key]) }}
{%- endmacro %}

{% materialization sliced, default %}
    {%- set whole = config.get('slice_whole') -%}
    {%- if not is_sliced() -%} {{ return(materialization_view_default() if whole == 'view' else table_made_anew()) }} {%- endif -%}
    {%- set key, keep, also = config.get('slice_key'), config.get('slice_keep'), config.get('slice_also') -%}
    {%- set small = in_slice(this.identifier) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {#- The columns of a published table are in the order in which they are declared. -#}
    {%- set rows = get_select_subquery(sql) if config.get('contract').enforced else sql -%}
    {% call statement('main') -%} create {{ whole }} {{ small }} as {{ rows }} {%- endcall %}
    {%- if key or also %}
        {%- do end_writing_there() -%}
        {%- set gone = also | list if also else [] -%}
        {%- if key %} {%- do gone.append(key.split(' ')[-1] ~ ' in (' ~ changed_keys(key.split(' ')[0]) ~ ')') -%} {%- endif -%}
        {%- if keep %}
            {% call statement('keep') -%}
                create table {{ in_slice('went_' ~ this.identifier) }} as
                select {{ 'distinct ' ~ keep if keep is string else '*' }} from {{ this }} where {{ gone | join(' or ') }}
            {%- endcall %}
            {%- do end_writing_there() -%}
        {%- endif %}
        {%- for condition in one_by_one(gone) %}
            {% call statement('forget') -%} delete from {{ this }} where {{ condition }} {%- endcall %}
        {%- endfor %}
        {% call statement('insert') -%}
            insert into {{ this }} select * from {{ small }}
        {%- endcall %}
    {%- endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this]}) }}
{% endmaterialization %}

{# Condition on a raw row: it came in after the build that this one goes on from. #}
{% macro came_since(schema, row) -%}
    {{ row }}._dlt_load_id > (
        select build_scope.{{ schema | replace('raw_', '') }}_load
        from {{ source('raw_tillhouse', 'build_scope') }} as build_scope
    )
{%- endmacro %}

{# Incremental strategy of staged objects: what came, and what was there before of it, is kept in `build_slice` as well. #}
{% macro get_incremental_keyed_sql(arguments) -%}
    {%- set staged, key = arguments.target_relation, arguments.unique_key -%}
    {%- if is_sliced() and key is string %}
        {%- set was_there = key ~ ' in (select ' ~ key ~ ' from ' ~ arguments.temp_relation ~ ')' -%}
        {#- What only ever comes in is looked for by its key alone: all columns of all rows are ten times that. -#}
        {%- set is_new = not run_query('select 1 from ' ~ staged ~ ' where ' ~ was_there ~ ' limit 1').rows -%}
        {% call statement('keep') -%}
            create table {{ in_slice('came_' ~ staged.identifier) }} as select * from {{ arguments.temp_relation }};
            create table {{ in_slice('went_' ~ staged.identifier) }} as
            select * from {{ staged }} where {{ 'false' if is_new else was_there }}
        {%- endcall %}
        {%- do end_writing_there() -%}
        {%- if is_new %} {%- do arguments.update({'unique_key': none}) -%} {%- endif -%}
    {%- endif %}
    {{ get_incremental_delete_insert_sql(arguments) }}
{%- endmacro %}

{# The rows of a staged table that came in; all of them where everything is built anew. #}
{% macro came_of(name) -%}
    {%- set staged = builtins.ref(name) -%}
    {{ return(in_slice('came_' ~ name) if is_sliced() else staged) }}
{%- endmacro %}

{# Pre-hook of what sliced models look up: what it said before is kept in `build_slice` as `was_…`. #}
{% macro keep_what_was() -%}
    {%- if is_sliced() -%}
    create table {{ in_slice('was_' ~ this.identifier) }} as select * from {{ this }}
    {%- endif -%}
{%- endmacro %}

{# A table as the build before left it, for what comes before it in this one. #}
{% macro as_built_before(schema, name) -%}
    {{ return(api.Relation.create(database=target.database, schema=schema, identifier=name)) }}
{%- endmacro %}

{% materialization owner_links, default %}
    {%- if not is_sliced() -%} {{ return(table_made_anew()) }} {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        insert into {{ this }} (owner_id, other_id)
        select owner_id, other_id from ({{ sql }}) as now except select owner_id, other_id from {{ this }}
    {%- endcall %}
    {{ adapter.commit() }}
    {{ return({'relations': [this]}) }}
{% endmaterialization %}
