"""The dlt source of Stripe: one resource per object type, one pull behind them all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import dlt
from dlt.extract import DltSource

from ingest.personal_data import Pseudonymiser
from ingest.pipelines import Landed, fanned_out
from ingest.raw import STRIPE, Versions, raw_layer
from ingest.report import Meter, Mode, ProgressCallback, PullReport, log_progress
from ingest.stripe.changes import LONGEST_ABSENCE, Cursor
from ingest.stripe.client import GoneError, StripeReader
from ingest.stripe.extraction import Extraction
from ingest.stripe.landing import SCHEMA, Landing, Row, arrow_table
from ingest.stripe.specs import ACCOUNTS, BY_TABLE, EVENTS
from warehouse.engines import engine_for
from warehouse.errors import SettingsError
from warehouse.settings import Settings

ROWS_PER_TABLE: Final = 2_000

_RENEWED: Final = timedelta(days=1)
_LISTED_EVENTS: Final = timedelta(days=40)


def stripe_source(
    settings: Settings,
    mode: Mode,
    *,
    report: PullReport | None = None,
    progress: ProgressCallback = log_progress,
) -> DltSource:
    """Return the dlt source of Stripe's objects; nothing connects before it is run.

    Args:
        settings: the key, the warehouse, what counts as now.
        mode: hourly (what changed), nightly (that, and every list against what is landed) or full.
        report: is filled with what was done.
        progress: is called every few seconds.
    """
    done = report or PullReport(mode, settings.now())

    def stream() -> Iterator[Landed]:
        yield from _pull(settings, mode, done, Meter("Stripe", progress))

    return fanned_out("stripe", list(BY_TABLE), stream, engine_for(settings))


def _pull(settings: Settings, mode: Mode, report: PullReport, meter: Meter) -> Iterator[Landed]:
    state: dict[str, Any] = dlt.current.source_state()
    began = settings.now()
    known, missing = _landed(settings)
    # Tables must exist before they have rows: staging reads them all.
    yield from ((table, SCHEMA.empty_table()) for table in missing)
    reader = StripeReader(settings)
    account = _check_account(reader, state, nothing_landed=bool(missing))
    cursor = None if missing else Cursor.load(state.get("cursor", {}))
    gap = _gap(reader, cursor, settings) if cursor else None
    if gap:
        report.warn(f"Stripe: {gap}, so everything is read again")
    elif cursor is None:
        report.note("Stripe: the first pull, so everything is read")
    extraction = Extraction(
        reader=reader,
        landing=Landing(
            known, Pseudonymiser(settings.pseudonym_key_value()), settings.now, account
        ),
        anchor=None if gap or cursor is None or mode == "full" else cursor.anchor,
        whole=bool(gap) or cursor is None or mode != "hourly",
        start=int(start.timestamp()) if (start := settings.stripe_account_start) else 0,
    )
    yield from _tables(extraction, report, meter)
    report.requests += reader.requests_sent
    report.synced_through.update((f"{STRIPE}.{table}", began) for table in BY_TABLE)
    _save(state, Cursor(extraction.newest, began), cursor)


def _landed(settings: Settings) -> tuple[dict[str, Versions], list[str]]:
    """Return the newest versions of every table, and the tables that don't exist yet."""
    with raw_layer(engine_for(settings), STRIPE) as raw:
        there = raw.tables()
        known = {table: raw.newest_versions(table) for table in BY_TABLE if table != EVENTS.table}
        # Events are kept here for ever, but Stripe lists no more than the last 30 days.
        newest = raw.greatest(EVENTS.table, "created_at")
        since = ("created_at", newest - _LISTED_EVENTS) if newest else None
        known[EVENTS.table] = raw.newest_versions(EVENTS.table, since)
    return known, [table for table in BY_TABLE if table not in there]


def _check_account(reader: StripeReader, state: dict[str, Any], *, nothing_landed: bool) -> str:
    """Return the account the key belongs to, which is the one that was landed before."""
    account: str = reader.get(ACCOUNTS, "")["id"]
    if state.get("account", account) != account and not nothing_landed:
        raise SettingsError(
            f"STRIPE_SECRET_KEY belongs to the account {account}, but this warehouse holds "
            f"{state['account']}: set the key of that account, or another WAREHOUSE_URL"
        )
    state["account"] = account
    return account


def _gap(reader: StripeReader, cursor: Cursor, settings: Settings) -> str | None:
    """Return why changes since the last pull can't all be learned from events, None if they can."""
    absence = settings.now() - cursor.pulled_at
    if absence > LONGEST_ABSENCE:
        return f"the last pull is {absence.days} days old and Stripe keeps events for 30"
    if cursor.anchor is None:
        return None
    try:
        reader.get(EVENTS, cursor.anchor.id)
    except GoneError:
        age = settings.now().timestamp() - cursor.anchor.created
        # The anchor of a quiet account ages out while nothing happens: no gap.
        if age < LONGEST_ABSENCE.total_seconds():
            return f"the event {cursor.anchor.id}, where the last pull ended, is gone"
    return None


def _tables(extraction: Extraction, report: PullReport, meter: Meter) -> Iterator[Landed]:
    waiting: dict[str, list[Row]] = {}
    for batch in extraction.batches():
        name = f"{STRIPE}.{batch.spec.table}"
        report.fetched[name] += batch.fetched
        report.landed[name] += len(batch.rows)
        meter.add(batch.fetched)
        rows = waiting.setdefault(batch.spec.table, [])
        rows.extend(batch.rows)
        if len(rows) >= ROWS_PER_TABLE:
            yield batch.spec.table, arrow_table(waiting.pop(batch.spec.table))
    for table, rows in waiting.items():
        if rows:
            yield table, arrow_table(rows)
    meter.finish()


def _save(state: dict[str, Any], cursor: Cursor, before: Cursor | None) -> None:
    """Keep the cursor for the next pull; if no event came, only once a day: a load costs time.

    The state is committed with the rows, in one load.
    """
    if before and before.anchor == cursor.anchor:
        idle = cursor.pulled_at - before.pulled_at
        if timedelta(0) <= idle < _RENEWED:
            return
    state["cursor"] = cursor.saved()
