"""Run history and API keys, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warehouse.operations import ApiKeys, OperationsStore, Run, RunHistory
from warehouse.settings import Settings


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(
    request: pytest.FixtureRequest, make_settings: Callable[..., Settings]
) -> OperationsStore:
    if request.param == "sqlite":
        return OperationsStore(make_settings())
    return OperationsStore(make_settings(warehouse_url=request.getfixturevalue("postgres_url")))


def test_runs_are_kept_newest_first(store: OperationsStore) -> None:
    history = RunHistory(store)
    assert history.latest() == []
    began = datetime(2026, 1, 2, 3, tzinfo=UTC)
    hour = timedelta(hours=1)
    history.begin("a", "hourly", began)
    history.end("a", "published", "100% done?", "000001-x", began + hour)
    history.begin("b", "nightly", began)
    newest, oldest = history.latest()
    assert newest == Run("b", "nightly", began, None, "running", None, None)
    assert oldest == Run("a", "hourly", began, began + hour, "published", "100% done?", "000001-x")
    history.end("b", "failed", "why", None, began + hour)
    assert history.last_good() == oldest
    assert [run.run_id for run in history.latest(1)] == ["b"]


def test_a_key_is_found_until_it_is_revoked(store: OperationsStore) -> None:
    keys = ApiKeys(store)
    key = keys.create("ci", scopes=frozenset({"export", "admin"}))
    found = keys.find(key)
    assert found is not None
    assert (found.name, found.role, found.scopes) == ("ci", "ADMIN", {"export", "admin"})
    assert keys.find(key[:-1]) is None
    assert keys.find(key + "x") is None
    assert keys.find("till_") is None
    assert keys.find("") is None
    assert keys.is_active(found.key_id)
    assert keys.revoke(found.key_id)
    assert not keys.revoke(found.key_id)
    assert keys.find(key) is None
    assert not keys.is_active(found.key_id)
    assert keys.all()[0].revoked_at is not None


def test_a_key_expires(store: OperationsStore) -> None:
    keys = ApiKeys(store)
    now = datetime.now(UTC)
    assert keys.find(keys.create("late", expires_at=now - timedelta(seconds=1))) is None
    assert keys.find(keys.create("early", expires_at=now + timedelta(hours=1))) is not None


def test_the_key_itself_is_nowhere(settings: Settings) -> None:
    key = ApiKeys(OperationsStore(settings)).create("ci")
    secret = key.split("_", 2)[2].encode()
    assert len(secret) > 20
    files = [path for path in Path(settings.tillhouse_home).rglob("*") if path.is_file()]
    assert files
    assert not any(secret in path.read_bytes() for path in files)
