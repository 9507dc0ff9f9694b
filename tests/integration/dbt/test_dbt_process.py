"""The process that runs dbt: kept from build to build, whatever becomes of one."""

from __future__ import annotations

import os
import signal

import pytest

from tests.integration.dbt.project import Project
from warehouse import dbt, dbt_requests
from warehouse.dbt_parsed import target_of
from warehouse.settings import load_settings


def ask(project: Project, told: list[str], selected: str = "nothing", folder: str = "") -> int:
    """Run a build that selects a model; return its exit code."""
    settings = load_settings(tillhouse_home=project.folder, warehouse_url=project.url)
    arguments = [*dbt.arguments("build", target_of(settings)), "--select", selected]
    if folder:
        arguments[arguments.index("--profiles-dir") + 1] = folder
    return dbt.run(settings, arguments, told.append)


@pytest.mark.parametrize("project", ["duckdb"], indirect=True)
def test_it_is_kept_until_it_has_gone(project: Project) -> None:
    told: list[str] = []
    assert ask(project, told) == 0
    first = dbt_requests.kept()
    assert first is not None
    assert ask(project, told, folder="/nowhere") == 2
    assert "/nowhere" in told[-1]
    assert ask(project, told, "stg_stripe__charges") == 1, "there is no raw layer"
    assert dbt_requests.kept() is first, "another process was started for the same project"
    os.kill(first.pid, signal.SIGKILL)
    assert ask(project, told) in {0, -signal.SIGKILL}, "it may die before it has the request"
    assert ask(project, told) == 0
    assert dbt_requests.kept() is not first
    assert not any("nanobind" in line for line in told)


@pytest.mark.parametrize("project", ["duckdb"], indirect=True)
def test_who_stops_listening_stops_the_build(project: Project) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    settings = load_settings(tillhouse_home=project.folder, warehouse_url=project.url)
    with pytest.raises(KeyboardInterrupt):
        dbt.run(settings, dbt.arguments("build", target_of(settings)), interrupted)
    process = dbt_requests.kept()
    assert process is None or not process.is_there
    with project.engine.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,), "the file is still held"
