"""A project on each engine; all tests of an engine share what dbt has parsed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.models.project import Project
from warehouse.engines import engine_for
from warehouse.settings import Settings


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that outlives a test: dbt parses anew when a path or a database changes."""
    return tmp_path_factory.mktemp("dbt")


# That PostgreSQL's rows are DuckDB's is seen in every run, in whole companies and by every unit
# test: these stories are told to it in `make test-all` only.
ON_POSTGRES = pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.thorough])


@pytest.fixture(params=["duckdb", ON_POSTGRES])
def project(
    request: pytest.FixtureRequest, parsed: Path, make_settings: Callable[..., Settings]
) -> Project:
    """Return the dbt project with an empty warehouse."""
    make = _postgres if request.param == "postgres" else _duckdb
    url = make(request, parsed)
    return Project(engine_for(make_settings(warehouse_url=url)), url, parsed / request.param)


def _duckdb(_: pytest.FixtureRequest, parsed: Path) -> str:
    path = parsed / "warehouse.duckdb"
    path.unlink(missing_ok=True)
    return f"duckdb:///{path}"


def _postgres(request: pytest.FixtureRequest, _: Path) -> str:
    url: str = request.getfixturevalue("postgres_url")
    return url
