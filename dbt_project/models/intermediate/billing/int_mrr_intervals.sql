{{ sliced() }}

with

item_mrr as (
    select * from {{ ref('int_item_mrr') }}
    where state not in {{ uncounted_states() }}
),

lives as (
    select * from {{ ref('int_subscription_lives') }}
),

-- What a row says, in one text: neighbours that say the same are one interval.
described as (
    select
        item_mrr.*,
        {{ surrogate_hash([
            'item_mrr.price_id', 'item_mrr.quantity', 'item_mrr.state', 'item_mrr.list_mrr_usd',
            'item_mrr.discount_mrr_usd', 'item_mrr.nano_usd_per_unit', 'item_mrr.net_native_numerator',
            'item_mrr.net_native_denominator',
        ]) }} as meaning
    from item_mrr
),

compared as (
    select
        described.*,
        case
            when
                lag(described.meaning) over (
                    partition by described.subscription_item_id order by described.valid_from
                ) = described.meaning
                and lag(described.valid_to) over (
                    partition by described.subscription_item_id order by described.valid_from
                ) = described.valid_from
                then 0
            else 1
        end as is_new
    from described
),

numbered as (
    select
        compared.*,
        sum(compared.is_new) over (
            partition by compared.subscription_item_id
            order by compared.valid_from
            rows between unbounded preceding and current row
        ) as interval_number
    from compared
),

final as (
    select
        numbered.subscription_item_id,
        numbered.subscription_id,
        lives.customer_key,
        lives.is_internal,
        lives.account_id,
        numbered.interval_number,
        min(numbered.valid_from) as valid_from,
        max(numbered.valid_to) as valid_to,
        numbered.price_id,
        numbered.quantity,
        numbered.state,
        numbered.list_mrr_usd,
        numbered.discount_mrr_usd,
        numbered.mrr_usd,
        numbered.currency,
        numbered.nano_usd_per_unit,
        numbered.net_native_numerator,
        numbered.net_native_denominator,
        -- The evidence of a row is the evidence of its beginning.
        max(case when numbered.is_new = 1 then numbered.history_source end) as history_source
    from numbered
    inner join lives on numbered.subscription_id = lives.subscription_id
    group by
        numbered.subscription_item_id, numbered.subscription_id, lives.customer_key, lives.is_internal,
        lives.account_id, numbered.interval_number, numbered.price_id, numbered.quantity, numbered.state, numbered.list_mrr_usd,
        numbered.discount_mrr_usd, numbered.mrr_usd, numbered.currency, numbered.nano_usd_per_unit,
        numbered.net_native_numerator, numbered.net_native_denominator
)

select * from final
