"""Breaking one row of a built warehouse and asking a check of the data what it says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb


def verdict(home: Path, folder: Path, check: str, corruption: str) -> list[str]:
    """Return the messages of a check over a copy of the warehouse in which something is broken.

    Args:
        home: of a refresh on DuckDB.
        folder: where the copy may lie.
        check: the dbt test; the SQL that the refresh ran is run again.
        corruption: one statement on the tables of the schema `build`.
    """
    results = json.loads((home / "dbt" / "duckdb" / "run_results.json").read_text())["results"]
    (sql,) = (r["compiled_code"] for r in results if r["unique_id"].split(".")[2] == check)
    # Compiled SQL names the database, which is the file's name.
    copy = folder / "warehouse.duckdb"
    shutil.copyfile(home / "warehouse.duckdb", copy)
    with duckdb.connect(copy) as connection:
        connection.execute("set TimeZone = 'UTC'")
        changed = connection.execute(corruption).fetchall()
        assert changed != [(0,)], "nothing was broken"
        rows = connection.execute(f"select message from ({sql}) as failures").fetchall()
    return [str(message) for (message,) in rows]
