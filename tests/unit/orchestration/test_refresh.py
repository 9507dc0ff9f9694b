"""What a refresh decides: whether there is anything to build, and how it ended."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

import ingest
from orchestration import refresh as module
from orchestration.events import dbt_events
from orchestration.refresh import Refresh, opened
from orchestration.translators import UNIQUE_ID
from warehouse.dbt import NodeResult
from warehouse.errors import LockHeldError, SettingsError, SourceError
from warehouse.operations import OperationsStore, RunHistory
from warehouse.settings import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BUILT = [
    NodeResult("model.tillhouse.a", "success", "", 1),
    NodeResult("test.tillhouse.b", "pass", "", 1),
    NodeResult("test.tillhouse.c", "warn", "", 1),
]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Replace what lies below by what a test says."""
    made = SimpleNamespace(
        fingerprint="f",
        project="p",
        served=None,
        builds=[],
        published=None,
        checks=[],
        marks=[],
        goes_on=False,
        sliced=None,
    )

    def build(
        _settings: Settings, *, full_refresh: bool, sliced: bool, tell: object
    ) -> list[NodeResult]:
        made.builds.append(full_refresh)
        made.sliced = sliced
        return BUILT

    def publish(_settings: Settings, publication: Any) -> Any:
        made.published = publication
        return SimpleNamespace(id="000001-x", fingerprint=publication.fingerprint)

    monkeypatch.setattr(ingest, "fingerprint", lambda _: made.fingerprint)
    monkeypatch.setattr(ingest, "preflight", lambda _: None)
    monkeypatch.setattr(ingest, "goes_on", lambda _: made.goes_on)
    monkeypatch.setattr(ingest, "begin_build", lambda _: made.marks.append("begun"))
    monkeypatch.setattr(ingest, "end_build", lambda _, generation: made.marks.append(generation))
    monkeypatch.setattr(module, "project_hash", lambda: made.project)
    monkeypatch.setattr(module.dbt, "load_manifest", lambda _: {"nodes": {}})
    monkeypatch.setattr(module.dbt, "build", build)
    monkeypatch.setattr(module, "active", lambda _: made.served)
    monkeypatch.setattr(module, "publish", publish)
    monkeypatch.setattr(module, "record_checks", lambda *told: made.checks.append(told))
    return made


def refreshed(settings: Settings, mode: ingest.Mode = "hourly") -> Refresh:
    made = Refresh(settings, mode, "run-1")
    made.report.synced_through |= {
        "raw_stripe.charges": NOW,
        "raw_stripe.events": NOW.replace(hour=2),
        "raw_app.user": NOW.replace(hour=1),
    }
    return made


def test_the_first_refresh_builds_and_publishes(settings: Settings, world: Any) -> None:
    first = refreshed(settings)
    assert first.transform() == BUILT
    # The models are nobody's until they are published.
    assert world.marks == ["begun"]
    first.publish()
    assert world.marks == ["begun", "000001-x"]
    assert world.builds == [False]
    assert world.checks == [(settings, "run-1", BUILT[1:])]
    assert world.published.checks == {"passed": 1, "warned": 1}
    assert world.published.sources == {"stripe": NOW, "app": NOW.replace(hour=1)}
    assert world.published.as_of == NOW
    assert first.outcome() == ("published", "generation 000001-x is published")


def test_a_build_goes_on_from_the_one_before_unless_all_is_asked_for(
    settings: Settings, world: Any
) -> None:
    world.goes_on = True
    expected: dict[ingest.Mode, bool] = {"hourly": True, "full": False}
    for mode, sliced in expected.items():
        refreshed(settings, mode).transform()
        assert world.sliced is sliced


