"""A warehouse to publish from, made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from warehouse.engines import engine_for
from warehouse.generations import Generation, MartTable, Publication, Reader
from warehouse.settings import Settings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KPIS = MartTable("agg_kpis_daily", "What it's worth. One row a day.", {"date": "The day (UTC)."})
PLANS = MartTable("dim_plans", "One row per price.", {"plan_key": "Stripe's price id."})


def build(settings: Settings, rows: int, columns: str = "") -> None:
    with engine_for(settings).connect() as connection:
        connection.execute("create schema if not exists build")
        connection.execute("drop table if exists build.agg_kpis_daily")
        connection.execute("drop table if exists build.dim_plans")
        connection.execute(
            "create table build.agg_kpis_daily as select date '2026-01-01' + cast(i as integer) "
            f"as date, cast(i as numeric(20,6)) as mrr_usd {columns} "
            f"from generate_series(1, {rows}) as s(i)"
        )
        connection.execute("create table build.dim_plans as select 'price_1' as plan_key")


def publication(as_of: datetime = NOON, **changes: Any) -> Publication:
    made = Publication(
        mode="hourly",
        run_id="run-1",
        fingerprint="f1",
        tables=(KPIS, PLANS),
        sources={"stripe": as_of, "app": as_of + timedelta(minutes=5)},
        checks={"passed": 9, "warned": 1},
    )
    return replace(made, **changes)


def days(reader: Reader, generation: Generation | None = None) -> int:
    with reader.connect(generation) as connection:
        table = connection.table("agg_kpis_daily")
        return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])
