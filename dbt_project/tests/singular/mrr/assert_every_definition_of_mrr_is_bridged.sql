-- Identity 32: ours and the gaps make each definition's MRR, and ours is that of agg_mrr_monthly, for all six.
select
    concat(
        'MRR as ', bridged.definition, ' defines it in ', bridged.month, ' is ', bridged.mrr_usd,
        ', but ours and the gaps make ', bridged.bridge_usd, ' (ours ', bridged.ours_usd, ')'
    ) as message
from (
    select
        month,
        definition,
        mrr_usd,
        ours_usd,
        ours_usd + gap_awaiting_payment_usd + gap_beyond_grace_usd + gap_paused_usd + gap_coupons_usd + gap_fx_usd
        + gap_cancellation_usd as bridge_usd
    from {{ ref('fct_mrr_by_definition') }}
) as bridged
left join {{ ref('agg_mrr_monthly') }} as months
    on bridged.month = months.month
where
    bridged.mrr_usd <> bridged.bridge_usd
    or months.closing_usd is null
    or bridged.ours_usd <> months.closing_usd
    or (bridged.definition = 'ours' and bridged.mrr_usd <> bridged.ours_usd)
union all
select concat('MRR of ', month, ' has ', count(*), ' definitions, not 6') as message
from {{ ref('fct_mrr_by_definition') }}
group by month
having count(*) <> 6
