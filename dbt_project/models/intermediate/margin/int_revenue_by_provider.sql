{{ sliced('customer_key', keep=true) }}

-- A customer's revenue of a month goes to the providers by the credits consumed there in that month; what can't be split
-- goes to the largest remainders, a millionth each. Without any consumption it belongs to no provider.
with

months as (
    select
        customer_key,
        month,
        sum(recognised_revenue_usd) as revenue_usd,
        sum(provider_credits) as credits
    from {{ ref('int_margin_months') }}
    group by customer_key, month
),

consumed as (
    select
        customer_key,
        month,
        provider,
        sum(provider_credits) as credits
    from {{ ref('int_margin_months') }}
    where provider_credits > 0
    group by customer_key, month, provider
),

shares as (
    select
        consumed.customer_key,
        consumed.month,
        consumed.provider,
        sign(months.revenue_usd) as direction,
        abs({{ whole('months.revenue_usd * 1000000') }}) as revenue_micro,
        {{ whole('months.credits') }} as all_credits,
        abs({{ whole('months.revenue_usd * 1000000') }}) * {{ whole('consumed.credits') }} as weighted
    from consumed
    inner join months
        on consumed.customer_key = months.customer_key and consumed.month = months.month
    where months.revenue_usd <> 0
),

divided as (
    select
        shares.*,
        {{ whole_quotient('weighted', 'all_credits') }} as share,
        row_number() over (
            partition by customer_key, month
            order by weighted % all_credits desc, provider
        ) as place
    from shares
),

final as (
    select
        month,
        customer_key,
        provider,
        {{ round_ratio(
            'direction * (share + case when place <= revenue_micro - sum(share) over (partition by customer_key, month) then 1 else 0 end)',
            '1000000', 6
        ) }} as recognised_revenue_usd
    from divided
)

select * from final
