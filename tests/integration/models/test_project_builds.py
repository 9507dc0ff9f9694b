"""The whole project on each engine: every unit test, and an account without any data."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.integration.models.broken_identities import (
    BREAKS,
    ITS_ENTRY,
    ONLY_INTERNAL,
    VIDEO,
    Break,
    insert,
)
from tests.integration.models.project import Project

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
    # The checks passed over nothing, and each of them notices when it no longer holds.
    checks = {r["unique_id"].split(".")[2]: r["compiled_code"] for r in results}
    unnoticed = [one for one in BREAKS if not _found(project, checks, one)]
    assert not unnoticed
    assert not _found(project, checks, ONLY_INTERNAL)
    assert _found(project, checks, VIDEO, insert("fct_credit_entries", ITS_ENTRY))


def _found(project: Project, checks: dict[str, str], broken: Break, *before: str) -> bool:
    """Break an identity, run its check, and put everything back: the tables were empty."""
    with project.engine.connect() as connection:
        for statement in (*before, insert(broken.table, broken.row)):
            connection.execute(statement)
        found = connection.execute(checks[broken.check]).fetchall()
        for table in {broken.table, "fct_credit_entries"}:
            connection.execute(f"delete from build.{table}")
    return bool(found)
