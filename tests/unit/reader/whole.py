"""Every mart as its model declares it, with a dozen made-up rows each, published.

Values follow from the column's name, its type and the row's number, so the same name is the same
thing in every table and tables join.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from served import AS_OF, NEWEST

from reader.periods import add_months
from tests.yaml_files import read_yaml
from warehouse.engines import engine_for
from warehouse.generations import MartTable, Publication, store_for
from warehouse.settings import Settings

MARTS = Path(__file__).parents[3] / "dbt_project" / "models" / "marts"
ROWS = 12

_CURRENCIES = ["usd", "jpy", "eur", "gbp", "kwd", "isk", "ugx", "cad", "aud", "chf", "sek", "nok"]
_PROVIDERS = ["LUMA_V1", "LUMA_V2", "KLING_V1", "KLING_V2"]
_PREFIXES = {
    "customer_key": "u",
    "user_id": "u",
    "stripe_customer_id": "cus",
    "primary_stripe_customer_id": "cus",
    "subscription_id": "sub",
    "invoice_id": "in",
    "charge_id": "ch",
    "payout_id": "po",
    "payment_intent_id": "pi",
    "plan_key": "price",
    "current_plan_key": "price",
}
_METRICS = ["mrr_usd", "gross_volume_usd", "provider_cost_usd", "open_alerts"]
SET: dict[tuple[str, str], Any] = {
    ("fct_mrr_intervals", "valid_to"): lambda i: None if i < 6 else NEWEST - timedelta(days=i - 6),
    ("dim_customers", "is_internal"): lambda i: i == 11,
    ("fct_alerts", "resolved_at"): lambda i: AS_OF if i % 2 else None,
    ("fct_alerts", "alert_id"): lambda i: f"tillhouse:{i}",
    ("rec_stripe_balance", "stripe_minor"): lambda i: [None, 1010, 7][i % 3],
    ("agg_freshness", "expected_every"): lambda i: "1 hour",
    ("agg_freshness", "source"): lambda i: "marts.agg_kpis_daily" if i == 0 else f"app.table_{i}",
    ("dim_metrics", "metric"): lambda i: _METRICS[i] if i < 4 else f"metric_{i}",
    ("dim_metrics", "column_name"): lambda i: _METRICS[i % 4],
    ("dim_metrics", "table_name"): lambda i: "agg_kpis_daily",
    ("dim_metrics", "period_column"): lambda i: "date",
    ("dim_metrics", "period_type"): lambda i: "day",
    ("dim_metrics", "kind"): lambda i: "state",
    ("dim_metrics", "slice_column"): lambda i: None,
    ("drill_metric_objects", "metric"): lambda i: _METRICS[i % 4],
    ("drill_metric_objects", "slice"): lambda i: "total",
    ("drill_metric_objects", "period_type"): lambda i: "day",
    ("fct_restatements", "metric"): lambda i: _METRICS[i % 4],
    ("fct_payouts", "status"): lambda i: ("paid", "failed")[i % 2],
    ("fct_invoices", "status"): lambda i: ("paid", "open", "void")[i % 3],
    ("fct_payments", "status"): lambda i: ("succeeded", "failed")[i % 2],
    ("fct_mrr_movements", "period_type"): lambda i: ("day", "month")[i % 2],
}


@cache
@cache
def models() -> dict[str, dict[str, Any]]:
    """Return the declaration of every mart by its name."""
    return {
        model["name"]: model
        for path in sorted(MARTS.rglob("*__models.yml"))
        for model in read_yaml(path)["models"]
    }


def accepted(column: dict[str, Any]) -> list[str]:
    """Return the values that a column's test accepts; none if it has no such test."""
    for test in column.get("data_tests", ()):
        if isinstance(test, dict) and "accepted_values" in test:
            return [str(value) for value in test["accepted_values"]["arguments"]["values"]]
    return []


def primary_key(model: dict[str, Any]) -> list[str]:
    """Return the columns of a mart's primary key."""
    tests = [test for test in model.get("data_tests", ()) if "primary_key" in test]
    return list(tests[0]["primary_key"]["arguments"]["columns"])


def value(table: str, column: dict[str, Any], i: int) -> Any:
    """Return what row `i` of a table has in a column."""
    name, kind = column["name"], column["data_type"].partition("(")[0]
    if (table, name) in SET:
        return SET[table, name](i)
    if kind == "text":
        return _text(name, accepted(column), i)
    if kind == "date":
        month = add_months(NEWEST.replace(day=1), -i)
        return month if name.endswith("month") else NEWEST - timedelta(days=i)
    made: dict[str, Any] = {
        "bigint": 1000 + 10 * i,
        "integer": i,
        "numeric": Decimal(i) + Decimal("0.500000"),
        "boolean": i % 3 == 0,
        "timestamptz": AS_OF - timedelta(days=i, hours=3),
    }
    return made[kind]


def _text(name: str, values: list[str], i: int) -> str:
    if values:
        return values[i % len(values)]
    if name == "currency":
        return _CURRENCIES[i]
    if name == "provider":
        return _PROVIDERS[i % 4]
    return f"{_PREFIXES.get(name, name)}_{i}"


def publish_whole(settings: Settings, as_of: datetime = AS_OF) -> str:
    """Publish every mart into the settings' home and return the generation's id."""
    engine = engine_for(settings)
    engine.check()
    declared = models()
    with engine.connect() as connection:
        connection.execute("create schema if not exists build")
        for table, model in declared.items():
            names = [f'"{column["name"]}" {column["data_type"]}' for column in model["columns"]]
            connection.execute(f"drop table if exists build.{table}")
            connection.execute(f"create table build.{table} ({', '.join(names)})")
            marks = f"({', '.join('?' for _ in names)})"
            values = [value(table, c, i) for i in range(ROWS) for c in model["columns"]]
            connection.execute(
                f"insert into build.{table} values {', '.join([marks] * ROWS)}", values
            )
    publication = publication_of_everything(as_of)
    return store_for(settings).publish(publication, as_of + timedelta(minutes=2)).id


def publication_of_everything(as_of: datetime) -> Publication:
    """Return what has every mart published, as it is built, with data of one instant."""
    tables = tuple(
        MartTable(
            name,
            model["description"],
            {column["name"]: column["description"] for column in model["columns"]},
        )
        for name, model in sorted(models().items())
    )
    return Publication(
        mode="hourly",
        run_id="run",
        fingerprint=as_of.isoformat(),
        tables=tables,
        sources={"stripe": as_of, "app": as_of},
        checks={"passed": 40, "warned": 1},
    )
