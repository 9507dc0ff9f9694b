-- Identity 30: DAU <= WAU <= MAU.
select
    date,
    concat(
        'active users of ', cast(date as text), ' shrink with the window: ', cast(dau as text), ' in a day, ',
        cast(wau as text), ' in 7, ', cast(mau as text), ' in 30'
    ) as message
from {{ ref('agg_active_users_daily') }}
where dau < 0 or dau > wau or wau > mau
