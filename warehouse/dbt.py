"""The dbt invocation: a process of its own, so that nothing holds the DuckDB file afterwards.

Everything dbt writes (target, logs) lies under TILLHOUSE_HOME, one folder per engine, because a
parsed project depends on the adapter.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse import dbt_requests
from warehouse.dbt_parsed import PROJECT, ParsedProject, parsed_project, target_of
from warehouse.engines import engine_for
from warehouse.errors import TransformError
from warehouse.generations.manifest import MartTable
from warehouse.settings import Settings

logger = logging.getLogger(__name__)

_FAILED = frozenset({"error", "fail", "runtime error"})
_SHOWN = 3


@dataclass(frozen=True)
class NodeResult:
    """What became of one model or test; `seconds` of wall time."""

    unique_id: str
    status: str
    message: str
    seconds: float
    compiled: str | None = None
    failures: int = 0

    @property
    def name(self) -> str:
        """The model's or test's name."""
        return self.unique_id.split(".")[2]

    @property
    def is_test(self) -> bool:
        """Whether it is a test of the data."""
        return self.unique_id.startswith("test.")

    @property
    def failed(self) -> bool:
        """Whether it stops the run; a warning does not."""
        return self.status in _FAILED


def arguments(
    command: str, target: Path, *, full_refresh: bool = False, sliced: bool = False
) -> list[str]:
    """Return dbt's arguments.

    Args:
        command: `parse` or `build`.
        target: the folder of its artefacts and logs.
        full_refresh: rebuild incremental models from raw.
        sliced: go on from the build before, with what changed (`macros/slices.sql`).
    """
    folders = ["--target-path", str(target), "--log-path", str(target / "logs")]
    project = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    output = ["--log-format", "json", "--log-level-file", "none", "--no-use-colors"]
    rebuild = ["--full-refresh"] if full_refresh else []
    slices = ["--vars", json.dumps({"sliced": True})] if sliced else []
    # Unit tests judge the SQL, not the data: they run where the project is tested.
    data_only = ["--exclude-resource-type", "unit_test"] if command == "build" else []
    return [*output, command, *project, *folders, *rebuild, *slices, *data_only]


def load_manifest(settings: Settings) -> dict[str, Any]:
    """Return dbt's manifest, parsed on first use and when the project has changed.

    Raises:
        TransformError: the project does not parse.
    """
    return parsed(settings).load()


def parsed(settings: Settings) -> ParsedProject:
    """Return the parsed project, parsed on first use and when it has changed.

    Raises:
        TransformError: the project does not parse.
    """

    def parse(target: Path) -> None:
        command = [sys.executable, "-c", "from dbt.cli.main import cli; cli()"]
        done = subprocess.run(  # noqa: S603  our own arguments
            [*command, *arguments("parse", target)],
            env=settings.as_environment() | engine_for(settings).dbt_env(),
            cwd=settings.tillhouse_home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            lines: list[str] = []
            for line in done.stdout.splitlines():
                _hand_on(line, lines.append)
            raise TransformError(f"the dbt project does not parse: {' '.join(lines[-3:])}")

    return parsed_project(settings, parse)


def mart_tables(manifest: Mapping[str, Any]) -> tuple[MartTable, ...]:
    """Return what is published: the models under models/marts/, by name."""
    models = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    ]
    return tuple(
        MartTable(
            node["name"],
            node["description"],
            {name: column["description"] for name, column in node["columns"].items()},
        )
        for node in sorted(models, key=lambda node: str(node["name"]))
    )


def prepare(settings: Settings) -> None:
    """Let dbt be imported while something else is waited for; the next build then begins at once.

    Raises:
        SourceError: Python can't be started.
        TransformError: the project does not parse.
    """
    dbt_requests.prepare(parsed(settings).for_dbt)


def build(
    settings: Settings,
    *,
    full_refresh: bool = False,
    sliced: bool = False,
    tell: Callable[[str], None] = logger.info,
) -> list[NodeResult]:
    """Run and test every model; return what became of each, failures among them.

    Args:
        settings: which warehouse.
        full_refresh: rebuild incremental models from raw.
        sliced: go on from the build before, with what changed.
        tell: is called with each line of progress.

    Raises:
        TransformError: dbt ended before it had results.
    """
    target = target_of(settings)
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    lines: list[str] = []

    def keep(line: str) -> None:
        lines.append(line)
        tell(line)

    code = run(settings, arguments("build", target, full_refresh=full_refresh, sliced=sliced), keep)
    if not results.exists():
        raise TransformError(f"dbt ended with code {code}: {' '.join(lines[-3:])}")
    return [
        NodeResult(
            unique_id=result["unique_id"],
            status=result["status"],
            message=result["message"] or "",
            seconds=result["execution_time"],
            compiled=result.get("compiled_code"),
            failures=result.get("failures") or 0,
        )
        for result in json.loads(results.read_text())["results"]
    ]


def raise_for_failures(settings: Settings, results: Iterable[NodeResult]) -> None:
    """Return if nothing failed.

    Raises:
        TransformError: it names what failed, with the messages of failing tests' rows.
    """
    failed = [result for result in results if result.failed]
    if not failed:
        return
    told = "; ".join(_told(settings, result) for result in failed[:_SHOWN])
    more = f"; and {len(failed) - _SHOWN} more" if len(failed) > _SHOWN else ""
    raise TransformError(f"{told}{more} (nothing was published)")


def _told(settings: Settings, result: NodeResult) -> str:
    kind = "test" if result.is_test else "model"
    messages = _messages(settings, result) if result.status == "fail" else []
    reason = ", ".join(messages) or _gist(result.message)
    return f"the {kind} {result.name} failed: {reason}"


def _gist(message: str) -> str:
    """Return what went wrong, without dbt's line about where and without the SQL."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    told = [line for line in lines if not re.match(r"\w+ Error in |LINE \d+:|\^|compiled ", line)]
    return (told or lines or ["dbt does not say why"])[0]


