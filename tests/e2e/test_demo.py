"""`tillhouse demo` as a newcomer runs it, in processes that can't reach another machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from orchestration.instance import prepare_instance
from reader.explanation import explain
from reader.questions import QuestionError
from tests.e2e.breaking import verdict
from warehouse import dbt
from warehouse.generations import open_reader
from warehouse.settings import load_settings

ROOT = Path(__file__).parents[2]
SECONDS = 600

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Newcomer:
    """Somebody with an empty home and nothing configured."""

    folder: Path

    @property
    def home(self) -> Path:
        """TILLHOUSE_HOME."""
        return self.folder / "home"

    @property
    def tried(self) -> list[str]:
        """Other machines that something tried to reach."""
        path = self.folder / "tried"
        return path.read_text().split() if path.exists() else []

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program that can't leave this machine; what asks for a proxy is seen, too."""
        paths = [str(Path(__file__).parent / "offline"), str(ROOT)]
        environment = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME", "LANG", "TMPDIR"}
        }
        environment |= {
            "PYTHONPATH": os.pathsep.join(paths),
            "TRIED": str(self.folder / "tried"),
            "TILLHOUSE_HOME": str(self.home),
            "HTTPS_PROXY": "http://proxy.invalid:3128",
            "HTTP_PROXY": "http://proxy.invalid:3128",
            "NO_PROXY": "127.0.0.1,localhost",
        }
        return subprocess.run(
            [sys.executable, *command],
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def tillhouse(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return self.run("-m", "tillhouse", *arguments)


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    """Return a newcomer who has run the demo once."""
    made = Newcomer(tmp_path_factory.mktemp("newcomer"))
    # As every other home of a run of the tests: `parsed_once`.
    dbt.parsed(load_settings(tillhouse_home=made.home))
    done = made.tillhouse("demo", "--no-serve", "--customers", "40")
    assert done.returncode == 0, done.stderr
    assert " is published: " in done.stderr
    return made


def test_the_guard_guards(tmp_path: Path) -> None:
    done = (other := Newcomer(tmp_path)).run(
        "-c", "import urllib.request as r; r.urlopen('https://example.com')"
    )
    assert done.returncode == 1
    assert other.tried == ["proxy.invalid"]


def test_nothing_leaves_the_machine(newcomer: Newcomer) -> None:
    assert newcomer.tried == []


def test_the_numbers_are_there(newcomer: Newcomer) -> None:
    query = "select count(*) as months, sum(new_usd) > 0 as sold from marts.agg_mrr_monthly"
    done = newcomer.tillhouse("sql", query, "--format", "json")
    assert json.loads(done.stdout) == [{"months": 25, "sold": True}]
    (generation,) = json.loads(newcomer.tillhouse("generations", "--json").stdout)
    assert generation["active"]
    assert Path(generation["location"]).is_file()


DRILL = "build.drill_metric_objects"
BREAKS = {
    "an object whose part is wrong": f"update {DRILL} set amount = amount + 0.000000001 "
    "where metric = 'provider_cost_usd' and object_id = (select min(object_id) from "
    f"{DRILL} where metric = 'provider_cost_usd')",
    "an object that is missing": f"delete from {DRILL} where metric = 'closing_usd' "
    f"and object_id = (select min(object_id) from {DRILL} where metric = 'closing_usd')",
    "a change of a state that is missing": f"delete from {DRILL} where metric = 'mrr_usd' "
    f"and rowid = (select min(rowid) from {DRILL} where metric = 'mrr_usd')",
    "a part of margin that is missing": f"delete from {DRILL} where metric = 'gross_margin_usd' "
    f"and object_id = 'stripe_fees_usd' and period = (select max(period) from {DRILL} "
    "where metric = 'gross_margin_usd' and object_id = 'stripe_fees_usd')",
    "a line whose revenue is wrong": f"update {DRILL} set amount = amount + 0.000001 where "
    f"rowid = (select min(rowid) from {DRILL} where metric = 'recognised_revenue_usd')",
    "committed MRR that is wrong": "update build.agg_mrr_monthly set committed_mrr_usd = 0 "
    "where committed_mrr_usd > 0",
    "an object of no figure": f"insert into {DRILL} select 'made_up', period, slice, object_type, "
    f"object_id, amount, period_type from {DRILL} limit 1",
    "a figure that is wrong": "update build.agg_kpis_daily set dau = dau + 1 "
    "where date = (select max(date) from build.agg_kpis_daily)",
}


@pytest.mark.parametrize("name", BREAKS)
def test_objects_that_miss_their_figure_are_seen(
    name: str, newcomer: Newcomer, tmp_path: Path
) -> None:
    told = verdict(newcomer.home, tmp_path, "assert_objects_sum_to_their_figures", BREAKS[name])
    assert told
    assert all(" of 20" in message for message in told)


RESTATED = (
    "insert into build.fct_restatements select metric, month, 'r', timestamptz '{at}', {before}, "
    "{after}, 'late_rows', null from build.agg_closed_months "
    "where metric = 'closing_usd' and month = (select max(month) from build.agg_closed_months)"
)
WRONG_RESTATEMENTS = {
    "was restated to": RESTATED.format(at="2026-12-31", before="figure", after="figure + 1"),
    "changes nothing": RESTATED.format(at="2030-12-31", before="figure", after="figure"),
    "a month that was not over": RESTATED.format(at="2000-01-01", before="0", after="figure"),
}


@pytest.mark.parametrize("message", WRONG_RESTATEMENTS)
def test_a_restatement_that_cannot_be_is_seen(
    message: str, newcomer: Newcomer, tmp_path: Path
) -> None:
    check, broken = "assert_restatements_lead_to_todays_figures", WRONG_RESTATEMENTS[message]
    (told,) = verdict(newcomer.home, tmp_path, check, broken)
    assert message in told


def test_every_figure_is_explained_by_its_objects(newcomer: Newcomer) -> None:
    settings = load_settings(tillhouse_home=newcomer.home)
    with open_reader(settings) as reader, reader.connect() as connection:
        query = "select metric, period_type, kind, slice_column from marts.dim_metrics"
        metrics = connection.execute(query).fetchall()
        query = "select max(month) from marts.agg_mrr_monthly where is_final"
        month = str(connection.execute(query).fetchall()[0][0])[:7]
        explained = 0
        for metric, period_type, kind, slice_column in metrics:
            part = "LUMA_V1" if kind == "ratio" and slice_column else "total"
            # In the middle of a month a state is told by what changed since its beginning.
            for period in (month, f"{month}-15")[period_type == "day" and kind == "ratio" :]:
                if period_type == "month" and period != month:
                    continue
                found = explain(connection, metric, period, part)
                if found.parts is not None:
                    explained += 1
                    assert sum(each.amount for each in found.parts) == found.figure, metric
    assert explained > 50


def test_an_object_with_two_values_is_seen(newcomer: Newcomer, tmp_path: Path) -> None:
    broken = (
        "insert into build.fct_mrr_intervals by name select * replace ('price_other' as plan_key) "
        "from build.fct_mrr_intervals where valid_to is null and mrr_usd > 0 and not is_internal "
        "limit 1"
    )
    told = verdict(newcomer.home, tmp_path, "assert_slices_of_objects_add_up", broken)
    assert {message.split(" ")[0] for message in told} >= {"mrr_usd", "arr_usd"}
    assert all("but by plan" in message for message in told)


#: Where the values of a dimension are listed; what has none is unallocated.
VALUES = {
    "plan": "select plan_key from marts.dim_plans",
    "provider": "select distinct provider from marts.dim_provider_rates",
    "country": "select distinct country from marts.dim_customers where country is not null",
    "currency": "select currency from marts.dim_currencies",
}


@pytest.mark.parametrize(
    ("metric", "dimension"),
    [
        ("mrr_usd", "plan"),
        ("mrr_usd", "currency"),
        ("committed_mrr_usd", "country"),
        ("closing_usd", "country"),
        ("net_volume_usd", "currency"),
        ("recognised_revenue_usd", "plan"),
        ("provider_cost_usd", "provider"),
    ],
)
def test_the_slices_of_a_figure_add_up_to_it(
    metric: str, dimension: str, newcomer: Newcomer
) -> None:
    settings = load_settings(tillhouse_home=newcomer.home)
    with open_reader(settings) as reader, reader.connect() as connection:
        query = "select max(month) from marts.agg_mrr_monthly where is_final"
        month = str(connection.execute(query).fetchall()[0][0])[:7]
        slices = {}
        for value in [*connection.execute(VALUES[dimension]).fetchall(), ("unallocated",)]:
            with suppress(QuestionError):
                found = explain(connection, metric, month, f"{dimension}={value[0]}")
                slices[value[0]] = found.figure
        assert sum(slices.values()) == explain(connection, metric, month).figure
        assert len(slices) > 1


def test_every_check_is_published_with_what_it_said(newcomer: Newcomer) -> None:
    query = (
        "select status, count(*) as checks, max(failures) as failures "
        "from marts.agg_data_quality group by status"
    )
    (row,) = json.loads(newcomer.tillhouse("sql", query, "--format", "json").stdout)
    assert (row["status"], row["failures"]) == ("passed", 0)
    assert row["checks"] > 100
    path = newcomer.home / "dbt" / "duckdb" / "run_results.json"
    results = json.loads(path.read_text())["results"]
    tests = [r for r in results if r["unique_id"].startswith("test.") and r["status"] != "skipped"]
    assert row["checks"] == len(tests)
    query = "select \"rows\" from marts.agg_freshness where source = 'marts.agg_data_quality'"
    told = json.loads(newcomer.tillhouse("sql", query, "--format", "json").stdout)
    assert told == [{"rows": len(tests)}]


def test_dagster_shows_the_run_with_its_checks(newcomer: Newcomer) -> None:
    folder = prepare_instance(load_settings(tillhouse_home=newcomer.home))
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        (run,) = instance.get_runs()
        assert (run.job_name, run.status) == ("refresh_hourly", dg.DagsterRunStatus.SUCCESS)
        kinds = [
            entry.get_dagster_event().event_type
            for entry in instance.all_logs(run.run_id)
            if entry.is_dagster_event
        ]
        assert kinds.count(dg.DagsterEventType.ASSET_CHECK_EVALUATION) > 100
        assert kinds.count(dg.DagsterEventType.ASSET_MATERIALIZATION) > 130
        latest = instance.get_latest_materialization_event(dg.AssetKey(["serving", "generation"]))
        assert latest is not None
        assert latest.run_id == run.run_id


def test_a_second_demo_has_nothing_to_do(newcomer: Newcomer) -> None:
    results = newcomer.home / "dbt" / "duckdb" / "run_results.json"
    before = results.stat().st_mtime_ns
    done = newcomer.tillhouse("demo", "--no-serve", "--customers", "40")
    assert done.returncode == 0, done.stderr
    assert "nothing has changed, nothing is published" in done.stderr
    assert results.stat().st_mtime_ns == before
    assert len(json.loads(newcomer.tillhouse("generations", "--json").stdout)) == 1
    assert newcomer.tried == []


def test_another_company_needs_another_home(newcomer: Newcomer) -> None:
    done = newcomer.tillhouse("demo", "--no-serve", "--customers", "41")
    assert done.returncode == 2
    assert "holds another company (seed 7, 40 sign-ups" in done.stderr
