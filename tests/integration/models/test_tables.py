"""Tables that are made anew, and what stands on them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.integration.models.project import Project

VIEW = "int_pack_recognition_days"


@pytest.mark.parametrize(
    "project", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_a_view_is_made_anew_after_its_tables(project: Project) -> None:
    """PostgreSQL drops a view with its table, so dbt must not look for it to rename it."""
    now = datetime(2026, 11, 22, 2, tzinfo=UTC)
    with project.raw() as raw:
        raw.create(now=now, first_load_at=now)
    project.run("--select", f"+{VIEW}")
    assert project.rows(f"select count(*) from intermediate.{VIEW}") == [(0,)]
    project.run("--select", f"+{VIEW}")
    assert project.rows(f"select count(*) from intermediate.{VIEW}") == [(0,)]
