"""Running a refresh in this process: the same job on the same instance as the schedules."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import uuid4

from ingest import Mode
from orchestration.refresh import Refresh, opened
from warehouse.settings import Settings

logger = logging.getLogger(__name__)


def run_refresh(
    settings: Settings, mode: Mode, tell: Callable[[str], None] = logger.info
) -> Refresh:
    """Run one refresh to its end and return what became of it.

    Args:
        settings: where everything is.
        mode: hourly, nightly or full.
        tell: is called with lines of progress.

    Raises:
        TillhouseError: what went wrong, in one line; the served generation stays.
    """
    with opened(settings, mode, str(uuid4()), tell) as refresh:
        # Six seconds of imports, only when a refresh can succeed.
        import dagster as dg  # noqa: PLC0415

        from orchestration.definitions import build_defs  # noqa: PLC0415
        from orchestration.instance import open_instance  # noqa: PLC0415
        from orchestration.jobs import job_name  # noqa: PLC0415

        held = dg.ResourceDefinition.hardcoded_resource(refresh)
        job = build_defs(settings, refresh=held).resolve_job_def(job_name(mode))
        with open_instance(settings) as instance:
            job.execute_in_process(
                instance=instance,
                run_id=refresh.run_id,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
    return refresh
