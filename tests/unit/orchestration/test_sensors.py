"""The sensor over a real inbox and a real instance: what it requests, and when it waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

from orchestration.instance import end_left_runs, open_instance
from orchestration.sensors import build_sensors
from warehouse.lock import run_lock
from warehouse.operations import Delivery, Inbox, OperationsStore, RunHistory
from warehouse.settings import Settings

UNFINISHED = ("QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING")
# A queued run says where its job is to be found.
ORIGIN = RemoteJobOrigin(
    RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("here"), "all"), "refresh_nightly"
)
ENDED = ("SUCCESS", "FAILURE", "CANCELED")


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with open_instance(settings) as made:
        yield made


def receive(settings: Settings, *event_ids: str) -> None:
    now = datetime.now(UTC)
    Inbox(OperationsStore(settings)).add(
        [Delivery(event_id, None, "invoice.paid", None, now, True, now) for event_id in event_ids]
    )


def tick(
    settings: Settings, instance: dg.DagsterInstance, cursor: str | None = None
) -> tuple[int, str | None, str | None]:
    """Return how many runs were requested, why none was, and the new cursor."""
    (sensor,) = build_sensors(settings)
    with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        data = sensor.evaluate_tick(context)
    assert {request.run_key for request in data.run_requests or []} <= {None}
    return len(data.run_requests or []), data.skip_message, data.cursor


def test_it_runs_by_itself_and_starts_the_hourly_job(settings: Settings) -> None:
    (sensor,) = build_sensors(settings)
    assert sensor.job_name == "refresh_hourly"
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert not settings.tillhouse_home.exists()


def test_new_events_request_one_run(settings: Settings, instance: dg.DagsterInstance) -> None:
    assert tick(settings, instance) == (0, "no new events", None)
    receive(settings, "evt_1", "evt_2")
    requested, skipped, cursor = tick(settings, instance)
    assert (requested, skipped) == (1, None)
    assert tick(settings, instance, cursor)[0] == 0
    receive(settings, "evt_2", "evt_1")
    assert tick(settings, instance, cursor)[1] == "no new events"
    receive(settings, "evt_3")
    assert tick(settings, instance, cursor)[1] == "a refresh was requested in the last minute"


@pytest.mark.parametrize("status", UNFINISHED)
def test_it_waits_for_a_run_that_is_queued_or_running(
    settings: Settings, instance: dg.DagsterInstance, status: str
) -> None:
    receive(settings, "evt_1")
    run = dg.DagsterRun(
        "refresh_nightly", status=dg.DagsterRunStatus(status), remote_job_origin=ORIGIN
    )
    instance.add_run(run)
    assert tick(settings, instance) == (0, "a refresh is queued or running", None)
    instance.delete_run(run.run_id)
    assert tick(settings, instance)[0] == 1


@pytest.mark.parametrize("status", ENDED)
def test_it_waits_for_no_run_that_has_ended(
    settings: Settings, instance: dg.DagsterInstance, status: str
) -> None:
    receive(settings, "evt_1")
    instance.add_run(dg.DagsterRun("refresh_hourly", status=dg.DagsterRunStatus(status)))
    assert tick(settings, instance)[0] == 1


def test_it_waits_for_a_refresh_that_dagster_does_not_know_yet(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    receive(settings, "evt_1")
    history = RunHistory(OperationsStore(settings))
    history.begin("r", "full", datetime.now(UTC))
    with run_lock(settings, "tillhouse refresh"):
        assert tick(settings, instance)[1] == "a refresh is queued or running"
    # Killed: its row stays, the lock went with the process.
    assert tick(settings, instance)[0] == 1


def test_a_run_that_was_killed_does_not_hold_back_the_next(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    receive(settings, "evt_1")
    killed = dg.DagsterRun("refresh_hourly", status=dg.DagsterRunStatus.STARTED)
    queued = dg.DagsterRun(
        "refresh_nightly", status=dg.DagsterRunStatus.QUEUED, remote_job_origin=ORIGIN
    )
    for run in (killed, queued):
        instance.add_run(run)
    with run_lock(settings, "tillhouse refresh"):
        assert end_left_runs(settings) == 0
    assert end_left_runs(settings) == 1
    states = {run.run_id: run.status for run in instance.get_runs()}
    assert states[killed.run_id] is dg.DagsterRunStatus.FAILURE
    assert states[queued.run_id] is dg.DagsterRunStatus.QUEUED
