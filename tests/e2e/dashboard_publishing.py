"""Publishing the made-up company: every table, in the columns its mart is declared with."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from tests.e2e.dashboard_company import Company
from tests.e2e.dashboard_lists import Lists
from tests.e2e.dashboard_months import Months
from tests.yaml_files import read_yaml
from warehouse.generations import Generation, MartTable, Publication, publish
from warehouse.settings import Settings

Row = dict[str, Any]
MARTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"


def declared() -> dict[str, dict[str, str]]:
    """Return the columns of every mart with their types, as the models declare them."""
    found = {}
    for path in sorted(MARTS.glob("*/_*__models.yml")):
        for model in read_yaml(path)["models"]:
            found[model["name"]] = {one["name"]: one["data_type"] for one in model["columns"]}
    return found


def publish_company(settings: Settings, newest: date, as_of: datetime | None = None) -> Generation:
    """Publish the company's marts as a refresh on the morning after `newest` would have."""
    company = Company(newest)
    as_of = as_of or settings.now() - timedelta(minutes=12)
    tables = {**company.tables, **Months(company).tables(), **Lists(company, as_of).tables()}
    path = Path(settings.warehouse_location.removeprefix("duckdb:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = declared()
    with duckdb.connect(path) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema if not exists build")
        for name, types in columns.items():
            described = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
            connection.execute(f'create or replace table build."{name}" ({described})')
            fill(connection, name, tables.get(name, []))
    publication = Publication(
        mode="hourly",
        run_id="run",
        fingerprint=as_of.isoformat(),
        tables=tuple(MartTable(name, f"{name}. One row per something.", {}) for name in columns),
        sources={"stripe": as_of, "app": as_of},
        checks={"passed": 412, "warned": 1},
    )
    return publish(settings, publication)


def fill(connection: duckdb.DuckDBPyConnection, name: str, rows: list[Row]) -> None:
    """Insert rows; a column that none of them names stays null."""
    if not rows:
        return
    names = list(dict.fromkeys(column for row in rows for column in row))
    given = pa.table({column: [row.get(column) for row in rows] for column in names})
    connection.register("given", given)
    connection.execute(f'insert into build."{name}" by name select * from given')
