-- What a day did to recurring revenue and to the number of customers who pay it.
with

final as (
    select
        period_start as date,
        {% for column in ['new', 'expansion', 'reactivation', 'contraction', 'churn'] -%}
        {{ total(column ~ '_usd') }} as {{ column }}_mrr_usd,
        {% endfor -%}
        {{ total('closing_usd - opening_usd') }} as mrr_change_usd,
        sum(
            case when closing_usd > 0 then 1 else 0 end - case when opening_usd > 0 then 1 else 0 end
        ) as customers_change
    from {{ ref('fct_mrr_movements') }}
    where period_type = 'day'
    group by period_start
)

select * from final