@pytest.mark.parametrize(
    ("change", "mode", "builds"),
    [
        ({}, "hourly", []),
        ({}, "nightly", []),
        ({}, "full", [True]),
        ({"fingerprint": "other"}, "hourly", [False]),
        ({"project": "other"}, "hourly", [False]),
    ],
)
def test_what_is_unchanged_is_not_built(
    change: dict[str, str], mode: ingest.Mode, builds: list[bool], settings: Settings, world: Any
) -> None:
    first = refreshed(settings)
    first.transform()
    world.served = first.publish()
    world.builds.clear()
    vars(world).update(change)
    second = refreshed(settings, mode)
    second.transform()
    assert world.builds == builds
    assert second.unchanged is not bool(builds)
    if not builds:
        assert second.outcome() == ("unchanged", "nothing had changed")


def test_an_error_is_unwrapped_and_kept(settings: Settings) -> None:
    run = refreshed(settings)
    wrapped = RuntimeError("step failed")
    wrapped.__cause__ = SourceError("Stripe is away")
    with pytest.raises(SourceError, match="Stripe is away"), run.step():
        raise wrapped
    with pytest.raises(ZeroDivisionError), run.step():
        raise ZeroDivisionError("later")
    assert run.outcome() == ("failed", "Stripe is away")


@pytest.fixture
def complete(make_settings: Any) -> Settings:
    settings: Settings = make_settings(
        stripe_secret_key="sk_test_1", app_database_url="sqlite:///a", tillhouse_now=NOW
    )
    return settings


def test_history_tells_how_each_run_ended(complete: Settings, world: Any) -> None:
    with opened(complete, "hourly", "a") as run:
        run.report.synced_through |= refreshed(complete).report.synced_through
        run.transform()
        world.served = run.publish()
    with opened(complete, "hourly", "b") as run:
        run.transform()
    with pytest.raises(SourceError), opened(complete, "full", "c") as run, run.step():
        raise SourceError("away")
    with pytest.raises(KeyboardInterrupt), opened(complete, "nightly", "d"):
        raise KeyboardInterrupt
    runs = RunHistory(OperationsStore(complete)).latest()
    assert [(run.run_id, run.status, run.message) for run in runs] == [
        ("d", "failed", "it was interrupted"),
        ("c", "failed", "away"),
        ("b", "unchanged", "nothing had changed"),
        ("a", "published", "generation 000001-x is published"),
    ]


def test_a_missing_setting_touches_nothing(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="STRIPE_SECRET_KEY"), opened(settings, "hourly", "a"):
        pytest.fail("it ran")
    assert not settings.tillhouse_home.exists()


def test_two_refreshes_at_once(complete: Settings, world: Any) -> None:
    with opened(complete, "hourly", "a"):
        second = opened(complete, "hourly", "b")
        with pytest.raises(LockHeldError, match="tillhouse refresh --mode hourly"), second:
            pytest.fail("it ran")


def test_results_become_events() -> None:
    model = dg.AssetSpec("m", metadata={UNIQUE_ID: "model.t.m"})
    checks = [
        dg.AssetCheckSpec(name, asset="m", metadata={UNIQUE_ID: f"test.t.{name}"})
        for name in ("good", "poor", "bad", "left_out")
    ]
    assets = SimpleNamespace(specs=[model], check_specs=checks)
    results = [
        NodeResult("model.t.m", "success", "", 1.5),
        NodeResult("model.t.unknown", "success", "", 1),
        NodeResult("test.t.good", "pass", "", 1),
        NodeResult("test.t.poor", "warn", "Got 1 result", 1),
        NodeResult("test.t.bad", "fail", "Got 2 results", 1),
        NodeResult("test.t.left_out", "skipped", "", 0),
    ]
    context: Any = SimpleNamespace(assets_def=assets)
    built, *judged = dbt_events(context, results)
    assert isinstance(built, dg.MaterializeResult)
    assert built.asset_key == dg.AssetKey("m")
    found = [event for event in judged if isinstance(event, dg.AssetCheckResult)]
    assert [(e.check_name, e.passed, e.severity.value) for e in found] == [
        ("good", True, "WARN"),
        ("poor", False, "WARN"),
        ("bad", False, "ERROR"),
    ]
    assert found[2].description == "Got 2 results"
