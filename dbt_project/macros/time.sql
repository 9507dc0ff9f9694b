{% macro from_epoch(expression) -%} to_timestamp(cast({{ expression }} as bigint)) {%- endmacro %}

{% macro utc_date(timestamp) -%} {{ return(adapter.dispatch('utc_date')(timestamp)) }} {%- endmacro %}

{# DuckDB asks its library of time zones for each row, even for UTC: a tenth of a second for a million of them. #}
{% macro duckdb__utc_date(timestamp) -%} cast(make_timestamp(epoch_us({{ timestamp }})) as date) {%- endmacro %}

{% macro postgres__utc_date(timestamp) -%} cast({{ timestamp }} at time zone 'UTC' as date) {%- endmacro %}

{% macro utc_midnight(day) -%} (cast({{ day }} as timestamp) at time zone 'UTC') {%- endmacro %}

{% macro month_start(day) -%} cast(date_trunc('month', cast({{ day }} as timestamp)) as date) {%- endmacro %}

{% macro add_days(day, days) -%} ({{ day }} + cast({{ days }} as integer)) {%- endmacro %}

{% macro add_months(day, months) -%}
    cast({{ day }} + interval '1 month' * cast({{ months }} as integer) as date)
{%- endmacro %}

{% macro add_hours(timestamp, hours) -%}
    ({{ timestamp }} + interval '1 hour' * cast({{ hours }} as integer))
{%- endmacro %}

{% macro days_between(first_day, last_day) -%} cast({{ last_day }} - {{ first_day }} as bigint) {%- endmacro %}

{# One row a day, both ends included: `from bounds {{ series_of_days('bounds.first', 'bounds.last', 'days') }}` gives days.day. #}
{% macro series_of_days(first_day, last_day, alias) -%}
    {{ return(adapter.dispatch('series_of_days')(first_day, last_day, alias)) }}
{%- endmacro %}

{% macro duckdb__series_of_days(first_day, last_day, alias) -%}
    cross join lateral (
        select cast(instant as date) as day
        from unnest(generate_series(
            cast({{ first_day }} as timestamp), cast({{ last_day }} as timestamp), interval 1 day
        )) as instants (instant)
    ) as {{ alias }}
{%- endmacro %}

{% macro postgres__series_of_days(first_day, last_day, alias) -%}
    cross join lateral (
        select cast(instant as date) as day
        from generate_series(
            cast({{ first_day }} as timestamp), cast({{ last_day }} as timestamp), interval '1 day'
        ) as instants (instant)
    ) as {{ alias }}
{%- endmacro %}

{# The same by month: first days of months; both bounds must be first days. #}
{% macro series_of_months(first_month, last_month, alias) -%}
    {{ return(adapter.dispatch('series_of_months')(first_month, last_month, alias)) }}
{%- endmacro %}

{% macro duckdb__series_of_months(first_month, last_month, alias) -%}
    cross join lateral (
        select cast(instant as date) as month
        from unnest(generate_series(
            cast({{ first_month }} as timestamp), cast({{ last_month }} as timestamp), interval 1 month
        )) as instants (instant)
    ) as {{ alias }}
{%- endmacro %}

{% macro postgres__series_of_months(first_month, last_month, alias) -%}
    cross join lateral (
        select cast(instant as date) as month
        from generate_series(
            cast({{ first_month }} as timestamp), cast({{ last_month }} as timestamp), interval '1 month'
        ) as instants (instant)
    ) as {{ alias }}
{%- endmacro %}

{# An instant written as ISO text; without an offset it is UTC, whatever the session's zone. Empty is null. #}
{% macro utc_timestamp(expression) -%}
    case
        when nullif(trim({{ expression }}), '') is null then null
        when trim({{ expression }}) ~ '^.*:[0-9]{2}.*(Z|z|[+-][0-9]{2}:?([0-9]{2})?)$'
            then cast(upper(trim({{ expression }})) as timestamptz)
        else {{ utc_midnight('trim(' ~ expression ~ ')') }}
    end
{%- endmacro %}

{# An instant as ISO text in UTC. #}
{% macro iso_instant(timestamp) -%} {{ return(adapter.dispatch('iso_instant')(timestamp)) }} {%- endmacro %}

{% macro duckdb__iso_instant(timestamp) -%}
    strftime({{ timestamp }} at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ')
{%- endmacro %}

{% macro postgres__iso_instant(timestamp) -%}
    to_char({{ timestamp }} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
{%- endmacro %}
