"""What only the file store can get wrong: leftovers, damage, files behind DuckDB's back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from publishing import NOON, build, days, publication

from warehouse.errors import PublishError
from warehouse.generations import (
    Reader,
    activate,
    active,
    open_reader,
    publish,
    published,
    store_for,
)
from warehouse.settings import Settings


@pytest.fixture
def embedded(make_settings: Callable[..., Settings]) -> Settings:
    settings = make_settings(tillhouse_now=NOON)
    settings.prepare_home()
    build(settings, 30)
    return settings


def test_what_a_dead_run_left_is_cleaned(embedded: Settings) -> None:
    first = publish(embedded, publication())
    folder = embedded.serving_dir
    unlisted = folder / "g000002-20260301T120000Z.duckdb"
    for path in (folder / ".build-000002-x.duckdb", folder / ".draft-CURRENT", unlisted):
        path.write_text("half")
    assert published(embedded) == [first]
    second = publish(embedded, publication())
    assert {path.name for path in folder.iterdir()} - {".pointer.lock"} == {
        "CURRENT",
        *(f"g{g.id}.duckdb" for g in (first, second)),
        *(f"manifest-{g.id}.json" for g in (first, second)),
    }


def test_the_pointer_and_manifest_have_the_agreed_form(embedded: Settings) -> None:
    generation = publish(embedded, publication())
    folder = embedded.serving_dir
    path = folder / f"g{generation.id}.duckdb"
    assert generation.location == str(path)
    assert json.loads((folder / "CURRENT").read_text()) == {
        "id": generation.id,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "as_of": "2026-03-01T12:00:00Z",
        "schema_version": 1,
    }
    manifest = json.loads((folder / f"manifest-{generation.id}.json").read_text())
    assert manifest["sources"]["stripe"] == {"synced_through": "2026-03-01T12:00:00Z"}
    assert manifest["tables"]["dim_plans"]["columns"] == [
        {"name": "plan_key", "type": "varchar", "description": "Stripe's price id."}
    ]


@pytest.mark.parametrize(
    ("changes", "hours", "is_anew"),
    [
        ({}, 1, False),
        ({"mode": "full"}, 1, True),
        ({"inputs": {"project": "another"}}, 1, True),
        ({"inputs": {}}, 1, True),
        ({}, 12, True),
        ({"damaged": True}, 1, True),
    ],
)
def test_within_a_day_a_file_is_made_of_the_one_before(
    embedded: Settings, changes: dict[str, Any], hours: int, is_anew: bool
) -> None:
    build(embedded, 5000)
    given = {"inputs": {"project": "p1"}}
    first = publish(embedded, publication(**given))
    if changes.pop("damaged", False):
        with Path(first.location).open("ab") as file:
            file.write(b"x")
    with duckdb.connect(embedded.tillhouse_home / "warehouse.duckdb") as connection:
        connection.execute("update build.agg_kpis_daily set mrr_usd = 7 where date = '2026-01-02'")
    later = embedded.model_copy(update={"tillhouse_now": NOON + timedelta(hours=hours)})
    second = publish(later, publication(**{**given, **changes}))
    with duckdb.connect(second.location, read_only=True) as connection:
        rows = connection.execute("select date, mrr_usd from marts.agg_kpis_daily").fetchall()
    assert (date(2026, 1, 2), 7) in rows
    # A copy is in the order of its key, a changed row stands after those that did not change.
    assert (rows == sorted(rows)) is is_anew


def test_a_damaged_file_is_not_activated(embedded: Settings) -> None:
    first, second = (publish(embedded, publication()) for _ in range(2))
    with Path(first.location).open("ab") as file:
        file.write(b"x")
    with pytest.raises(PublishError, match="damaged"):
        activate(embedded, first.id)
    assert active(embedded) == second


def test_a_reader_stays_with_the_last_good_generation(
    embedded: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    first = publish(embedded, publication())
    with Reader(store_for(embedded), poll_seconds=0) as reader:
        assert days(reader) == 30
        second = publish(embedded, publication())
        Path(second.location).write_bytes(b"not a database")
        assert (reader.current(), days(reader)) == (first, 30)
        assert [record.levelname for record in caplog.records].count("ERROR") == 1
        manifest = embedded.serving_dir / f"manifest-{second.id}.json"
        manifest.write_text(manifest.read_text().replace('version": 1', 'version": 2'))
        assert reader.current() == first


def test_a_superseded_file_is_closed_after_its_last_reader(embedded: Settings) -> None:
    publish(embedded, publication())
    with Reader(store_for(embedded), poll_seconds=0) as reader:
        with reader.connect() as pinned:
            publish(embedded, publication())
            days(reader)
            assert _open_generations(embedded) == {"000001", "000002"}
            pinned.execute("select 1")
        days(reader)
        assert _open_generations(embedded) == {"000002"}
    assert _open_generations(embedded) == set()


def _open_generations(settings: Settings) -> set[str]:
    links = [link for link in Path("/proc/self/fd").iterdir() if link.exists()]
    targets = [link.readlink() for link in links]
    return {path.name[1:7] for path in targets if path.parent == settings.serving_dir}


def test_the_folder_may_be_moved(
    embedded: Settings, make_settings: Callable[..., Settings]
) -> None:
    publish(embedded, publication())
    moved = embedded.tillhouse_home.rename(embedded.tillhouse_home.with_name("moved"))
    with open_reader(make_settings(tillhouse_home=moved)) as reader:
        assert days(reader) == 30
