{{ config(unique_key='payout_transaction_id', meta={'looked_up': true}) }}

with

versions as (
    {{ newest_versions('raw_stripe', 'payout_transactions', 'payout_transaction_id') }}
),

parsed as (
    {{ parse_json('versions', [
        ['payout_transaction_id', 'id'],
        ['payout_id', 'payout', 'id'],
        ['balance_transaction_id', 'balance_transaction', 'id'],
        ['source_id', 'source', 'id'],
        ['type', 'type'],
        ['net_minor', 'net', 'bigint'],
        ['created_at', 'created', 'epoch'],
    ], keep=version_columns()) }}
),

final as (
    select
        parsed.*,
        -- What a payout before this one brought back is no booking of its own: it is paid out again.
        coalesce(
            parsed.source_id = parsed.payout_id
            and parsed.type in ('payout', 'payout_cancel', 'payout_failure', 'payout_minimum_balance_release'),
            false
        ) as is_own_booking
    from parsed
)

select * from final
