"""What the assets are given: the refresh they are steps of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.jobs import mode_of
from orchestration.refresh import Refresh, opened
from warehouse.settings import Settings


def refresh_resource(settings: Settings) -> dg.ResourceDefinition:
    """Return a resource that opens a refresh for the length of a run."""

    @contextmanager
    def open_refresh(context: dg.InitResourceContext) -> Iterator[Refresh]:
        assert context.run is not None  # noqa: S101  assets run in runs
        run = context.run
        with opened(settings, mode_of(dict(run.tags)), run.run_id) as refresh:
            yield refresh

    return dg.ResourceDefinition(open_refresh, description="the refresh, holding the run lock")
