"""The code location: puts the parts together and decides nothing."""

from __future__ import annotations

import dagster as dg
from dagster_dlt import DagsterDltResource

from orchestration.assets import build_assets
from orchestration.jobs import JOBS
from orchestration.resources import refresh_resource
from orchestration.schedules import SCHEDULES
from orchestration.sensors import build_sensors
from warehouse.dbt import load_manifest
from warehouse.settings import Settings, load_settings


def build_defs(
    settings: Settings, *, refresh: dg.ResourceDefinition | None = None
) -> dg.Definitions:
    """Return the definitions; nothing connects to anything.

    Args:
        settings: which warehouse.
        refresh: in place of the one that is opened for each run.
    """
    return dg.Definitions(
        assets=build_assets(settings, load_manifest(settings)),
        jobs=list(JOBS.values()),
        schedules=SCHEDULES,
        sensors=build_sensors(settings),
        resources={
            "dlt": DagsterDltResource(),
            "refresh": refresh or refresh_resource(settings),
        },
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions for Dagster's own processes."""
    return build_defs(load_settings())
