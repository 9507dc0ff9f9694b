{#
    The state of every changed object in an append-only raw table: one row per id, and per account where Stripe's
    accounts share ids (coupons, products, the one balance).

    Only loads that finished count. An object is read again when the number of its landed versions or the
    newest of their loads differs from what is staged, so a version that arrives late, out of order or twice
    leads to the same rows as a rebuild from nothing, and unchanged objects are never parsed again, unless a field
    of theirs could not be read. A deleted object keeps the data of its last living version, or if none was landed, of the
    event that told of it; that an object is gone says also who only has its id, in whatever order the two are landed.
#}
{% macro newest_versions(schema, table, key, data=['object']) -%}
    {%- set columns = version_columns() if schema == 'raw_stripe' else version_columns()[:-1] -%}
    {%- set landed = 'read_again' if is_sliced() else '(' ~ landed_versions(schema, table) ~ ')' -%}
    {%- if is_sliced() -%}
    with

    fresh as materialized (
        select versions.*
        from ({{ landed_versions(schema, table) }}) as versions
        where {{ came_since(schema, 'versions') }}
    ),

    {#- The raw table is not read for ids that were never staged, which most of the application's are. -#}
    {%- set known = 'fresh' if schema == 'raw_stripe' else 'known' %}
    {%- if known == 'known' %}
    known as materialized (
        select staged.{{ key }} as id
        from {{ this }} as staged
        where staged.{{ key }} in (select fresh.id from fresh)
    ),
    {%- endif %}

    read_again as materialized (
        select fresh.*
        from fresh
        union all
        select versions.*
        from ({{ landed_versions(schema, table) }}) as versions
        where not ({{ came_since(schema, 'versions') }}) and versions.id in (select {{ known }}.id from {{ known }})
    )

    {% endif -%}
    select
        ranked.id,
        {%- for name in data + columns %}
        ranked.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            versions.id,
            {%- for name in data %}
            versions.{{ name }},
            {%- endfor %}
            {%- for name in columns %}
            changed.{{ name }},
            {%- endfor %}
            row_number() over (
                partition by versions.id, changed.account_id
                order by
                    versions.deleted,
                    {%- if schema == 'raw_stripe' %}
                    versions.created_at is null,
                    {%- endif %}
                    versions.observed_at desc, versions._dlt_load_id desc, versions.hash
            ) as recency
        from {{ landed }} as versions
        inner join ({{ changed_ids(landed, schema, key) }}) as changed
            on versions.id = changed.id and versions.owning_account is not distinct from changed.account_id
    ) as ranked
    where ranked.recency = 1
{%- endmacro %}

{# The rows of a raw table that finished loads brought, with the one of Stripe's accounts that owns them. #}
{% macro landed_versions(schema, table) -%}
    select
        landed.*,
        {{ account_of('landed') if schema == 'raw_stripe' else 'cast(null as text)' }} as owning_account,
        run_context.live_mode
    from {{ source(schema, table) }} as landed
    inner join {{ source(schema, '_dlt_loads') }} as loads
        on landed._dlt_load_id = loads.load_id and loads.status = 0
    cross join {{ source('raw_tillhouse', 'run_context') }} as run_context
{%- endmacro %}

{#
    Every landed version of Stripe's objects of a table, under a key of its own. Only loads that this table has not read
    are read: a load lands whole, and a landed version never changes. `more`: columns beside the usual ones.
#}
{% macro every_version(table, more=[], key=['id', 'hash'], condition='true') -%}
    select distinct
        {{ surrogate_hash(key + [iso_instant('observed_at'), 'raw_load_id']) }} as version_key,
        versions.*
    from (
        select
            landed.id,
            landed.hash,
            landed.object,
            landed.observed_at,
            {%- for name in more %}
            landed.{{ name }},
            {%- endfor %}
            landed.deleted as is_deletion,
            landed._dlt_load_id as raw_load_id,
            run_context.live_mode as in_live_mode,
            {{ account_of('landed') }} as account_id
        from {{ source('raw_stripe', table) }} as landed
        inner join {{ source('raw_stripe', '_dlt_loads') }} as loads
            on landed._dlt_load_id = loads.load_id and loads.status = 0
        cross join {{ source('raw_tillhouse', 'run_context') }} as run_context
        where {{ in_load_to_read('landed') }} and {{ condition }}
    ) as versions
{%- endmacro %}

{# The account that a raw row belongs to; rows from before it was written down are of the key's own account. #}
{% macro account_of(row) -%}
    coalesce({{ row }}.account_id, run_context.account_id)
{%- endmacro %}

{# The ids whose landed versions differ from what is staged, with what all their versions say together. #}
{% macro changed_ids(landed, schema, key) -%}
    select
        signatures.id,
        signatures.observed_at,
        signatures.first_observed_at,
        signatures.first_load_id,
        signatures.deleted_at is not null as is_deleted,
        signatures.deleted_at,
        signatures.raw_versions,
        signatures.raw_load_id,
        signatures.in_live_mode,
        signatures.owning_account as account_id
    from (
        select
            versions.id,
            versions.owning_account,
            versions.live_mode as in_live_mode,
            max(versions.observed_at) as observed_at,
            min(versions.observed_at) as first_observed_at,
            min(versions._dlt_load_id) as first_load_id,
            case
                when max(case when versions.deleted then versions.observed_at end)
                    >= coalesce(max(case when not versions.deleted then versions.observed_at end), min(versions.observed_at))
                    then greatest(
                        min(case when versions.deleted then versions.observed_at end),
                        max(case when not versions.deleted then versions.observed_at end)
                    )
            end as deleted_at,
            count(*) as raw_versions,
            max(versions._dlt_load_id) as raw_load_id
        from {{ landed }} as versions
        group by versions.id, versions.owning_account, versions.live_mode
    ) as signatures
    {%- if is_incremental() and not is_sliced() %}
    left join {{ this }} as staged
        on
            signatures.id = staged.{{ key }}
            {%- if schema == 'raw_stripe' %}
            and signatures.owning_account is not distinct from staged.account_id
            {%- endif %}
    where
        staged.{{ key }} is null
        or staged.raw_versions <> signatures.raw_versions
        or staged.raw_load_id <> signatures.raw_load_id
        {%- if schema == 'raw_stripe' %}
        or staged.unreadable_fields is not null
        {%- endif %}
    {%- endif %}
{%- endmacro %}

{# The columns every staged object of Stripe's carries beside its own; the application has no accounts. #}
{% macro version_columns() -%}
    {{ return([
        'observed_at', 'first_observed_at', 'first_load_id', 'is_deleted', 'deleted_at',
        'raw_versions', 'raw_load_id', 'in_live_mode', 'account_id',
    ]) }}
{%- endmacro %}

{# With a live key, what belongs to test mode or to a test clock is left out (agg_freshness counts it). #}
{% macro in_mode(has_test_clock=false) -%}
    not (
        in_live_mode
        and (not coalesce(is_livemode, true){% if has_test_clock %} or test_clock_id is not null{% endif %})
    )
{%- endmacro %}

{# Pre-hook of staged tables: after a change between a test and a live key everything is judged anew. #}
{% macro forget_other_mode() -%}
    {%- if is_incremental() and config.get('incremental_strategy') == 'keyed' and not is_sliced() -%}
    delete from {{ this }}
    where in_live_mode <> (select run_context.live_mode from {{ source('raw_tillhouse', 'run_context') }} as run_context)
    {%- endif -%}
{%- endmacro %}

{# Pre-hook of tables exploded from a staged parent: rows of parents that changed or went, or could not be read, go. #}
{% macro forget_stale_children(parent, key) -%}
    {%- if is_sliced() -%}
    delete from {{ this }}
    where {{ key }} in (select {{ key }} from {{ in_slice('came_' ~ parent) }})
    {%- elif is_incremental() -%}
    delete from {{ this }}
    where not exists (
        select 1
        from {{ ref(parent) }} as parent
        where
            parent.{{ key }} = {{ this }}.{{ key }}
            and parent.raw_versions = {{ this }}.raw_versions
            and parent.raw_load_id = {{ this }}.raw_load_id
    )
    or {{ this }}.{{ key }} in (
        select misread.{{ key }}
        from {{ this }} as misread
        where misread.unreadable_fields is not null
    )
    {%- endif -%}
{%- endmacro %}

{# Condition on a raw row: its load is not in this table yet, or not all of it could be read. #}
{% macro in_load_to_read(row) -%}
    {%- if is_sliced() -%} {{ came_since('raw_stripe', row) }}
    {%- elif is_incremental() -%}
    {{ row }}._dlt_load_id not in (
        select seen.raw_load_id
        from {{ this }} as seen
        group by seen.raw_load_id
        having count(seen.unreadable_fields) = 0
    )
    {%- else -%} true {%- endif -%}
{%- endmacro %}

{# Condition on `parent`: it is alive and its rows are not in this exploded table yet. #}
{% macro not_yet_exploded(key) -%}
    not parent.is_deleted
    {%- if is_incremental() and not is_sliced() %}
    and not exists (
        select 1
        from {{ this }} as exploded
        where exploded.{{ key }} = parent.{{ key }} and exploded.unreadable_fields is null
    )
    {%- endif %}
{%- endmacro %}

{#
    One line of agg_freshness: what was landed of a source table and what of it is staged. Only with a live key is anything
    not, so that else no raw row is read.
#}
{% macro landed_and_staged(name, schema, table, staged, key) -%}
    select
        '{{ name }}' as source,
        (
            select max(syncs.synced_through)
            from {{ source('raw_tillhouse', 'source_syncs') }} as syncs
            where syncs.source = '{{ schema }}.{{ table }}'
        ) as synced_through,
        greatest(staged.loaded_at, left_out.loaded_at) as loaded_at,
        staged."rows",
        left_out."rows" as rows_left_out
    from (
        select max(observed_at) as loaded_at, count(*) as "rows"
        from {{ ref(staged) }}
    ) as staged
    cross join (
        select max(objects.observed_at) as loaded_at, count(*) as "rows"
        from (
            select max(versions.observed_at) as observed_at
            from ({{ landed_versions(schema, table) }}) as versions
            where
                versions.live_mode
                and not exists (
                    select 1
                    from {{ ref(staged) }} as seen
                    where
                        seen.{{ key }} = versions.id
                        {%- if schema == 'raw_stripe' %}
                        and seen.account_id is not distinct from versions.owning_account
                        {%- endif %}
                )
            group by versions.id, versions.owning_account
        ) as objects
    ) as left_out
{%- endmacro %}
