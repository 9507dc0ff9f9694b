"""What changes later is told, and a refresh that follows it says what a rebuild says."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from later_changes import LaterChanges
from running import CUSTOMERS, Shop, open_shop

import ingest
from tests.rows import Tables, unequal_tables
from warehouse import dbt
from warehouse.dbt_parsed import target_of
from warehouse.engines import engine_for
from warehouse.generations import Generation, open_reader, published
from warehouse.settings import Settings, load_settings

pytestmark = pytest.mark.slow

ZERO = Decimal(0)


def settings_of(shop: Shop) -> Settings:
    return load_settings(**{name.lower(): value for name, value in shop.variables().items()})


@pytest.fixture(scope="module")
def seed(pytestconfig: pytest.Config) -> int:
    """Return the seed of the changes: the first of `--seeds`."""
    return int(pytestconfig.getoption("seeds").split(":")[0])


@pytest.fixture(scope="module")
def changed_shop(
    seed: int, refreshed_shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """Yield a company that was refreshed, changed behind its warehouse's back, and refreshed."""
    folder = tmp_path_factory.mktemp("changed")
    shutil.copytree(refreshed_shop.folder, folder, dirs_exist_ok=True)
    with open_shop(folder) as shop, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        LaterChanges(shop, random.Random(seed)).happen()
        # It lands what is gone from the application as well.
        done = shop.run("refresh", "--mode", "nightly")
        assert done.code == 0, f"--seeds {seed}: {done.err}"
        yield shop


@pytest.fixture(scope="module")
def later_that_day(
    seed: int, refreshed_shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """Yield a company that was refreshed, changed within the day, and refreshed."""
    folder = tmp_path_factory.mktemp("today")
    shutil.copytree(refreshed_shop.folder, folder, dirs_exist_ok=True)
    with open_shop(folder) as shop, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        _changed_today(shop, seed)
        yield shop


@pytest.fixture
def later_on_postgres(
    seed: int,
    opened_shop: Shop,
    postgres_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shop]:
    """Yield the same in PostgreSQL."""
    folder = opened_shop.copy_to(tmp_path / "shop").folder
    monkeypatch.chdir(folder)
    with open_shop(folder) as opened:
        shop = opened.with_(WAREHOUSE_URL=postgres_url)
        done = shop.run("refresh")
        assert done.code == 0, done.err
        _changed_today(shop, seed)
        yield shop


def _changed_today(shop: Shop, seed: int) -> None:
    LaterChanges(shop, random.Random(seed)).happen_today()
    # What is gone from the application lands with a nightly pull, and an hourly build goes on.
    ingest.pull(settings_of(shop), "nightly")
    done = shop.run("refresh", "--mode", "hourly")
    assert done.code == 0, f"--seeds {seed}: {done.err}"


def served(settings: Settings, generation: Generation) -> Tables:
    """Return every table of a generation."""
    with open_reader(settings) as reader, reader.connect(generation) as connection:
        return {
            name: connection.execute(f"select * from {connection.table(name)}").fetchall()
            for name in generation.tables
        }


def rebuilt(settings: Settings) -> Tables:
    """Build everything anew from the raw layer as it is, and return every table."""
    arguments = dbt.arguments("run", target_of(settings), full_refresh=True)
    lines: list[str] = []
    assert dbt.run(settings, arguments, lines.append) == 0, "\n".join(lines)
    tables = [table.name for table in dbt.mart_tables(dbt.load_manifest(settings))]
    with engine_for(settings).connect(read_only=True) as connection:
        return {
            name: connection.execute(f'select * from build."{name}"').fetchall() for name in tables
        }


@pytest.fixture(scope="module")
def generations(changed_shop: Shop) -> tuple[Tables, Tables]:
    """Return what was served before the changes and what is served since."""
    settings = settings_of(changed_shop)
    after, before = (served(settings, generation) for generation in published(settings))
    return before, after


@pytest.mark.thorough
def test_a_refresh_after_changes_says_what_a_rebuild_says(
    changed_shop: Shop, generations: tuple[Tables, Tables], seed: int
) -> None:
    before, after = generations
    found = unequal_tables(after, rebuilt(settings_of(changed_shop)))
    assert not found, "\n".join([f"refreshed (left) and rebuilt (right), --seeds {seed}:", *found])
    # And that was worth comparing: hardly a table said the same before.
    moved = {told.split(":")[0] for told in unequal_tables(before, after)}
    assert len(moved) > len(after) * 0.7, sorted(after.keys() - moved)


def test_a_build_that_goes_on_from_the_one_before_says_what_a_rebuild_says(
    later_that_day: Shop, seed: int
) -> None:
    assert_says_what_a_rebuild_says(later_that_day, seed)


@pytest.mark.postgres
@pytest.mark.thorough
def test_a_build_that_goes_on_in_postgres_says_what_a_rebuild_says(
    later_on_postgres: Shop, seed: int
) -> None:
    assert_says_what_a_rebuild_says(later_on_postgres, seed)


def assert_says_what_a_rebuild_says(shop: Shop, seed: int) -> None:
    settings = settings_of(shop)
    changed = (
        "select count(*) from intermediate.int_changed_owners as changed"
        " inner join staging.stg_app__users as users on changed.owner_id = users.user_id"
    )
    with engine_for(settings).connect(read_only=True) as connection:
        (users,) = connection.execute(changed).fetchall()[0]
    # Only some were computed anew.
    assert 0 < users < CUSTOMERS
    after = served(settings, published(settings)[0])
    # Plans, an end and a start that were agreed on before today are known since this hour.
    assert after["fct_mrr_scheduled"]
    found = unequal_tables(after, rebuilt(settings))
    assert not found, "\n".join([f"refreshed (left) and rebuilt (right), --seeds {seed}:", *found])


def test_what_changes_in_a_closed_month_is_told_with_its_cause(
    changed_shop: Shop, generations: tuple[Tables, Tables], seed: int
) -> None:
    query = "select metric, month, before, after, cause, evidence from marts.fct_restatements"
    settings = settings_of(changed_shop)
    with open_reader(settings) as reader, reader.connect() as connection:
        told = connection.execute(query).fetchall()
    assert {(row[0], row[1]): (row[2], row[3]) for row in told} == restated(*generations)
    causes: dict[str, set[str]] = {}
    for metric, _, _, _, cause, evidence in told:
        causes.setdefault(metric, set()).add(cause)
        assert evidence.startswith(f"{cause} "), f"--seeds {seed}"
    # Calls came late too, and some went: but first of all the price list was corrected.
    assert causes["provider_cost_usd"] == {"rate_correction"}
    assert causes["credits_used"] <= {"deletion", "late_rows"}
    assert causes["closing_usd"] == {"fx_correction"}
    late = [metric for metric, *_, evidence in told if "late_rows" in evidence]
    assert late.count("credits_used") == len([row for row in told if row[0] == "credits_used"])
    assert "provider_cost_usd" in late


def restated(before: Tables, after: Tables) -> dict[tuple[str, date], tuple[Decimal, Decimal]]:
    """Return which figures of months that were closed before are others now."""
    old, new = (
        {(metric, month): figure for metric, month, figure, _ in tables["agg_closed_months"]}
        for tables in (before, after)
    )
    last = max(month for _, month in old)
    figures = {key: (old.get(key, ZERO), new.get(key, ZERO)) for key in old.keys() | new.keys()}
    return {
        (metric, month): (was, now)
        for (metric, month), (was, now) in figures.items()
        if month <= last and was != now
    }
