"""What each check said is kept for the marts to tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orchestration import checks
from orchestration.checks import record_checks
from warehouse.dbt import NodeResult
from warehouse.engines import engine_for
from warehouse.settings import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def node(severity: str, attached: str | None, *models: str, description: str = "") -> Any:
    return {
        "config": {"severity": severity},
        "attached_node": attached,
        "depends_on": {"nodes": list(models)},
        "description": description,
    }


def test_the_last_result_of_each_check_replaces_the_one_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = {
        "nodes": {
            "test.t.key": node("ERROR", "model.t.fct_a", "model.t.fct_a"),
            "test.t.sums": node("warn", None, "model.t.fct_a", "model.t.fct_b", description="Why."),
        }
    }
    monkeypatch.setattr(checks, "load_manifest", lambda _: manifest)
    settings.prepare_home()
    monkeypatch.setattr(type(settings), "now", lambda _: NOW)
    for failures in (7, 3):
        record_checks(
            settings,
            f"run-{failures}",
            [
                NodeResult("test.t.key", "pass", "", 0.1),
                NodeResult("test.t.sums", "warn", "Got 3 results", 0.1, failures=failures),
                NodeResult("test.t.key", "skipped", "", 0.1),
            ],
        )
    with engine_for(settings).connect(read_only=True) as connection:
        rows = connection.execute(
            "select * from raw_tillhouse.check_results order by check_name"
        ).fetchall()
    assert rows == [
        ("key", "fct_a", "passed", "error", 0, None, None, "run-3", NOW),
        ("sums", "fct_b", "warned", "warn", 3, "Got 3 results", "Why.", "run-3", NOW),
    ]
