"""One refresh from what is landed, and nothing else: what `transform.py` measures.

    python -m benchmarks.build_once full|hourly

It prints what parsing, dbt, and publishing took, and the seconds of each model and test.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from ingest.report import MODES
from orchestration.refresh import Refresh
from warehouse import dbt_requests
from warehouse.dbt import NodeResult, load_manifest, raise_for_failures
from warehouse.engines import engine_for
from warehouse.settings import Settings, load_settings

T = TypeVar("T")


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of the children that ended."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def timed(step: Callable[[], T]) -> tuple[T, dict[str, float]]:
    """Take a step; return what it returns and what it took."""
    wall, cpu = time.monotonic(), cpu_seconds()
    done = step()
    return done, {"wall": time.monotonic() - wall, "cpu": cpu_seconds() - cpu}


def sources_of(settings: Settings) -> dict[str, Any]:
    """Return up to when each source is in: up to now, as after a pull that missed nothing."""
    with engine_for(settings).connect(read_only=True) as connection:
        rows = connection.execute("select source from raw_tillhouse.source_syncs").fetchall()
    return {str(source): settings.now() for (source,) in rows}


def transformed(refresh: Refresh) -> list[NodeResult]:
    """Build and test; dbt's process ends with it, because what it took counts when it has ended."""
    results = refresh.transform()
    dbt_requests.close()
    return results


def main() -> None:
    """Build, test and publish; print what it took as one line of JSON."""
    settings = load_settings()
    mode = next(mode for mode in MODES if mode == sys.argv[1])
    refresh = Refresh(settings, mode, str(uuid.uuid4()), tell=lambda _: None)
    refresh.report.synced_through = sources_of(settings)
    _, parsing = timed(lambda: load_manifest(settings))
    _, beginning = timed(refresh.end_pull)
    results, transform = timed(lambda: transformed(refresh))
    raise_for_failures(settings, results)
    _, publishing = timed(refresh.publish)
    nodes = {result.unique_id: result.seconds for result in results}
    steps = {"parse": parsing, "begin": beginning, "transform": transform, "publish": publishing}
    print(json.dumps({**steps, "nodes": nodes}))


if __name__ == "__main__":
    main()
