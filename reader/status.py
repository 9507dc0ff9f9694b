"""The status page: uptime, freshness, the last refreshes and generations; plain HTML, no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from fastapi import FastAPI

from reader.errors import NoGenerationError
from reader.freshness import status_of
from reader.live.live import Live
from reader.pipeline import Services
from warehouse.errors import TillhouseError
from warehouse.generations import Generation
from warehouse.operations import OperationsStore, Run, RunHistory
from warehouse.settings import Settings

_STARTED: Final = datetime.now(UTC)
_RUNS: Final = 30
_GENERATIONS: Final = 10

Cells = Sequence[object]


def status_page(app: FastAPI) -> str:
    """Return the page as it is now."""
    settings: Settings = app.state.settings
    services: Services = app.state.services
    now = settings.now()
    current, generations = _published(services)
    runs = _runs(settings)
    return _PAGE.format(
        headline=escape(_headline(current, now)),
        now=_instant(now),
        service=_table(("what", "state"), _service(app, runs)),
        sources=_table(("source", "synced through", "age"), _sources(current, now)),
        generations=_table(
            ("generation", "data of", "published", "checks passed", "warned", ""),
            [
                (
                    g.id,
                    g.as_of,
                    g.published_at,
                    g.checks.get("passed", 0),
                    g.checks.get("warned", 0),
                    "served" if current is not None and g.id == current.id else "kept",
                )
                for g in generations[:_GENERATIONS]
            ],
        ),
        runs=_table(
            ("began", "mode", "took", "became", "generation"),
            [
                (
                    run.started_at,
                    run.mode,
                    run.ended_at - run.started_at if run.ended_at else "",
                    run.status,
                    run.generation_id or "",
                )
                for run in runs
            ],
        ),
    )


def _published(services: Services) -> tuple[Generation | None, list[Generation]]:
    try:
        return services.generations.current(), services.generations.kept()
    except NoGenerationError:
        return None, []


def _runs(settings: Settings) -> list[Run]:
    try:
        return RunHistory(OperationsStore(settings)).latest(_RUNS)
    except TillhouseError:
        return []


def _headline(current: Generation | None, now: datetime) -> str:
    if current is None:
        return "There is no data yet"
    said = {"fresh": "Data is fresh", "late": "Data is late", "stale": "Data is stale"}
    return said[status_of(current.as_of, current.expected_by, now)]


def _service(app: FastAPI, runs: Sequence[Run]) -> Iterable[Cells]:
    services: Services = app.state.services
    live: Live = app.state.live
    ended = [run for run in runs if run.status != "running"]
    good = [run for run in ended if run.status != "failed"]
    yield "this process is up for", datetime.now(UTC) - _STARTED
    yield "since", _STARTED
    yield f"of the last {len(ended)} refreshes", f"{len(good)} succeeded"
    yield "cache", _cache(services)
    yield "live connections", sum(live.connections.values())


def _cache(services: Services) -> str:
    if not services.cache.is_on:
        return "off"
    return "on, Redis does not answer" if services.cache.is_degraded else "on"


def _sources(current: Generation | None, now: datetime) -> Iterable[Cells]:
    for name, source in sorted(current.sources.items() if current else ()):
        yield name, source["synced_through"], now - source["synced_through"]


def _table(head: Sequence[str], rows: Iterable[Cells]) -> str:
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(
        f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table>"


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, timedelta):
        return escape(str(timedelta(seconds=int(value.total_seconds()))))
    return escape(str(value))


def _instant(value: datetime) -> str:
    text = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
    return f'<time datetime="{value.astimezone(UTC).isoformat()}">{text}</time>'


_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tillhouse: status</title>
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/status.css">
</head>
<body>
<main>
<h1>{headline}</h1>
<p>As of {now}. Reload for the newest; <a href="/">the dashboard</a>.</p>
<h2>Service</h2>
{service}
<h2>Sources</h2>
{sources}
<h2>Generations</h2>
{generations}
<h2>Refreshes</h2>
{runs}
</main>
</body>
</html>
"""
