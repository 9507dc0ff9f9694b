{{ config(post_hook={'sql': '{{ cut_slices() }}', 'transaction': false}) }}

-- Whose rows may say something else than in the build that this one goes on from: owners of what came in, of what time
-- overtook, of what has other terms now, and all who are linked to them, however far.
{%- do ref('stg_stripe__payouts') -%}
{%- for name in slice_cuts() -%} {%- do ref(name) -%} {%- endfor %}

with recursive

links as (
    select
        owner_id,
        other_id
    from {{ ref('int_owner_links') }}
    union all
    select
        other_id,
        owner_id
    from {{ ref('int_owner_links') }}
),

reached as (
    select seeds.owner_id
    from (
        select owner_id from {{ ref('int_owners_of_news') }}
        union all
        select owner_id from {{ ref('int_owners_overtaken') }}
        union all
        select owner_id from {{ ref('int_owners_of_changed_terms') }}
    ) as seeds
    where seeds.owner_id is not null
    union
    select links.other_id
    from reached
    inner join links
        on reached.owner_id = links.owner_id
),

final as (
    select owner_id
    from reached
)

select * from final
