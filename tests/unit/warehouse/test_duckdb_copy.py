"""Copying marts into a generation's file: tables, and views that name their database."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.generations import MartTable
from warehouse.generations.duckdb_copy import build_file, measure_file, refuse_different


def test_a_view_is_copied_as_what_it_shows(tmp_path: Path) -> None:
    warehouse, draft = tmp_path / "our shop.duckdb", tmp_path / "draft.duckdb"
    with duckdb.connect(warehouse) as connection:
        connection.execute("create schema build")
        connection.execute("create table results as select 'key' as name, 1 as failures")
        # dbt writes names in full into a view.
        connection.execute('create view build.checks as select * from "our shop"."main"."results"')
        connection.execute("insert into results values ('sums', 2)")
    tables = (MartTable("checks", "What each said.", {"name": "Which."}),)
    build_file(warehouse, draft, tables)
    measured = measure_file(draft, tables)
    refuse_different(warehouse, measured)
    assert measured["checks"].rows == 2
