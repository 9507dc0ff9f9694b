"""The process that runs dbt: kept from build to build, whatever becomes of one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from tests.integration.models.project import Project
from warehouse import dbt, dbt_requests
from warehouse.dbt_parsed import target_of
from warehouse.errors import SourceError
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
def test_it_tells_what_ended_and_writes_results_alone(project: Project) -> None:
    told: list[str] = []
    assert ask(project, told, "dim_metrics") == 0
    ended = [line for line in told if " model build.dim_metrics " in line]
    assert len(ended) == 1, "that it begins is not worth a line"
    assert " OK created sql table " in ended[0]
    target = target_of(load_settings(tillhouse_home=project.folder, warehouse_url=project.url))
    results = json.loads((target / "run_results.json").read_text())["results"]
    compiled = {result["unique_id"]: result["compiled_code"] for result in results}
    assert "committed_mrr_usd" in compiled["model.tillhouse.dim_metrics"]
    assert list(target.rglob("*.sql")) == [], "all of it is in the results"


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


@pytest.mark.parametrize("project", ["duckdb"], indirect=True)
def test_who_is_killed_takes_the_build_along(project: Project) -> None:
    asked = "from tests.integration.models.test_dbt_process import build_everything as b; b()"
    variables = {"TILLHOUSE_HOME": str(project.folder), "WAREHOUSE_URL": project.url}
    with subprocess.Popen(
        [sys.executable, "-c", asked],
        env={**os.environ, **variables, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline(), "the build has begun"
        process.kill()
    # As soon as dbt's process notices.
    until = time.monotonic() + 60
    while True:
        try:
            with project.engine.connect() as connection:
                assert connection.execute("select 1").fetchone() == (1,)
                return
        except SourceError:
            assert time.monotonic() < until, "the build still holds the warehouse"
            time.sleep(0.1)


def build_everything() -> None:
    """Build as a refresh does, and hand on what dbt says."""
    settings = load_settings()
    dbt.run(settings, dbt.arguments("build", target_of(settings)), partial(print, flush=True))
