"""`tillhouse status`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tillhouse import terminal

if TYPE_CHECKING:
    from warehouse.generations import Generation
    from warehouse.operations import Run, SyncGap
    from warehouse.settings import Settings


def status(
    *, json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False
) -> None:
    """Say how fresh each source and mart is, and how the last run and its tests went.

    Exit code 1 if something is stale, the last run failed or was killed, or changes in Stripe may
    have been missed and are not read again yet.

    Example: [bold]tillhouse status --json[/bold]
    """
    from warehouse.settings import load_settings  # noqa: PLC0415

    report = build_report(load_settings())
    if json:
        terminal.show_json(report)
    else:
        _show(report)
    if not report["ok"]:
        raise typer.Exit(1)


def build_report(settings: Settings) -> dict[str, Any]:
    """Return what is fresh, late, stale, missed or failed, and why."""
    from ingest.stripe.selection import left_out  # noqa: PLC0415
    from warehouse.generations import active  # noqa: PLC0415
    from warehouse.lock import holder_of  # noqa: PLC0415
    from warehouse.operations import OperationsStore, RunHistory, SyncGaps  # noqa: PLC0415

    generation = active(settings)
    store = OperationsStore(settings)
    history = RunHistory(store)
    running = holder_of(settings)
    gaps = SyncGaps(store)
    unhealed, healed = gaps.unhealed(), gaps.last_healed()
    rows = _rows(generation, history.last_good(), settings.now()) if generation else []
    last, failure = _last_run(history.latest(5), running)
    problems = [
        *_stale(rows),
        *([] if generation else ["nothing is published yet: run `tillhouse refresh`"]),
        *([failure] if failure else []),
        *map(_open_gap, unhealed),
    ]
    return {
        "ok": not problems,
        "problems": problems,
        "generation": generation.id if generation else None,
        "rows": rows,
        "checks": dict(generation.checks) if generation else None,
        "last_run": _run(last) if last else None,
        "running": running,
        "webhooks": _webhooks(settings),
        "gaps": {
            "open": [asdict(gap) for gap in unhealed],
            "last_healed": asdict(healed) if healed else None,
        },
        "left_out": sorted(left_out(settings)),
    }


def _last_run(runs: Sequence[Run], running: str | None) -> tuple[Run | None, str | None]:
    """Return the newest run that has ended, and what is wrong with it or with a later one."""
    last = next((run for run in runs if run.status != "running"), None)
    if runs and runs[0].status == "running" and running is None:
        # Nobody is at work, and it did not live to say how it ended.
        return last, (
            f"the last run ({runs[0].mode}, begun at {terminal.instant(runs[0].started_at)}) was "
            "killed before it ended: run `tillhouse refresh`, it goes on from what was landed"
        )
    if last is not None and last.status == "failed":
        return last, f"the last run failed: {last.message}"
    return last, None


def _stale(rows: list[dict[str, Any]]) -> list[str]:
    return [
        f"{row['name']} is stale: its data reaches {terminal.instant(row['as_of'])}; see whether "
        "the schedule runs, or run `tillhouse refresh`"
        for row in rows
        if row["kind"] == "source" and row["state"] == "stale"
    ]


def _open_gap(gap: SyncGap) -> str:
    return (
        f"changes of Stripe account {gap.account_id} from {terminal.instant(gap.since)} to "
        f"{terminal.instant(gap.until)} may be missing ({gap.reason}): run `tillhouse refresh`, "
        "it reads everything again"
    )


def _webhooks(settings: Settings) -> dict[str, Any] | None:
    """Return what arrived in the last day, by the machine's clock; None if webhooks are off."""
    from warehouse.operations import Inbox, OperationsStore  # noqa: PLC0415

    if not settings.stripe_webhook_secret:
        return None
    day_ago = datetime.now(UTC) - timedelta(days=1)
    arrived = Inbox(OperationsStore(settings)).summary(day_ago)
    return {"events_in_24_h": arrived.received, "newest_at": arrived.newest_at}


def _rows(generation: Generation, good: Run | None, now: datetime) -> list[dict[str, Any]]:
    """Return one row a source and one a mart.

    A run that found nothing changed proves that what is served is still right.
    """
    from reader.freshness import status_of  # noqa: PLC0415
    from warehouse.generations.manifest import EXPECTED_EVERY  # noqa: PLC0415

    confirmed = good.started_at if good and good.status == "unchanged" else None

    def row(kind: str, name: str, as_of: datetime, rows: int | None) -> dict[str, Any]:
        through = max(as_of, confirmed or as_of)
        expected_by = max(generation.expected_by, through + EXPECTED_EVERY)
        return {
            "kind": kind,
            "name": name,
            "as_of": through,
            "age_seconds": int(max(now - through, timedelta(0)).total_seconds()),
            "rows": rows,
            "state": status_of(through, expected_by, now),
        }

    sources = generation.sources.items()
    return [
        *(row("source", name, source["synced_through"], None) for name, source in sources),
        *(row("mart", n, generation.as_of, t.rows) for n, t in generation.tables.items()),
    ]


def _run(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "mode": run.mode,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "status": run.status,
        "message": run.message,
    }


def _show(report: dict[str, Any]) -> None:
    columns = ["kind", "name", "data through", "age", "rows", "state"]
    keys = ("kind", "name", "as_of", "age_seconds", "rows", "state")
    shown = [[row[key] for key in keys] for row in report["rows"]]
    for row in shown:
        row[3] = str(timedelta(seconds=row[3]))
    terminal.show_table(columns, shown)
    for line in _lines(report):
        terminal.show(line)
    for problem in report["problems"]:
        terminal.say_error(problem)


def _lines(report: dict[str, Any]) -> Iterator[str]:
    """Yield what stands below the table, each where there is something to say."""
    if report["last_run"]:
        run = report["last_run"]
        at = terminal.instant(run["started_at"])
        yield f"\nlast run: {run['mode']} at {at}: {run['status']}, {run['message']}"
    if report["checks"]:
        checks = report["checks"]
        yield f"last tests: {checks['passed']} passed, {checks['warned']} warned"
    if report["running"]:
        yield f"running now: {report['running']}"
    if report["left_out"]:
        yield f"Stripe tables left out by the settings: {', '.join(report['left_out'])}"
    if report["webhooks"]:
        arrived = report["webhooks"]
        newest = arrived["newest_at"]
        when = f"the newest at {terminal.instant(newest)}" if newest else "none ever"
        yield f"webhooks: {arrived['events_in_24_h']} events in the last 24 h, {when}"
    if report["gaps"]["last_healed"]:
        gap = report["gaps"]["last_healed"]
        since, until, healed = (terminal.instant(gap[k]) for k in ("since", "until", "healed_at"))
        yield (
            f"last gap: Stripe account {gap['account_id']}, {since} to {until} ({gap['reason']}); "
            f"healed at {healed}"
        )
