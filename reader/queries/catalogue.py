"""The catalogue: every published table with its grain, columns, units and freshness."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from reader.columns import value_type
from reader.database import Connection, Row
from reader.envelope import Page
from reader.pipeline import Question
from reader.queries.timeline import paged
from reader.representations import Names
from reader.series import FRESHNESS
from warehouse.generations import Column, Table

# What a column's name says of its values, the first that fits.
_UNITS = (
    (r"_usd$|^(list|contracted|billed|effective)_cost$", "US dollars"),
    (r"_minor$", "minor units of the row's currency"),
    (r"_per_credit$|_unit_price$", "US dollars a credit"),
    (r"^usd_per_unit$", "US dollars a unit of the currency"),
    (r"_rate$|_pct$|^(grr|nrr)_\d+m$|^stickiness$", "share of 1"),
    (r"^quick_ratio$", "ratio"),
    (r"(^|_)days$", "days"),
    (r"^age_months$", "months"),
    (r"(^|_)credits?(_|$)", "credits"),
    (r"_at$|_(start|end)$|^valid_(from|to)$|_through$", "instant, UTC"),
)

COLUMNS: Names = (
    ("name", "text"),
    ("description", "text"),
    ("grain", "text"),
    ("rows", "integer"),
    ("columns", "text"),
    ("freshness", "text"),
    ("routes", "text"),
)


def marts_page(
    connection: Connection, question: Question, *, routes_of: Callable[[str], Sequence[str]]
) -> Page:
    """Return the catalogue of a generation.

    Args:
        connection: to the generation.
        question: which page.
        routes_of: the routes that serve rows of a table.
    """
    tables = question.generation.tables
    metrics = _metrics(connection) if "dim_metrics" in tables else {}
    expected = _expected(connection) if FRESHNESS.table in tables else {}
    rows = {}
    for name, table in tables.items():
        described = _described(name, table, metrics)
        described["freshness"] = {
            "expected_every": expected.get(f"marts.{name}"),
            "rule": "rebuilt with every generation; meta.expected_by says when the next is due",
        }
        rows[name,] = {**described, "routes": list(routes_of(name))}
    return paged(rows, COLUMNS, question)


def _metrics(connection: Connection) -> dict[tuple[str, str], Row]:
    """Return the metrics that the generation declares, by the table and column that hold them."""
    columns = "table_name, column_name, metric, definition, formula, unit"
    table = connection.table("dim_metrics")
    rows = connection.fetch(f"select {columns} from {table}")  # noqa: S608  a constant
    return {(row.pop("table_name"), row.pop("column_name")): row for row in rows}


def _expected(connection: Connection) -> dict[str, str]:
    table = connection.table(FRESHNESS.table)
    rows = connection.fetch(f"select source, expected_every from {table}")  # noqa: S608  constants
    return {row["source"]: row["expected_every"] for row in rows}


def _described(name: str, table: Table, metrics: Mapping[tuple[str, str], Row]) -> Row:
    grain = re.search(r"\b(one row (?:per )?.+?)(?:\.|, |$)", table.description, re.I | re.S)
    return {
        "name": name,
        "description": table.description,
        "grain": f"{grain[1][0].upper()}{grain[1][1:]}." if grain else None,
        "rows": table.rows,
        "columns": [
            {
                **asdict(column),
                "served_as": value_type(column.type),
                "unit": unit_of(column),
                **metrics.get((name, column.name), {}),
            }
            for column in table.columns.values()
        ],
    }


def unit_of(column: Column) -> str | None:
    """Return the unit that a column's name and type state; None of what is no measure."""
    kind = value_type(column.type)
    if kind in ("text", "boolean", "date"):
        return None
    named = next((unit for pattern, unit in _UNITS if re.search(pattern, column.name)), None)
    return named or ("count" if kind == "integer" else None)
