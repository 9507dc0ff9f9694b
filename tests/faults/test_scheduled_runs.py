"""The job as a schedule runs it: it opens its own refresh, holds the lock, keeps the history."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import dagster as dg
import pytest
from running import Shop

from orchestration.definitions import build_defs
from orchestration.instance import open_instance
from warehouse.errors import LockHeldError, SettingsError
from warehouse.lock import holder_of, run_lock
from warehouse.operations import OperationsStore, RunHistory
from warehouse.settings import Settings, load_settings


def settings_of(shop: Shop, **changes: str) -> Settings:
    return load_settings(**{k.lower(): v for k, v in (shop.variables() | changes).items()})


def run_nightly(settings: Settings) -> dg.ExecuteInProcessResult:
    job = build_defs(settings).resolve_job_def("refresh_nightly")
    with open_instance(settings) as instance:
        return job.execute_in_process(instance=instance)


def test_a_nightly_run_on_its_own(shop: Shop) -> None:
    settings = settings_of(shop)
    served = shop.served()
    done = run_nightly(settings)
    assert done.success
    assert [step.step_key for step in done.get_step_skipped_events()] == ["serving__generation"]
    last = RunHistory(OperationsStore(settings)).latest(1)[0]
    assert (last.run_id, last.mode, last.status) == (done.run_id, "nightly", "unchanged")
    assert shop.served() == served
    assert holder_of(settings) is None


def test_it_waits_for_nobody(shop: Shop) -> None:
    settings = settings_of(shop)
    with run_lock(settings, "tillhouse refresh --mode full"):
        with pytest.raises(dg.DagsterResourceFunctionError) as error:
            run_nightly(settings)
        assert isinstance(error.value.__cause__, LockHeldError)
    with open_instance(settings) as instance:
        assert instance.get_runs(limit=1)[0].status == dg.DagsterRunStatus.FAILURE


def test_a_refused_key_fails_the_run(shop: Shop) -> None:
    settings = settings_of(shop, STRIPE_SECRET_KEY="sk_test_wrong")
    with pytest.raises(dg.DagsterResourceFunctionError) as error:
        run_nightly(settings)
    assert isinstance(error.value.__cause__, SettingsError)
    assert holder_of(settings) is None


def restatements(shop: Shop) -> list[dict[str, Any]]:
    query = "select * from marts.fct_restatements order by metric, month"
    return list(json.loads(shop.run("sql", query, "--format", "json").out))


@pytest.mark.slow
def test_what_changes_in_a_closed_month_is_told_with_its_cause(shop: Shop) -> None:
    assert restatements(shop) == []
    # A call of last month arrives when its month was published long ago.
    with sqlite3.connect(shop.app) as app:
        app.execute(
            'insert into "ApiUsageLog" select \'late\', "videoId", provider, 1000, null, timestamp '
            "from \"ApiUsageLog\" where timestamp like '2026-10-%' and provider = 'LUMA_V2' limit 1"
        )
    app.close()
    assert shop.run("refresh", "--mode", "nightly").code == 0
    (late,) = restatements(shop)
    assert (late["metric"], late["month"]) == ("provider_cost_usd", "2026-10-01")
    assert (late["cause"], late["evidence"]) == ("late_rows", "late_rows 1")
    assert float(late["after"]) > float(late["before"]) > 0

    # Next, the price list is corrected for all time: every month that used it says something else.
    rates = shop.seeds / "provider_rates.csv"
    lines = rates.read_text().splitlines()
    column = lines[0].split(",").index("usd_per_credit")
    cells = [line.split(",") for line in lines]
    for row in cells[1:]:
        row[column] = str(2 * float(row[column]))
    rates.write_text("\n".join(",".join(row) for row in cells) + "\n")
    assert shop.run("refresh").code == 0
    others = restatements(shop)
    others.remove(late)
    assert {row["metric"] for row in others} == {"provider_cost_usd"}
    assert {row["cause"] for row in others} == {"rate_correction"}
    (october,) = (row for row in others if row["month"] == "2026-10-01")
    assert october["before"] == late["after"]
    assert float(october["after"]) == pytest.approx(2 * float(october["before"]))
