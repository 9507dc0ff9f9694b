"""What a build is told of earlier runs: what is served, what is new since, what was missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

import ingest
from ingest.memory import TABLES
from warehouse.engines import engine_for
from warehouse.generations import MartTable, Publication, publish
from warehouse.operations import OperationsStore, SyncGaps
from warehouse.settings import Settings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INPUTS = {"raw_stripe": "101", "raw_app": "102", "seeds.fx_rates": "a", "project": "p"}
BUILT = (
    "create schema build",
    "create table build.agg_closed_months as select 'mrr_usd' as metric, date '2026-01-01' as"
    " month, 8.000000001::numeric(20, 9) as figure, 'mrr' as area",
    "create table build.fct_alerts as select 'a' || i as alert_id, 't' as type, 'INFO' as severity,"
    " null::text as subject, 'm' as message, timestamptz '2026-02-01 00:00:00+00' as raised_at,"
    " null::timestamptz as resolved_at, case i when 0 then 'application' else 'tillhouse' end"
    " as origin from generate_series(0, 1) as r(i)",
)


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, make_settings: Callable[..., Settings]) -> Settings:
    """Return settings with a home and an empty warehouse."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    made = make_settings(tillhouse_now=NOON, **({"warehouse_url": url} if url else {}))
    made.prepare_home()
    return made


def rows(settings: Settings, table: str) -> list[tuple[Any, ...]]:
    with engine_for(settings).connect(read_only=True) as connection:
        return connection.execute(f"select * from raw_tillhouse.{table}").fetchall()


def published(settings: Settings, *tables: str) -> str:
    """Publish a small generation and return its id."""
    with engine_for(settings).connect() as connection:
        for statement in BUILT:
            connection.execute(statement)
    marts = tuple(MartTable(name, "One row each.", {}) for name in tables)
    sources = {"stripe": NOON, "app": NOON}
    made = Publication("hourly", "r1", "f", marts, sources, {}, INPUTS)
    return publish(settings, made).id


def test_before_the_first_generation_there_is_nothing_to_remember(settings: Settings) -> None:
    ingest.remember(settings, INPUTS)
    assert {table: rows(settings, table) for table in TABLES} == {name: [] for name in TABLES}


def test_what_is_served_is_laid_beside_the_raw_layer(settings: Settings) -> None:
    generation_id = published(settings, "agg_closed_months", "fct_alerts")
    SyncGaps(OperationsStore(settings)).open("acct_1", "long pause", NOON, NOON, NOON)
    for _ in range(2):
        ingest.remember(settings, INPUTS | {"raw_app": "105", "seeds.fx_rates": "b"})
    assert rows(settings, "served_generation") == [(generation_id, "101", "102")]
    # That rows came in is told by their loads; of files and models only that they changed is known.
    assert rows(settings, "changed_inputs") == [("seeds.fx_rates",)]
    assert rows(settings, "served_months") == [
        ("mrr_usd", date(2026, 1, 1), Decimal("8.000000001"))
    ]
    (alert,) = rows(settings, "served_alerts")
    assert alert[0] == "a1"
    (gap,) = rows(settings, "sync_gaps")
    assert gap == ("acct_1", "long pause", NOON, NOON, NOON, None)
    # That generation had no such table.
    assert rows(settings, "served_restatements") == []


def later(settings: Settings, *, hours: int) -> Settings:
    """Return the same settings at another now."""
    return settings.model_copy(update={"tillhouse_now": NOON + timedelta(hours=hours)})


def finished(settings: Settings) -> str:
    """Publish what an hourly run built, and return the generation's id."""
    generation_id = published(settings, "agg_closed_months")
    ingest.write_run_context(settings, "r1", "hourly")
    ingest.end_build(settings, generation_id)
    return generation_id


def test_a_build_goes_on_from_the_models_of_the_served_generation(settings: Settings) -> None:
    finished(settings)
    ingest.write_run_context(settings, "r2", "hourly")
    ingest.remember(later(settings, hours=11), INPUTS | {"raw_app": "105"})
    assert rows(settings, "build_scope") == [("101", "102", NOON)]
    assert ingest.goes_on(settings)


def test_a_nightly_run_and_one_with_another_key_build_all(settings: Settings) -> None:
    finished(settings)
    ingest.write_run_context(settings, "r2", "nightly")
    ingest.remember(settings, INPUTS)
    assert not ingest.goes_on(settings)
    live = settings.model_copy(update={"stripe_secret_key": SecretStr("rk_live_0123456789abcdef")})
    ingest.write_run_context(live, "r3", "hourly")
    ingest.remember(live, INPUTS)
    assert not ingest.goes_on(live)
    ingest.write_run_context(settings, "r4", "hourly")
    ingest.remember(settings, INPUTS)
    assert ingest.goes_on(settings)


@pytest.mark.parametrize(
    ("hours", "inputs"),
    [
        (12, INPUTS),
        (-1, INPUTS),
        (1, INPUTS | {"seeds.fx_rates": "b"}),
        (1, INPUTS | {"project": "q"}),
    ],
)
def test_after_a_night_or_with_other_seeds_or_models_all_is_built(
    settings: Settings, hours: int, inputs: dict[str, str]
) -> None:
    finished(settings)
    ingest.remember(later(settings, hours=hours), inputs)
    assert rows(settings, "build_scope") == []


def test_after_a_build_that_did_not_end_or_another_that_is_served_all_is_built(
    settings: Settings,
) -> None:
    finished(settings)
    ingest.begin_build(settings)
    ingest.remember(settings, INPUTS)
    assert rows(settings, "build_scope") == []
    ingest.end_build(settings, "000099-20260301T120000Z")
    ingest.remember(settings, INPUTS)
    assert rows(settings, "build_scope") == []
