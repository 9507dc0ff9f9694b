"""The dlt source of the application: one resource per table, one snapshot behind them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import dlt
from dlt.extract import DltSource

from ingest.app.database import AppDatabase, app_database, check_tables
from ingest.app.rows import Values, arrow_schema, arrow_table, convert, deleted_hash
from ingest.app.specs import TABLES, TableSpec
from ingest.erased import erased_names
from ingest.personal_data import Pseudonymiser
from ingest.pipelines import Landed, fanned_out
from ingest.raw import APP, RawLayer, Versions, is_deleted, raw_layer, version_of
from ingest.report import Meter, Mode, ProgressCallback, PullReport, log_progress
from warehouse.engines import engine_for
from warehouse.errors import SourceError
from warehouse.settings import Settings

_IDS_PER_QUERY: Final = 500
# For the newest version of each row of a table; the rest of it goes to the disk.
_MEMORY: Final = "1GB"


def app_source(
    settings: Settings,
    mode: Mode,
    *,
    report: PullReport | None = None,
    progress: ProgressCallback = log_progress,
) -> DltSource:
    """Return the dlt source of the application's tables; nothing connects before it is run.

    Args:
        settings: the database, the warehouse, what counts as now.
        mode: hourly reads what is new by cursor; nightly and full read every row, and mark those
            that are gone.
        report: is filled with what was done.
        progress: is called every few seconds.
    """
    done = report or PullReport(mode, settings.now())

    def stream() -> Iterator[Landed]:
        meter = Meter("the application", progress)
        yield from _AppPull(settings, mode, done, meter).tables()

    return fanned_out("app", [spec.table for spec in TABLES], stream, engine_for(settings))


@dataclass
class _AppPull:
    """One reading of the application.

    Attributes:
        settings: where it is, and what counts as now.
        mode: hourly, nightly or full.
        report: is filled with what was done.
        meter: counts what is read.
        cursors: by table, the greatest value of its cursor that was read.
    """

    settings: Settings
    mode: Mode
    report: PullReport
    meter: Meter
    cursors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take one instant for the snapshot: so the first load is told from what comes late."""
        self.now = self.settings.now()
        self.names = erased_names(self.settings)

    def tables(self) -> Iterator[Landed]:
        """Yield what is new, by table; the cursors move when all of it has been read."""
        state: dict[str, Any] = dlt.current.source_state()
        engine = engine_for(self.settings)
        # The warehouse is open until dlt has read everything, which is before it loads anything.
        landed = raw_layer(engine, APP, memory=_MEMORY)
        with landed as raw, app_database(self.settings) as database:
            there = raw.tables()
            missing = [spec for spec in TABLES if spec.table not in there]
            # Tables must exist before they have rows: staging reads them all.
            yield from ((spec.table, arrow_schema(spec).empty_table()) for spec in missing)
            if not missing:
                self.cursors.update(state.get("cursors", {}))
            check_tables(database, TABLES)
            for spec in TABLES:
                changed = self._changed(database, raw, spec, self._since(spec))
                yield from ((spec.table, arrow_table(spec, rows)) for rows in changed if rows)
        self.meter.finish()
        self.report.synced_through.update((f"{APP}.{spec.table}", self.now) for spec in TABLES)
        state["cursors"] = self.cursors

    def _since(self, spec: TableSpec) -> datetime | None:
        """Return where an hourly pull begins: a midnight, because SQLite's texts compare by day."""
        if self.mode != "hourly" or spec.cursor is None or spec.table not in self.cursors:
            return None
        start = datetime.fromisoformat(self.cursors[spec.table]) - spec.overlap
        return start.replace(hour=0, minute=0, second=0, microsecond=0)

    def _changed(
        self, database: AppDatabase, raw: RawLayer, spec: TableSpec, since: datetime | None
    ) -> Iterator[list[Values]]:
        """Yield rows that are new, changed or gone."""
        known = _known(raw, spec, since)
        pseudonymiser = Pseudonymiser(self.settings.pseudonym_key_value())
        key = _position(spec, spec.key)
        seen: set[str] = set()
        for chunk in database.rows(spec, since):
            converted = convert(spec, chunk, pseudonymiser, self.names)
            seen.update(values[key] for _, values in converted)
            rows = [
                (*values, digest, self.now, False)
                for digest, values in converted
                if known.get(values[key]) != version_of(digest, deleted=False)
            ]
            self._advance(spec, (values for _, values in converted))
            yield self._counted(spec, len(chunk), rows)
        if since is None:
            gone = [i for i, version in known.items() if i not in seen and not is_deleted(version)]
            if spec.never_empty and gone and not seen:
                raise SourceError(
                    f"the application's table {spec.name} is empty, but {len(gone)} of its rows "
                    "are landed: check that APP_DATABASE_URL is the right database"
                )
            yield self._counted(spec, 0, self._gone(raw, spec, gone))

    def _advance(self, spec: TableSpec, rows: Iterable[Values]) -> None:
        """Move the table's cursor to its greatest value, though never past now."""
        if spec.cursor is None:
            return
        at = _position(spec, spec.cursor)
        moments = [row[at] for row in rows if row[at] is not None]
        if before := self.cursors.get(spec.table):
            moments.append(datetime.fromisoformat(before))
        if moments:
            self.cursors[spec.table] = min(max(moments), self.now).isoformat()

    def _counted(self, spec: TableSpec, fetched: int, rows: list[Values]) -> list[Values]:
        name = f"{APP}.{spec.table}"
        self.report.fetched[name] += fetched
        self.report.landed[name] += len(rows)
        self.meter.add(fetched)
        return rows

    def _gone(self, raw: RawLayer, spec: TableSpec, ids: list[str]) -> list[Values]:
        """Return the versions that mark these ids deleted, with what was last known of them."""
        names = [*(column.landed_name for column in spec.columns), "hash"]
        rows: list[Values] = []
        for at in range(0, len(ids), _IDS_PER_QUERY):
            found = raw.newest_rows(spec.table, names, ids[at : at + _IDS_PER_QUERY])
            rows += ((*row[:-1], deleted_hash(row[-1]), self.now, True) for row in found)
        return rows


def _known(raw: RawLayer, spec: TableSpec, since: datetime | None) -> Versions:
    cursor = next((c.landed_name for c in spec.columns if c.name == spec.cursor), None)
    return raw.newest_versions(spec.table, (cursor, since) if cursor and since else None)


def _position(spec: TableSpec, name: str) -> int:
    return [column.name for column in spec.columns].index(name)
