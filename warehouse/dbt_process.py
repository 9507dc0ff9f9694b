"""dbt in a process that has imported it and read the parsed project, for one build or many.

Run as `python -P dbt_process.py PARSED`, where PARSED is dbt's `partial_parse.msgpack`. Then each
line of its input is a request, JSON with `arguments`, `environment` and `folder`, which a fork of
this process does: each build finds dbt as it was after its import. What dbt says is the output,
and a line with `ended`, the exit code, comes last. The process ends with its input.

dbt's own command would read and compare every file of the project again, and parse it anew
whenever the warehouse's file has another path.
"""

from __future__ import annotations

import gc
import inspect
import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import Any

from dbt.adapters.factory import load_plugin
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.constants import RUN_RESULTS_FILE_NAME
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.project import Configuration, PackageConfig, Project, ProjectFlags
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager
from typing_extensions import override

from warehouse.dbt_shortcuts import (
    Templates,
    forget_debug_events,
    keep_readings,
    lay_macros_at_once,
    leave_sql_unwritten,
)

_LOOK_SECONDS = 0.05
# That something begins, or is left out after a failure, is not worth a line; that it ended is.
_UNTOLD = frozenset({"LogStartLine", "SkippingDetails", "LogSkipBecauseError"})


class QuietEvents(EventManager):
    """Drops what nobody is told.

    dbt renders an event of debug level as JSON before its logger discards it: an eighth of a build.
    """

    @override
    def fire_event(
        self,
        e: BaseEvent,
        level: EventLevel | None = None,
        node: object = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        """Hand on an event, unless it is of debug level or of a kind that is not told."""
        if (level or e.level_tag()) is not EventLevel.DEBUG and type(e).__name__ not in _UNTOLD:
            super().fire_event(e, level, node, force_warn_or_error_handling)


def tell(event: Any) -> None:
    """Write an event as dbt's JSON log has it, without what nobody reads: all about its node."""
    told = {"level": event.info.level, "msg": event.info.msg}
    sys.stdout.write(f"{json.dumps({'info': told})}\n")
    sys.stdout.flush()


def main(parsed: str) -> None:
    """Answer requests until there are no more."""
    manifest = Manifest.from_msgpack(Path(parsed).read_bytes())
    forget_debug_events()
    keep_readings()
    lay_macros_at_once()
    leave_sql_unwritten()
    templates = Templates(Path(parsed).with_suffix(".templates"))
    templates.use()
    # What dbt holds its settings against, and would work out in each build.
    for settings in (ProjectFlags, Project, PackageConfig, Configuration):
        settings.json_schema()
    # The engine's adapter: its modules, and what its credentials are held against.
    load_plugin(manifest.metadata.adapter_type or "").json_schema()
    # Each of an adapter's flags asks who wants it, for which all modules are looked through once.
    inspect.stack()
    # What models read as `graph`.
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    ctx_set_event_manager(QuietEvents())
    # What a build leaves in cycles goes with its fork, so it need not be looked for.
    gc.freeze()
    gc.disable()
    # An interrupt from the keyboard is for the build.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            code = build(manifest, **json.loads(line))
            templates.save()
            _fall_silent()
            sys.exit(code)
        # A build that crashed may have left half a line.
        sys.stdout.write(f"\n{json.dumps({'ended': _ended(child)})}\n")
        sys.stdout.flush()
        templates.load()


def _fall_silent() -> None:
    """Leave no output to what runs at the exit: DuckDB's binding tells what dbt did not free."""
    sys.stdout.flush()
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)


def _ended(child: int) -> int:
    """Wait for a build and return its exit code, a signal's as its negative number."""
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        # Nothing is asked during a build: what can be read is the end of whoever asked for it,
        # and a build that nobody waits for would hold the warehouse.
        if select.select([sys.stdin], [], [], _LOOK_SECONDS)[0]:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
            sys.exit(1)


def build(
    manifest: Manifest, arguments: list[str], environment: dict[str, str], folder: str
) -> int:
    """Run dbt; return 0 if all went well, 1 if a node failed, 2 if dbt could not do its work.

    Args:
        manifest: the parsed project.
        arguments: dbt's own, `--target-path` among them.
        environment: all variables it is to see.
        folder: where to run.
    """
    os.environ.clear()  # noqa: TID251  given by who reads the settings
    os.environ.update(environment)  # noqa: TID251
    os.chdir(folder)
    runner = dbtRunner(manifest=manifest, callbacks=[tell])
    # With its results dbt would write the manifest again, which takes it longer than ten models.
    done: Any = runner.invoke(["--no-write-json", "--log-level", "none", *arguments])
    if done.exception is not None:
        sys.stdout.write(f"{done.exception}\n")
        return 2
    if isinstance(done.result, RunExecutionResult):
        target = arguments[arguments.index("--target-path") + 1]
        done.result.write(str(Path(target) / RUN_RESULTS_FILE_NAME))
    return 0 if done.success else 1


if __name__ == "__main__":
    main(sys.argv[1])