def _messages(settings: Settings, test: NodeResult) -> list[str]:
    """Run a failing test once more for what its rows say, if they have a column `message`."""
    if not test.compiled:
        return []
    with engine_for(settings).connect(read_only=True) as connection:
        rows = connection.execute(f"select * from ({test.compiled}) as failures limit 20")  # noqa: S608
        names = [str(column[0]) for column in rows.description or ()]
        if "message" not in names:
            return []
        place = names.index("message")
        messages = list(dict.fromkeys(str(row[place]) for row in rows.fetchall()))
    more = [f"and {len(messages) - _SHOWN} more"] if len(messages) > _SHOWN else []
    return [*messages[:_SHOWN], *more]


def run(settings: Settings, arguments_: Sequence[str], tell: Callable[[str], None]) -> int:
    """Run dbt over the parsed project and hand on what it says, line by line.

    Args:
        settings: which warehouse.
        arguments_: dbt's own (`arguments`).
        tell: is called with each line.

    Returns:
        dbt's exit code: 0, 1 where a node failed, 2 where dbt could not do its work.

    Raises:
        SourceError: Python can't be started.
        TransformError: the project does not parse.
    """
    environment = settings.as_environment() | engine_for(settings).dbt_env()
    return dbt_requests.run(
        parsed(settings).for_dbt,
        arguments_,
        environment,
        settings.tillhouse_home,
        lambda line: _hand_on(line, tell),
    )


def _hand_on(line: str, tell: Callable[[str], None]) -> None:
    try:
        info = json.loads(line)["info"]
    except (ValueError, KeyError, TypeError):
        if line.strip():
            tell(line.strip())
    else:
        text = str(info["msg"]).strip()
        if text and info["level"] != "debug":
            tell(text)
