"""A tiny published generation with metrics, their figures and the objects behind them."""

from __future__ import annotations

from datetime import UTC, datetime

from warehouse.engines import engine_for
from warehouse.generations import MartTable, Publication, publish
from warehouse.settings import Settings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MADE = {
    "dim_metrics": """select *, 'd' as definition, 'f' as formula, 'e' as example, 'l' as limits,
        upper(metric) as label from (values
        ('mrr_usd', 'US dollars', 'kpis', 'mrr_usd', 'date', 'day', 'state', null, true),
        ('gross_volume_usd', 'US dollars', 'kpis', 'volume', 'date', 'day', 'flow', null, true),
        ('earned', 'US dollars', 'kpis', 'earned', 'date', 'day', 'flow', null, true),
        ('margin', 'US dollars', 'kpis', 'margin', 'date', 'day', 'flow', null, true),
        ('new_usd', 'US dollars', 'months', 'new_usd', 'month', 'month', 'flow', null, true),
        ('customers_new', 'customers', 'months', 'new', 'month', 'month', 'flow', null, true),
        ('committed', 'US dollars', 'months', 'committed', 'month', 'month', 'state', null, true),
        ('calls', 'calls', 'providers', 'calls', 'date', 'day', 'flow', 'provider', false),
        ('cost_each', 'US dollars', 'providers', 'each', 'date', 'day', 'ratio', 'provider', false)
        ) as t (metric, unit, table_name, column_name, period_column, period_type, kind,
        slice_column, has_objects)""",
    "kpis": """select d::date as date, m::numeric(20, 6) as mrr_usd, v::numeric(20, 6) as volume,
        1::numeric(20, 6) as earned, 0.5::numeric(20, 6) as margin
        from (values ('2026-01-30', 8, 5), ('2026-01-31', 8, 0), ('2026-02-01', 34, 5),
        ('2026-02-02', 26, 6)) as t (d, m, v)""",
    "months": """select date '2026-01-01' as month, 8::numeric(20, 6) as new_usd, 1 as new,
        45::numeric(20, 6) as committed""",
    "providers": """select d::date as date, p as provider, c as calls, e::numeric(20, 9) as each
        from (values ('2026-02-01', 'LUMA_V1', 2, '0.5'), ('2026-02-01', 'KLING_V1', 3, '0.25'),
        ('2026-02-03', 'KLING_V1', 1, '0.25'))
        as t (d, p, c, e)""",
    "drill_metric_objects": """select m as metric, p::date as period, 'total' as slice, k as
        period_type, t as object_type, o as object_id, a::numeric(20, 9) as amount from (values
        ('mrr_usd', '2026-01-30', 'day', 'subscription_item', 'si_1', 8),
        ('mrr_usd', '2026-01-31', 'day', 'subscription_item', 'si_1', 8),
        ('mrr_usd', '2026-02-01', 'day', 'figure', 'mrr_usd 2026-01-31', 8),
        ('mrr_usd', '2026-02-01', 'day', 'subscription_item', 'si_2', 26),
        ('mrr_usd', '2026-02-02', 'day', 'figure', 'mrr_usd 2026-02-01', 34),
        ('mrr_usd', '2026-02-02', 'day', 'subscription_item', 'si_1', -8),
        ('gross_volume_usd', '2026-01-30', 'day', 'balance_transaction', 'txn_0', 5),
        ('gross_volume_usd', '2026-02-01', 'day', 'balance_transaction', 'txn_1', 5),
        ('gross_volume_usd', '2026-02-02', 'day', 'balance_transaction', 'txn_2', 6),
        ('earned', '2026-02-01', 'day', 'invoice_line', 'il_1', 1.5),
        ('earned', '2026-02-01', 'day', 'credit_lot', 'lot_1', -0.5),
        ('earned', '2026-02-02', 'day', 'invoice_line', 'il_1', 1),
        ('margin', '2026-02-01', 'day', 'metric', 'earned', 1),
        ('margin', '2026-02-01', 'day', 'customer', 'u1', -0.5),
        ('margin', '2026-02-02', 'day', 'metric', 'earned', 1),
        ('margin', '2026-02-02', 'day', 'customer', 'u1', -0.5),
        ('new_usd', '2026-01-01', 'month', 'customer', 'u1', 8),
        ('customers_new', '2026-01-01', 'month', 'customer', 'u1', 1),
        ('committed', '2026-01-01', 'month', 'subscription_item', 'si_1', 8),
        ('committed', '2026-01-01', 'month', 'scheduled_item', 'sub_sched_1/1', 26),
        ('committed', '2026-01-01', 'month', 'scheduled_item', 'sub_sched_1/2', 11)
        ) as x (m, p, k, t, o, a)""",
    "fct_mrr_intervals": """select i as subscription_item_id, s as subscription_id,
        c as customer_key, p as plan_key, f::date as valid_from, u::date as valid_to from (values
        ('si_1', 'sub_1', 'u1', 'price_small', '2026-01-01', '2026-02-01'),
        ('si_1', 'sub_1', 'u1', 'price_yearly', '2026-02-01', '2026-02-02'),
        ('si_2', 'sub_2', 'u2', 'price_big', '2026-02-01', null)) as t (i, s, c, p, f, u)""",
    "fct_mrr_scheduled_items": """select i as scheduled_item_id, p as plan_key, f::date as
        valid_from, u::date as valid_to from (values
        ('sub_sched_1/1', 'price_big', '2026-01-01', '2026-02-01'),
        ('sub_sched_1/1', 'price_small', '2026-02-01', '2026-03-01'),
        ('sub_sched_1/2', 'price_small', '2026-01-01', '2026-02-01')) as t (i, p, f, u)""",
    "dim_plans": """select * from (values ('price_small', 'Starter'), ('price_yearly', 'Starter'),
        ('price_big', 'O''Pro')) as t (plan_key, name)""",
    "dim_object_slices": """select * from (values
        ('plan', 'subscription_item', 'fct_mrr_intervals', 'subscription_item_id', 'plan_key',
        false, true),
        ('plan', 'scheduled_item', 'fct_mrr_scheduled_items', 'scheduled_item_id', 'plan_key',
        false, true),
        ('country', 'subscription_item', 'fct_mrr_intervals', 'subscription_item_id',
        'customer_key', true, true),
        ('country', 'customer', 'dim_customers', 'customer_key', 'country', false, false),
        ('plan', 'invoice_line', 'fct_revenue_recognition_days', 'source_object_id',
        'document_id', false, false)) as t (dimension, object_type, table_name, key_column,
        value_column, is_of_customer, is_dated)""",
    "agg_data_quality": """select * from (values ('rolls_forward', 'kpis', 'passed', 'It does.'),
        ('has_a_key', 'months', 'passed', null)) as t (check_name, table_name, status,
        description)""",
    "fct_revenue_recognition_days": """select * from (values ('il_1', 'in_1'), ('il_1', 'in_1'),
        ('lot_1', 'pi_1')) as t (source_object_id, document_id)""",
    "dim_customers": """select * from (values ('u1', 'cus_1', 'DE'), ('u2', 'cus_2', null))
        as t (customer_key, primary_stripe_customer_id, country)""",
    "fct_balance_transactions": """select * from (values ('txn_0', 'ch_0'), ('txn_1', 'ch_1'),
        ('txn_2', 'fee_odd')) as t (balance_transaction_id, source_id)""",
}  # fmt: skip


def publish_figures(settings: Settings) -> str:
    """Publish a few days into the settings' home; return the generation's id."""
    settings.prepare_home()
    with engine_for(settings).connect() as warehouse:
        warehouse.execute("create schema build")
        for name, sql in MADE.items():
            warehouse.execute(f"create table build.{name} as {sql}")
    tables = tuple(MartTable(name, "One row each.", {}) for name in MADE)
    return publish(settings, Publication("hourly", "r", "f", tables, {"stripe": NOON}, {})).id
