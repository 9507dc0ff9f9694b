{{ config(unique_key='event_id') }}

with

versions as (
    {{ newest_versions('raw_stripe', 'events', 'event_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['event_id', 'id'],
        ['event_type', 'type'],
        ['api_version', 'api_version'],
        ['object_id', 'data.object.id'],
        ['object_type', 'data.object.object'],
        ['data_object', 'data.object', 'object'],
        ['previous_attributes', 'data.previous_attributes', 'object'],
        ['created_at', 'created', 'epoch'],
        ['is_livemode', 'livemode', 'boolean'],
    ], keep=version_columns()) }}
),

final as (
    select parsed.*
    from parsed
    where {{ in_mode() }}
)

select * from final
