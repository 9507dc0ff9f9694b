{{ sliced() }}

with

periods as (
    select * from {{ ref('int_item_periods') }}
),

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

fx_rates as (
    select * from {{ ref('stg_seeds__fx_rates') }}
),

-- A period without a taxed line (a trial, a bill of nothing) keeps the share of the last one that had it.
share_groups as (
    select
        periods.*,
        count(periods.taxed_minor) over (
            partition by periods.subscription_item_id order by periods.valid_from
        ) as shares_so_far
    from periods
),

shares as (
    select
        share_groups.*,
        max(share_groups.taxed_minor) over (
            partition by share_groups.subscription_item_id, share_groups.shares_so_far
        ) as carried_taxed_minor,
        max(share_groups.inclusive_tax_minor) over (
            partition by share_groups.subscription_item_id, share_groups.shares_so_far
        ) as carried_tax_minor,
        row_number() over (
            partition by share_groups.subscription_item_id, share_groups.shares_so_far
            order by share_groups.valid_from
        ) as share_position,
        row_number() over (
            partition by share_groups.subscription_item_id order by share_groups.valid_from
        ) as period_position
    from share_groups
),

first_shares as (
    select subscription_item_id, taxed_minor, inclusive_tax_minor
    from shares
    where shares_so_far = 1 and share_position = 1
),

final as (
    select
        shares.subscription_item_id,
        shares.subscription_id,
        -- The first period reaches back to what was agreed before it.
        case when shares.period_position = 1 then cast('0001-01-01' as date) else shares.valid_from end as valid_from,
        shares.valid_to,
        lives.currency,
        shares.rate_date,
        fx_rates.usd_per_unit,
        coalesce(shares.carried_taxed_minor, first_shares.taxed_minor, 1) as taxed_minor,
        case
            when shares.carried_taxed_minor is not null then coalesce(shares.carried_tax_minor, 0)
            else coalesce(first_shares.inclusive_tax_minor, 0)
        end as inclusive_tax_minor
    from shares
    inner join lives on shares.subscription_id = lives.subscription_id
    left join first_shares on shares.subscription_item_id = first_shares.subscription_item_id
    left join fx_rates
        on
            lives.currency = fx_rates.currency
            and shares.rate_date >= fx_rates.valid_from
            and (fx_rates.valid_to is null or shares.rate_date < fx_rates.valid_to)
)

select * from final
