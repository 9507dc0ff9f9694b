with

rates as (
    select
        nullif(trim(rate_id), '') as rate_id,
        trim(provider) as provider,
        cast(trim(usd_per_credit) as numeric(20, 9)) as usd_per_credit,
        coalesce({{ utc_timestamp('valid_from') }}, {{ utc_midnight("date '1970-01-01'") }}) as valid_from,
        {{ utc_timestamp('valid_to') }} as valid_to,
        coalesce(cast(nullif(trim(bills_failures), '') as boolean), true) as bills_failures,
        {{ utc_timestamp('recorded_at') }} as recorded_at
    from {{ source('raw_seeds', 'provider_rates') }}
),

-- An end left out means: until the next rate of the provider, or still.
final as (
    select
        coalesce(
            rate_id,
            concat(provider, '@', {{ iso_instant('valid_from') }})
        ) as rate_id,
        provider,
        usd_per_credit,
        valid_from,
        coalesce(valid_to, lead(valid_from) over (partition by provider order by valid_from)) as valid_to,
        bills_failures,
        recorded_at
    from rates
)

select * from final
