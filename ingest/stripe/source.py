"""Stripe's objects through dlt: packages of rows, each committed with its state."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import dlt
import pyarrow as pa
from dlt.extract import DltSource

from ingest.dialect import EngineName
from ingest.erased import NOBODY, ErasedNames, erased_names
from ingest.personal_data import Pseudonymiser
from ingest.pipelines import Landed as LandedTable
from ingest.pipelines import fanned_out, run_source, settle
from ingest.raw import STRIPE, RawLayer, raw_layer
from ingest.report import Meter, Mode, ProgressCallback, PullReport, log_progress
from ingest.stripe.client import AccountRefusedError, StripeReader
from ingest.stripe.fetching import Fetcher
from ingest.stripe.gaps import GapLog, OperationsGapLog
from ingest.stripe.landing import SCHEMA, Landing, arrow_table
from ingest.stripe.packages import Package
from ingest.stripe.position import Position
from ingest.stripe.pull import Pull
from ingest.stripe.selection import left_out
from ingest.stripe.specs import ACCOUNTS, BY_TABLE
from ingest.stripe.store import Landed, Store
from warehouse.engines import LOADING_MEMORY, engine_for
from warehouse.errors import SettingsError
from warehouse.operations import OperationsStore, SyncGaps
from warehouse.settings import Settings

ROWS_PER_TABLE: Final = 5_000


def stripe_source(settings: Settings) -> DltSource:
    """Return a dlt source that says which tables there are; `pull_stripe` is what fills them."""
    return fanned_out("stripe", list(BY_TABLE), lambda: iter(()), engine_for(settings))


@dataclass
class DltStore:
    """The raw layer of the warehouse; a package is one load of a dlt pipeline.

    Attributes:
        settings: which warehouse.
        pipeline: lands the packages; what a killed run left of it is settled.
    """

    settings: Settings
    pipeline: dlt.Pipeline
    own_account: str | None = None
    _state: dict[str, Any] | None = None
    _loads: int = 0
    _open: ExitStack | None = None
    _raw: RawLayer | None = None

    @property
    def engine(self) -> EngineName:
        """Which engine answers."""
        return engine_for(self.settings).name

    def state(self) -> dict[str, Any]:
        """Return the state of the last complete load, as the warehouse has it."""
        if self._state is None:
            self.pipeline.sync_destination()
            sources = self.pipeline.state.get("sources", {})
            self._state = dict(sources.get("stripe", {}))
        return self._state

    def land(self, package: Package, empty: Iterable[str] = ()) -> None:
        """Land a package, whole or not at all; make the `empty` tables.

        Its rows are gone afterwards: dlt's objects, which point to each other in circles, would
        keep them until the next package is landed.

        Raises:
            SourceError: the warehouse did not take the rows.
        """
        state = {**package.state, "account": self.own_account}
        left = package.rows

        def stream() -> Iterator[LandedTable]:
            kept = dlt.current.source_state()
            kept.clear()
            kept.update(state)
            for table in empty:
                yield table, SCHEMA.empty_table()
            for table in list(left):
                rows = left.pop(table)
                for at in range(0, len(rows), ROWS_PER_TABLE):
                    yield table, arrow_table(rows[at : at + ROWS_PER_TABLE])

        self.close()
        self._collect()
        # A resource costs time whether or not it has rows: only those that have any.
        tables = sorted({*empty, *left})
        engine = engine_for(self.settings)
        run_source(self.pipeline, fanned_out("stripe", tables, stream, engine), engine)
        self._state = state

    def _collect(self) -> None:
        """Give back what the last package took, what is cyclic and what Arrow keeps included."""
        if self._loads:
            gc.collect()
        if self._loads == 1:
            # What dlt imports during its first load need not be walked again for each package.
            gc.freeze()
        self._loads += 1
        pa.default_memory_pool().release_unused()

    @contextmanager
    def raw(self) -> Iterator[RawLayer]:
        """Give the raw layer for questions; it stays open until something is landed."""
        if self._open is None:
            self._open = ExitStack()
            layer = raw_layer(engine_for(self.settings), STRIPE, memory=LOADING_MEMORY)
            self._raw = self._open.enter_context(layer)
        assert self._raw is not None  # noqa: S101  opened just now
        yield self._raw

    def close(self) -> None:
        """Close the raw layer: one DuckDB file, one writer."""
        if self._open is not None:
            self._open.close()
        self._open = self._raw = None


def pull_stripe(
    settings: Settings,
    pipeline: dlt.Pipeline,
    mode: Mode,
    *,
    report: PullReport | None = None,
    progress: ProgressCallback = log_progress,
) -> PullReport:
    """Bring the raw layer up to date with Stripe; run again after any failure, it goes on.

    Args:
        settings: the key, the warehouse, what counts as now.
        pipeline: the dlt pipeline that lands it, settled.
        mode: hourly (what changed), nightly (that, and every list against what is landed) or full
            (every list anew). The first pull reads everything in any mode.
        report: is filled with what was done.
        progress: is called every few seconds.

    Raises:
        SettingsError: the key is refused, or belongs to another account than what is landed.
        AccountRefusedError: it has no access to connected accounts; the others are up to date.
        SourceError: the key may not read something, Stripe doesn't answer, or the warehouse didn't
            take the rows. What was landed counts, and the next pull goes on from there.
    """
    done = report or PullReport(mode, settings.now())
    settle(pipeline)
    store = DltStore(settings, pipeline)
    leaving = left_out(settings)
    tables = frozenset(BY_TABLE) - leaving
    gaps = SyncGaps(OperationsStore(settings))
    meter = Meter("Stripe", progress)
    with closing(store), _own_collections():
        names = erased_names(settings)
        platform = StripeReader(settings, names=names)
        own = _own_account(platform, store)
        refused: list[str] = []
        for account in dict.fromkeys((own, *settings.stripe_connected_accounts)):
            is_own = account == own
            reader = platform if is_own else StripeReader(settings, account=account, names=names)
            log = OperationsGapLog(gaps, account, done.started_at)
            name = "Stripe" if is_own else f"Stripe account {account}"
            try:
                what = Replication(settings, store, reader, account, log, tables, name, names)
                replicate(what, mode, done, meter)
            except AccountRefusedError as error:
                # It has failed, but no other account is the worse for it.
                refused += error.accounts
            done.requests += reader.requests_sent
        if refused:
            raise AccountRefusedError(*refused)
    meter.finish()
    done.left_out = sorted(leaving)
    done.synced_through.update((f"{STRIPE}.{table}", done.started_at) for table in tables)
    return done


@contextmanager
def _own_collections() -> Iterator[None]:
    """Look for cycles once a package only: what is parsed from JSON are trees, free of them.

    Every 700 new objects the collector would walk young ones, and at times all of a million that
    imports have made: a fifth of a backfill's time.
    """
    was_enabled = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def _own_account(reader: StripeReader, store: DltStore) -> str:
    """Return the id of the account that the key belongs to.

    Raises:
        SettingsError: the warehouse holds another account.
    """
    account: str = reader.get(ACCOUNTS, "")["id"]
    held = store.state().get("account", account)
    if held != account:
        raise SettingsError(
            f"STRIPE_SECRET_KEY belongs to the account {account}, but this warehouse holds "
            f"{held}: set the key of that account, or another WAREHOUSE_URL"
        )
    store.own_account = account
    return account


@dataclass(frozen=True)
class Replication:
    """What one account is read with, and where it goes.

    Attributes:
        settings: what counts as now, the account's start, the key of pseudonyms.
        store: where packages go.
        reader: reads the account.
        account_id: its id.
        gaps: keeps what the event stream can't tell.
        tables: what is read.
        name: what notes call the account.
        names: of persons that were erased.
    """

    settings: Settings
    store: Store
    reader: StripeReader
    account_id: str
    gaps: GapLog
    tables: frozenset[str] = frozenset(BY_TABLE)
    name: str = "Stripe"
    names: ErasedNames = NOBODY


def replicate(to: Replication, mode: Mode, report: PullReport, meter: Meter) -> None:
    """Pull one account, package by package.

    Raises:
        SettingsError, SourceError: as `pull_stripe`.
    """
    store = to.store
    pull = _pull_of(to, mode, report, meter)
    with store.raw() as raw:
        there = raw.tables()
    # Tables must exist before they have rows: staging reads them all.
    missing = [table for table in BY_TABLE if table not in there]
    for package in pull.packages():
        store.land(Package(package.rows, _with(store.state(), to.account_id, package)), missing)
        missing = []
    if missing:
        store.land(Package({}, store.state()), missing)


def _pull_of(to: Replication, mode: Mode, report: PullReport, meter: Meter) -> Pull:
    settings = to.settings
    pseudonymiser = Pseudonymiser(settings.pseudonym_key_value())
    landing = Landing(pseudonymiser, to.account_id, settings.now, to.names)
    start = settings.stripe_account_start
    return Pull(
        fetcher=Fetcher(to.reader, landing, to.tables),
        landed=Landed(to.store, to.account_id),
        position=Position.load(to.store.state().get("accounts", {}).get(to.account_id, {})),
        mode=mode,
        now=report.started_at,
        start=int(start.timestamp()) if start else 0,
        gaps=to.gaps,
        report=report,
        meter=meter,
        name=to.name,
    )


def _with(state: dict[str, Any], account_id: str, package: Package) -> dict[str, Any]:
    """Return the state of all accounts once a package of one is in."""
    accounts = {**state.get("accounts", {}), account_id: package.state}
    return {**state, "accounts": accounts}
