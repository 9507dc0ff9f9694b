"""What a generation says of itself: its tables, its sources, its neighbours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from reader.database import Connection, Generation, Row
from reader.envelope import Page
from reader.freshness import status_of
from reader.pipeline import Question
from reader.queries.select import served
from reader.queries.timeline import paged
from reader.representations import Names, instant
from reader.series import FRESHNESS
from warehouse.generations import Table

# The routes that serve a table's rows.
ROUTES: dict[str, tuple[str, ...]] = {
    "agg_kpis_daily": ("/v1/kpis", "/v1/kpis/summary", "/v1/revenue/mrr"),
    "agg_mrr_monthly": ("/v1/revenue/mrr", "/v1/revenue/movements"),
    "fct_mrr_movements": ("/v1/revenue/movements",),
    "fct_mrr_intervals": ("/v1/revenue/mrr",),
    "agg_cash_daily": ("/v1/revenue/cash",),
    "agg_provider_daily": ("/v1/costs/providers", "/v1/costs/providers/summary"),
    "agg_freshness": ("/v1/freshness",),
}

_UNITS = (
    ("_usd", "US dollars"),
    ("_minor", "minor units of the row's currency"),
    ("_per_credit", "US dollars a credit"),
    ("_rate", "share of 1"),
    ("_pct", "percent"),
    ("_days", "days"),
    ("_at", "instant, UTC"),
)

_TABLE: Names = (
    ("name", "text"),
    ("description", "text"),
    ("grain", "text"),
    ("rows", "integer"),
    ("columns", "text"),
    ("freshness", "text"),
    ("routes", "text"),
)
_GENERATION: Names = (
    ("id", "text"),
    ("active", "boolean"),
    ("as_of", "timestamp"),
    ("published_at", "timestamp"),
)
_FRESHNESS: Names = (("expected_by", "timestamp"), ("status", "text"))

_UNITS_OF_TIME = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_NAMED_INTERVALS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1)}


def marts_page(connection: Connection, question: Question) -> Page:
    """Return the catalogue of a generation."""
    tables = question.generation.tables
    metrics = _metrics(connection) if "dim_metrics" in tables else {}
    rows = {(name,): _described(name, table, metrics) for name, table in tables.items()}
    return paged(rows, _TABLE, question)


def _metrics(connection: Connection) -> dict[tuple[str, str], Row]:
    """Return the metrics that the generation declares, by the table and column that hold them."""
    columns = "table_name, column_name, metric, definition, formula, unit"
    table = connection.table("dim_metrics")
    rows = connection.fetch(f"select {columns} from {table}")  # noqa: S608  a constant
    return {(row.pop("table_name"), row.pop("column_name")): row for row in rows}


def _described(name: str, table: Table, metrics: Mapping[tuple[str, str], Row]) -> Row:
    grain = re.search(r"One row (.+?)\.", table.description, re.DOTALL)
    return {
        "name": name,
        "description": table.description,
        "grain": grain.group(0) if grain else None,
        "rows": table.rows,
        "columns": [
            {
                **asdict(column),
                "unit": unit_of(column.name),
                **metrics.get((name, column.name), {}),
            }
            for column in table.columns.values()
        ],
        "freshness": "rebuilt with every generation; meta.expected_by says when the next is due",
        "routes": list(ROUTES.get(name, ())),
    }


def unit_of(column: str) -> str | None:
    """Return the unit that a column's name states."""
    return next((unit for suffix, unit in _UNITS if column.endswith(suffix)), None)


def generations_page(
    connection: Connection,  # noqa: ARG001
    question: Question,
    *,
    kept: Sequence[Generation],
) -> Page:
    """Return the generations that are kept, newest first."""
    rows: list[Row] = [
        {
            "id": generation.id,
            "active": generation.id == question.generation.id,
            "as_of": generation.as_of,
            "published_at": generation.published_at,
        }
        for generation in sorted(kept, key=lambda generation: generation.id, reverse=True)
    ]
    return Page(rows[: question.limit], _GENERATION)


def freshness_page(connection: Connection, question: Question, *, now: datetime) -> Page:
    """Return each source and mart with its status at `now`."""
    generation = question.generation
    series = served(FRESHNESS, generation)
    names = [column.name for column in series.columns]
    table = connection.table(series.table)
    rows = connection.fetch(f"select {', '.join(names)} from {table} order by source")  # noqa: S608
    extra = {
        "checked_at": instant(now),
        "status": status_of(generation.as_of, generation.expected_by, now),
    }
    columns = [*((column.name, column.type) for column in series.columns), *_FRESHNESS]
    return Page([_aged(row, generation, now) for row in rows], columns, extra=extra)


def _aged(row: Row, generation: Generation, now: datetime) -> Row:
    synced_through = row.get("synced_through")
    if synced_through is None:
        return {**row, "expected_by": None, "status": "stale"}
    every = interval_of(row.get("expected_every")) or generation.expected_by - generation.as_of
    expected_by = synced_through + every
    if synced_through >= generation.as_of:
        # The schedule's own grace holds for what the last run brought up to date.
        expected_by = max(expected_by, generation.expected_by)
    status = status_of(synced_through, expected_by, now)
    return {**row, "expected_by": expected_by, "status": status}


def interval_of(text: object) -> timedelta | None:
    """Return the length of time that words such as `1 hour`, `24 hours`, `hourly` mean."""
    if isinstance(text, timedelta) or text is None:
        return text
    named = _NAMED_INTERVALS.get(str(text))
    match = re.fullmatch(r"(\d+) (minute|hour|day|week)s?", str(text))
    if named is not None or match is None:
        return named
    return timedelta(seconds=int(match.group(1)) * _UNITS_OF_TIME[match.group(2)])
