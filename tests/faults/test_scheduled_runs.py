"""The job as a schedule runs it: it opens its own refresh, holds the lock, keeps the history."""

from __future__ import annotations

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
