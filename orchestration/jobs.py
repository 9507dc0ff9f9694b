"""One job per refresh mode: the same assets in one process, told apart by a tag."""

from __future__ import annotations

from typing import get_args

import dagster as dg

from ingest import MODES, Mode

MODE_TAG = "tillhouse/mode"


def job_name(mode: Mode) -> str:
    """Return the name of a mode's job."""
    return f"refresh_{mode}"


def mode_of(tags: dict[str, str]) -> Mode:
    """Return a run's mode; assets run by hand, without a job, count as hourly."""
    found = tags.get(MODE_TAG, "hourly")
    return next(mode for mode in MODES if mode == found)


# A process per step would cost more than the steps, and two could want the warehouse's file.
JOBS = {
    mode: dg.define_asset_job(
        job_name(mode),
        selection=dg.AssetSelection.all(),
        tags={MODE_TAG: mode},
        executor_def=dg.in_process_executor,
        description=f"Pull, transform, test, publish: {mode}.",
    )
    for mode in get_args(Mode)
}
