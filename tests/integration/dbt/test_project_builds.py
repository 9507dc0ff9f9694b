"""The whole project on each engine: every unit test, and an account without any data."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.integration.dbt.project import Project

pytestmark = pytest.mark.slow


def test_an_empty_account_builds_and_every_unit_test_passes(project: Project) -> None:
    now = datetime(2026, 11, 22, 2, tzinfo=UTC)
    with project.raw() as raw:
        raw.create(now=now, first_load_at=now)
    # Models first: a unit test of an incremental model reads the columns of the table it has built.
    project.run()
    results = project.dbt("test")
    failed = {
        result["unique_id"]: result["message"]
        for result in results
        if result["status"] in {"error", "fail", "warn", "runtime error"}
    }
    assert not failed, failed
    kinds = Counter(result["unique_id"].split(".")[0] for result in results)
    assert kinds["test"] > 0
    assert kinds["unit_test"] > 0
