{# Which payout paid out each of some balance transactions: the last one, should Stripe list one under two. #}
{% macro paid_out_by(transactions) -%}
    select
        ranked.balance_transaction_id,
        ranked.payout_id
    from (
        select
            listed.balance_transaction_id,
            listed.payout_id,
            row_number() over (
                partition by listed.balance_transaction_id
                order by payouts.created_at desc, payouts.payout_id desc
            ) as recency
        from {{ ref('stg_stripe__payout_transactions') }} as listed
        inner join {{ ref('stg_stripe__payouts') }} as payouts
            on listed.payout_id = payouts.payout_id
        where
            not listed.is_own_booking
            and listed.balance_transaction_id in (select balance_transaction_id from {{ transactions }})
    ) as ranked
    where ranked.recency = 1
{%- endmacro %}

{#
    Post-hook of fct_balance_transactions: say of what payouts paid out by which one it was. A payout takes along what is
    many owners', and nothing else of that is another: to compute all owners anew would make a long hour of it.
#}
{% macro mark_what_was_paid_out() -%}
    {%- if is_sliced() -%}
    update {{ this }}
    set paid_out_by = paid_out.payout_id
    from ({{ paid_out_by(in_slice('came_stg_stripe__payout_transactions')) }}) as paid_out
    where {{ this }}.balance_transaction_id = paid_out.balance_transaction_id
    {%- endif -%}
{%- endmacro %}
