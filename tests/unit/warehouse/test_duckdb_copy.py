"""Copying marts into a generation's file: tables, views that name their database, and changes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from warehouse.errors import PublishError
from warehouse.generations import MartTable
from warehouse.generations.duckdb_copy import build_file, measure_file, refuse_different

MARTS = (MartTable("facts", "Facts.", {"id": "Which."}), MartTable("days", "", {}))


def test_a_view_is_copied_as_what_it_shows(tmp_path: Path) -> None:
    warehouse, draft = tmp_path / "our shop.duckdb", tmp_path / "draft.duckdb"
    with duckdb.connect(warehouse) as connection:
        connection.execute("create schema build")
        connection.execute("create table results as select 'key' as name, 1 as failures")
        # dbt writes names in full into a view.
        connection.execute('create view build.checks as select * from "our shop"."main"."results"')
        connection.execute("insert into results values ('sums', 2)")
    tables = (MartTable("checks", "What each said.", {"name": "Which."}),)
    built = build_file(warehouse, draft, tables)
    measured = measure_file(draft, tables)
    refuse_different(built, measured)
    assert measured["checks"].rows == 2


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, Path]:
    """Return a warehouse with a large and a small mart, and the file published from it."""
    warehouse, first = tmp_path / "shop.duckdb", tmp_path / "first.duckdb"
    with duckdb.connect(warehouse) as connection:
        connection.execute("create schema build")
        connection.execute(
            "create table build.facts as"
            " select i as id, i % 7 as amount, case when i % 3 > 0 then 'x' || i end as name"
            " from range(10000, 0, -1) as s (i)"
        )
        connection.execute("create table build.days as select i as day from range(20, 0, -1) t (i)")
    build_file(warehouse, first, MARTS)
    return warehouse, first


def test_a_file_made_of_the_one_before_says_what_was_built(shop: tuple[Path, Path]) -> None:
    warehouse, first = shop
    with duckdb.connect(warehouse) as connection:
        connection.execute("update build.facts set amount = amount + 1 where id = 5000")
        connection.execute("update build.facts set name = 'named' where id = 6000")
        connection.execute("delete from build.facts where id in (1, 7000)")
        connection.execute("insert into build.facts values (10001, null, null)")
        # Nothing but a row more: the tables' sets of rows are the same.
        connection.execute("insert into build.facts from build.facts where id = 8000")
        connection.execute("update build.days set day = day + 20")
    second = first.with_name("second.duckdb")
    built = build_file(warehouse, second, MARTS, first)
    measured = measure_file(second, MARTS)
    refuse_different(built, measured)
    assert [measured[name].rows for name in ("facts", "days")] == [10_000, 20]
    assert measured["facts"].columns["id"].description == "Which."
    with duckdb.connect(second) as connection:
        ids = column(connection, "select id from marts.facts")
        days = column(connection, "select day from marts.days")
    # What did not change lies where it lay; a table of which most changed is in order.
    assert ids[:9000] == sorted(ids[:9000])
    assert ids != sorted(ids)
    assert days == list(range(21, 41))


def test_a_file_of_many_hours_says_what_was_built(shop: tuple[Path, Path]) -> None:
    warehouse, before = shop
    for hour in range(4):
        # In between there are so many rows that the buckets are other ones.
        with duckdb.connect(warehouse) as connection:
            connection.execute(f"update build.facts set amount = 9 where id = {hour + 1}")
            connection.execute(
                f"insert into build.facts select 20_000, {hour}, i from range(2000) t (i)"
            )
        after = before.with_name(f"hour{hour}.duckdb")
        refuse_different(build_file(warehouse, after, MARTS, before), measure_file(after, MARTS))
        with duckdb.connect(after) as connection:
            connection.execute(f"attach '{warehouse}' as shop (read_only)")
            for sides in (
                "marts.facts except all from shop.build.facts",
                "shop.build.facts except all from marts.facts",
            ):
                assert connection.execute(f"from {sides}").fetchall() == []
            kept = connection.execute(
                "select count(distinct bits), sum(n) from copied.buckets where table_name = 'facts'"
            ).fetchone()
        assert kept == (1, 10_000 + 2000 * (hour + 1))
        before = after


def test_what_is_kept_of_the_file_before_is_not_believed(shop: tuple[Path, Path]) -> None:
    warehouse, first = shop
    with duckdb.connect(warehouse) as connection:
        connection.execute("update build.facts set amount = amount + 1 where id = 5000")
    honest, second = first.with_name("honest.duckdb"), first.with_name("second.duckdb")
    build_file(warehouse, honest, MARTS, first)
    with duckdb.connect(first) as connection:
        connection.execute(f"attach '{honest}' as honest")
        connection.execute("delete from copied.buckets")
        connection.execute("insert into copied.buckets from honest.copied.buckets")
    built = build_file(warehouse, second, MARTS, first)
    with pytest.raises(PublishError, match="the copy of facts differs"):
        refuse_different(built, measure_file(second, MARTS))


def test_a_table_that_is_missing_is_missed_in_a_file_made_of_another(
    shop: tuple[Path, Path],
) -> None:
    warehouse, first = shop
    with duckdb.connect(warehouse) as connection:
        connection.execute("drop table build.days")
    with pytest.raises(PublishError, match="the mart days was not built"):
        build_file(warehouse, first.with_name("second.duckdb"), MARTS, first)


def column(connection: duckdb.DuckDBPyConnection, query: str) -> list[int]:
    return [value for (value,) in connection.execute(query).fetchall()]
