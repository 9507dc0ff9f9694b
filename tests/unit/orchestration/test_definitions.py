"""The code location: what there is, what depends on what, and that loading it is harmless."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from ingest import MODES
from ingest.stripe.specs import BY_TABLE
from orchestration import definitions
from orchestration.definitions import build_defs
from orchestration.instance import open_instance
from orchestration.jobs import job_name, mode_of
from orchestration.translators import UNIQUE_ID
from warehouse.dbt import load_manifest, mart_tables
from warehouse.settings import Settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def loaded(parsed: Settings, monkeypatch: pytest.MonkeyPatch) -> dg.Definitions:
    """Return the definitions, loaded where any connection is an error."""

    def refuse(*_: object) -> None:
        pytest.fail("loading the definitions connects to something")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return build_defs(parsed)


def specs(loaded: dg.Definitions) -> dict[str, dg.AssetSpec]:
    assets = [asset for asset in loaded.assets or [] if isinstance(asset, dg.AssetsDefinition)]
    return {spec.key.to_user_string(): spec for asset in assets for spec in asset.specs}


def test_the_file_stays_short() -> None:
    assert len(Path(definitions.__file__).read_text().splitlines()) <= 50


def test_loading_makes_no_warehouse(loaded: dg.Definitions, parsed: Settings) -> None:
    assert specs(loaded)
    assert {path.name for path in parsed.tillhouse_home.iterdir()} <= {"dbt", "pipelines"}


def test_every_source_of_dbt_is_an_asset(loaded: dg.Definitions, parsed: Settings) -> None:
    sources = load_manifest(parsed)["sources"].values()
    keys = {f"{source['source_name']}/{source['name']}" for source in sources}
    bookkeeping = {key for key in keys if key.endswith(("/_dlt_loads", "/seed_files"))}
    assert keys - bookkeeping <= specs(loaded).keys()
    assert len(keys - bookkeeping) > 30


def test_every_type_of_stripe_object_is_an_asset(loaded: dg.Definitions) -> None:
    assert {f"raw_stripe/{table}" for table in BY_TABLE} <= specs(loaded).keys()


def test_every_mart_and_raw_table_says_when_it_is_stale(loaded: dg.Definitions) -> None:
    watched = [key for key in specs(loaded) if key.startswith(("raw_", "build/"))]
    assert len(watched) > 50
    assert all(specs(loaded)[key].freshness_policy is not None for key in watched)


def test_publishing_waits_for_every_mart(loaded: dg.Definitions, parsed: Settings) -> None:
    waits = {dep.asset_key.to_user_string() for dep in specs(loaded)["serving/generation"].deps}
    assert waits == {f"build/{table.name}" for table in mart_tables(load_manifest(parsed))}


def test_transforms_wait_for_every_raw_table(loaded: dg.Definitions) -> None:
    raw = {key for key in specs(loaded) if key.startswith(("raw_stripe", "raw_app", "raw_seeds"))}
    waits = {
        dep.asset_key.to_user_string() for dep in specs(loaded)["raw_tillhouse/run_context"].deps
    }
    assert waits == raw


def test_every_test_of_dbt_is_one_check(loaded: dg.Definitions, parsed: Settings) -> None:
    nodes = load_manifest(parsed)["nodes"].values()
    tests = sorted(node["unique_id"] for node in nodes if node["resource_type"] == "test")
    assets = [asset for asset in loaded.assets or [] if isinstance(asset, dg.AssetsDefinition)]
    checks = [spec for asset in assets for spec in asset.check_specs]
    assert sorted((spec.metadata or {})[UNIQUE_ID] for spec in checks) == tests


@pytest.mark.parametrize("mode", MODES)
def test_one_job_a_mode_in_one_process(mode: Any, loaded: dg.Definitions) -> None:
    job = loaded.resolve_job_def(job_name(mode))
    assert job.executor_def is dg.in_process_executor
    assert mode_of(dict(job.tags)) == mode


def test_runs_by_hand_are_hourly() -> None:
    assert mode_of({}) == "hourly"


def test_hourly_and_nightly_run_by_themselves(loaded: dg.Definitions) -> None:
    schedules = loaded.get_repository_def().schedule_defs
    crons = {schedule.job_name: schedule.cron_schedule for schedule in schedules}
    assert crons == {"refresh_hourly": "5 * * * *", "refresh_nightly": "35 2 * * *"}
    assert all(s.default_status is dg.DefaultScheduleStatus.RUNNING for s in schedules)
    assert {schedule.execution_timezone for schedule in schedules} == {"UTC"}


def test_webhooks_start_the_hourly_job_by_themselves(loaded: dg.Definitions) -> None:
    (sensor,) = loaded.get_repository_def().sensor_defs
    assert (sensor.name, sensor.job_name) == ("stripe_webhooks", "refresh_hourly")


def test_the_workspace_names_what_exists() -> None:
    (entry,) = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]
    module = entry["python_module"]
    assert module["module_name"] == definitions.__name__
    assert hasattr(definitions, module["attribute"])


def test_the_instance_lies_in_the_home_and_tells_nobody(settings: Settings) -> None:
    with open_instance(settings) as instance:
        assert instance.root_directory == str(settings.dagster_home)
        assert not instance.telemetry_enabled
    path = settings.dagster_home / "dagster.yaml"
    path.write_text("telemetry: {enabled: true}")
    with open_instance(settings) as instance:
        assert not instance.telemetry_enabled
    assert yaml.safe_load(path.read_text())["concurrency"]["runs"]["max_concurrent_runs"] == 1


def test_dagster_by_itself_reads_the_event_log(settings: Settings) -> None:
    with open_instance(settings) as instance:
        run = instance.create_run_for_job(dg.GraphDefinition(name="nothing").to_job())
        instance.report_engine_event("noted", run)
    with dg.DagsterInstance.local_temp(str(settings.dagster_home)) as plain:
        (entry,) = plain.all_logs(run.run_id)
    assert entry.message == "noted"


def test_the_files_of_the_event_log_are_kept_open_and_closed_with_it(settings: Settings) -> None:
    with open_instance(settings) as instance:
        instance.create_run_for_job(dg.GraphDefinition(name="nothing").to_job())
        assert "index.db" in open_files(settings.dagster_home)
    assert not open_files(settings.dagster_home)


def open_files(folder: Path) -> set[str]:
    links = [link for link in Path("/proc/self/fd").iterdir() if link.exists()]
    return {link.readlink().name for link in links if link.readlink().is_relative_to(folder)}


def test_a_refresh_does_not_import_dbt() -> None:
    code = "import sys, orchestration.assets, orchestration.run; assert 'dbt' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
