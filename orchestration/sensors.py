"""What starts a job between its schedules; whether to start it is decided below."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg

from orchestration.jobs import JOBS
from warehouse.lock import holder_of
from warehouse.operations import Inbox, OperationsStore, RunHistory, early_refresh
from warehouse.settings import Settings

_ENDED = frozenset(
    {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
)
_UNFINISHED = dg.RunsFilter(statuses=[s for s in dg.DagsterRunStatus if s not in _ENDED])


def build_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """Return all sensors; nothing connects.

    Args:
        settings: which warehouse.
    """
    return [_webhooks(settings)]


def _webhooks(settings: Settings) -> dg.SensorDefinition:
    store = OperationsStore(settings)

    @dg.sensor(
        name="stripe_webhooks",
        job=JOBS["hourly"],
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="An early hourly refresh when Stripe has sent events.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        decision = early_refresh(
            Inbox(store).newest_position(),
            context.cursor,
            datetime.now(UTC),
            is_busy=_is_refreshing(context.instance, settings, RunHistory(store)),
        )
        return dg.SensorResult(
            run_requests=[dg.RunRequest()] * decision.is_due,
            skip_reason=decision.reason_to_wait,
            cursor=decision.cursor,
        )

    return sensor


def _is_refreshing(instance: dg.DagsterInstance, settings: Settings, history: RunHistory) -> bool:
    """Return whether a run is queued or at work, here or (by the history) on another instance.

    A process that was killed leaves its row in the history, and nobody holding the lock.
    """
    if instance.get_runs_count(_UNFINISHED) > 0:
        return True
    begun = any(run.status == "running" for run in history.latest(1))
    return begun and holder_of(settings) is not None
