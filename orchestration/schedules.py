"""When the jobs run, in UTC."""

from __future__ import annotations

import dagster as dg

from orchestration.jobs import JOBS

SCHEDULES = [
    dg.ScheduleDefinition(
        job=JOBS[mode],
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    # The nightly run comes after midnight's hourly one, and before the office opens.
    for mode, cron in (("hourly", "5 * * * *"), ("nightly", "35 2 * * *"))
]
