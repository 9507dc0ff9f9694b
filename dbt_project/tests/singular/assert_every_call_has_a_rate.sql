-- A call that no rate covers has no cost, never cost 0: the provider is named, and nothing is published.
select
    provider,
    concat(
        'no rate for provider ', provider, ' at ', {{ iso_instant('min(occurred_at)') }},
        ' (', cast(count(*) as text), ' calls): add it to provider_rates.csv'
    ) as message
from {{ ref('fct_provider_usage') }}
where rate_id is null
group by provider
