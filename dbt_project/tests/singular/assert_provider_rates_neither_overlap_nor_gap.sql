-- Identity 26, first half: at every instant since a provider's first rate exactly one holds, up to its last.
with

ordered as (
    select
        provider,
        rate_id,
        valid_from,
        valid_to,
        lead(rate_id) over (partition by provider order by valid_from, valid_to) as next_rate_id,
        lead(valid_from) over (partition by provider order by valid_from, valid_to) as next_valid_from
    from {{ ref('dim_provider_rates') }}
)

select
    provider,
    concat(
        'rates of provider ', provider,
        case
            when valid_to <= valid_from then ' end before they begin: '
            when valid_to is null or valid_to > next_valid_from then ' overlap: '
            else ' leave a gap: '
        end,
        rate_id, ' ends ', coalesce({{ iso_instant('valid_to') }}, 'never'),
        coalesce(concat(', ', next_rate_id, ' begins ', {{ iso_instant('next_valid_from') }}), ''),
        ': mend provider_rates.csv'
    ) as message
from ordered
where
    valid_to <= valid_from
    or (next_rate_id is not null and (valid_to is null or valid_to <> next_valid_from))
