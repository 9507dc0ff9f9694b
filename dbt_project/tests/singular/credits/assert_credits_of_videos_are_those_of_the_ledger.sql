-- Identity 25: what a video used less what it got back is the same in the video, in the ledger and in the lots. Videos of
-- which the ledger knows no use, and entries without a video, have nothing to compare.
with

ledger as (
    select
        video_id,
        sum(case when type = 'USAGE' then -credits else 0 end) as used,
        sum(case when type = 'USAGE_REFUND' then credits else 0 end) as refunded
    from {{ ref('fct_credit_entries') }}
    where video_id is not null and type in ('USAGE', 'USAGE_REFUND')
    group by video_id
),

lots as (
    select
        entries.video_id,
        sum(allocations.credits) as used
    from {{ ref('fct_credit_allocations') }} as allocations
    inner join {{ ref('fct_credit_entries') }} as entries
        on allocations.entry_id = entries.entry_id
    where entries.video_id is not null and allocations.movement = 'use'
    group by entries.video_id
)

select
    videos.video_id,
    concat(
        'video ', videos.video_id, ' used ', cast(videos.credits_used as text), ' credits and got ',
        cast(videos.credits_refunded as text), ' back, but in the ledger it is ', cast(ledger.used as text), ' and ',
        cast(ledger.refunded as text), ', in the lots ', cast(coalesce(lots.used, 0) as text), ' in all'
    ) as message
from {{ ref('fct_videos') }} as videos
inner join ledger
    on videos.video_id = ledger.video_id
left join lots
    on videos.video_id = lots.video_id
where
    ledger.used > 0
    and (
        videos.credits_used <> ledger.used
        or videos.credits_refunded <> ledger.refunded
        or coalesce(lots.used, 0) <> greatest(ledger.used - ledger.refunded, 0)
    )
