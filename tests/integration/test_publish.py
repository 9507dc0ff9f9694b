"""Publishing, rolling back and reading, on both engines, from hand-made build schemas."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from publishing import KPIS, NOON, build, days, publication

from warehouse.errors import PublishError
from warehouse.generations import (
    MartTable,
    NoGenerationError,
    Reader,
    activate,
    active,
    open_reader,
    publish,
    published,
    store_for,
)
from warehouse.settings import Settings


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def at_noon(
    request: pytest.FixtureRequest, make_settings: Callable[..., Settings]
) -> Callable[..., Settings]:
    """Return a maker of settings of one warehouse at an instant."""
    url = {}
    if request.param == "postgres":
        url = {"warehouse_url": request.getfixturevalue("postgres_url")}

    def at(now: datetime = NOON) -> Settings:
        return make_settings(tillhouse_now=now, **url)

    at().prepare_home()
    return at


def test_the_manifest_says_what_is_inside(at_noon: Callable[..., Settings]) -> None:
    settings = at_noon()
    build(settings, 30)
    generation = publish(settings, publication())
    assert published(settings) == [generation]
    assert active(settings) == generation
    assert generation.id == "000001-20260301T120000Z"
    assert generation.as_of == NOON
    assert generation.sources["app"]["synced_through"] == NOON + timedelta(minutes=5)
    assert (generation.mode, generation.run_id, generation.fingerprint) == ("hourly", "run-1", "f1")
    assert generation.checks == {"passed": 9, "warned": 1}
    table = generation.tables["agg_kpis_daily"]
    assert (table.rows, list(table.columns)) == (30, ["date", "mrr_usd"])
    assert table.description == "What it's worth. One row a day."
    assert table.columns["date"].description == "The day (UTC)."
    assert table.columns["mrr_usd"].type in {"decimal(20,6)", "numeric(20,6)"}


def test_the_same_rows_have_the_same_hash(at_noon: Callable[..., Settings]) -> None:
    settings = at_noon()
    hashes = []
    for rows in (30, 30, 31):
        build(settings, rows)
        hashes.append(publish(settings, publication()).tables["agg_kpis_daily"].hash)
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_reader_follows_the_pointer_and_keeps_what_it_reads(
    at_noon: Callable[..., Settings],
) -> None:
    settings = at_noon()
    build(settings, 30)
    first = publish(settings, publication())
    with Reader(store_for(settings), poll_seconds=0) as reader:
        with reader.connect() as pinned:
            build(settings, 31)
            second = publish(settings, publication())
            table = pinned.table("agg_kpis_daily")
            assert pinned.generation == first
            assert pinned.execute(f"select count(*) from {table}").fetchall() == [(30,)]
            assert reader.current() == second
            assert days(reader) == 31
        assert days(reader, first) == 30
        assert reader.get(first.id) == first
        assert reader.get("000009-20260301T120000Z") is None


def test_roll_back_and_forward(at_noon: Callable[..., Settings]) -> None:
    settings = at_noon()
    generations = []
    for rows in (30, 31):
        build(settings, rows)
        generations.append(publish(settings, publication()))
    with Reader(store_for(settings), poll_seconds=0) as reader:
        for generation, rows in ((generations[0], 30), (generations[1], 31), (generations[0], 30)):
            assert activate(settings, generation.id) == generation
            assert (reader.current(), days(reader)) == (generation, rows)
        build(settings, 32)
        assert publish(settings, publication()).id.startswith("000003-")
        assert days(reader) == 32
    with pytest.raises(PublishError, match=r"there is no generation 000009: kept are 000003-"):
        activate(settings, "000009")


def test_older_data_never_replaces_newer(at_noon: Callable[..., Settings]) -> None:
    settings = at_noon()
    build(settings, 30)
    first = publish(settings, publication())
    with pytest.raises(PublishError, match="--activate ID"):
        publish(settings, publication(NOON - timedelta(seconds=1)))
    assert (active(settings), published(settings)) == (first, [first])


def test_a_shrinking_table_needs_a_full_rebuild(at_noon: Callable[..., Settings]) -> None:
    settings = at_noon()
    build(settings, 30)
    first = publish(settings, publication())
    build(settings, 14)
    with pytest.raises(PublishError, match="from 30 rows to 14"):
        publish(settings, publication())
    assert active(settings) == first
    assert publish(settings, publication(mode="full")).tables["agg_kpis_daily"].rows == 14


def test_a_missing_mart_publishes_nothing(at_noon: Callable[..., Settings]) -> None:
    settings = at_noon()
    build(settings, 30)
    absent = MartTable("agg_absent", "", {})
    with pytest.raises(PublishError, match="agg_absent was not built"):
        publish(settings, publication(tables=(KPIS, absent)))
    assert (active(settings), published(settings)) == (None, [])
    assert publish(settings, publication()).id.startswith("000001-")


def test_three_stay_and_none_younger_than_a_day_goes(at_noon: Callable[..., Settings]) -> None:
    for hours in (0, 1, 2, 3, 20, 25):
        settings = at_noon(NOON + timedelta(hours=hours))
        build(settings, 30)
        publish(settings, publication(NOON + timedelta(hours=hours)))
    assert [g.id[:6] for g in published(settings)] == [f"{n:06d}" for n in (6, 5, 4, 3, 2)]
    oldest = published(settings)[-1]
    activate(settings, oldest.id)
    settings = at_noon(NOON + timedelta(days=9))
    build(settings, 30)
    publish(settings, publication(NOON + timedelta(days=9)))
    assert [g.id[:6] for g in published(settings)] == ["000007", "000006", "000005"]


def test_columns_may_come_and_go(at_noon: Callable[..., Settings]) -> None:
    settings = at_noon()
    for columns in ("", ", 1 as more", ""):
        build(settings, 30, columns)
        generation = publish(settings, publication())
        with open_reader(settings) as reader, reader.connect() as connection:
            cursor = connection.execute("select * from marts.agg_kpis_daily limit 1")
            names = [column[0] for column in cursor.description or ()]
        assert names == list(generation.tables["agg_kpis_daily"].columns)


def test_nothing_can_be_written_or_reached(at_noon: Callable[..., Settings], tmp_path: Any) -> None:
    settings = at_noon()
    build(settings, 30)
    publish(settings, publication())
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    attacks = [
        "delete from marts.agg_kpis_daily",
        "create table marts.x as select 1",
        f"copy (select 1) to '{tmp_path}/out.csv'",
        f"select * from read_text('{secret}')",
        "commit; create table public.x as select 1",
        "set enable_external_access = true",
        f"attach '{tmp_path}/other.duckdb'",
        "select * from secret",
        "drop table build.agg_kpis_daily",
    ]
    with open_reader(settings) as reader:
        for attack in attacks:
            with pytest.raises(Exception, match=r"."), reader.connect() as connection:
                connection.execute(attack).fetchall()
        assert days(reader) == 30
        with reader.connect() as connection, pytest.raises(NoGenerationError, match="no table x"):
            connection.table("x")
    assert not (tmp_path / "out.csv").exists()


def test_before_the_first_publication(at_noon: Callable[..., Settings]) -> None:
    settings = at_noon()
    assert (active(settings), published(settings)) == (None, [])
    with open_reader(settings) as reader, pytest.raises(NoGenerationError, match="tillhouse refr"):
        reader.current()


def test_a_long_query_can_be_stopped(at_noon: Callable[..., Settings]) -> None:
    settings = at_noon()
    build(settings, 30)
    publish(settings, publication())
    slow = "select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b"
    with open_reader(settings) as reader:
        with pytest.raises(Exception, match=r"(?i)interrupt|cancel"), reader.connect() as pinned:  # noqa: PT012
            threading.Timer(0.3, pinned.interrupt).start()
            pinned.execute(slow).fetchall()
        assert days(reader) == 30
