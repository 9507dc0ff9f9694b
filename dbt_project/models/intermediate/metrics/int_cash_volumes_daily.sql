-- Money lost is positive: refunds, disputes (net of reversals, without their fee), and every fee, whether
-- taken from a transaction or booked as one of its own.
with

final as (
    select
        date,
        {{ total("case when cash_class = 'sale' then amount_usd end") }} as gross_volume_usd,
        {{ total("case when cash_class = 'refund' then -amount_usd end") }} as refunds_usd,
        {{ total("case when cash_class in ('dispute', 'dispute_reversal') then -amount_usd end") }} as disputes_usd,
        {{ total("fee_usd - case when cash_class = 'fee' then amount_usd else 0 end") }} as stripe_fees_usd
    from {{ ref('agg_cash_daily') }}
    group by date
)

select * from final
