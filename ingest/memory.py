"""What transforms need to know of earlier runs: what is served, what is new since, what was missed.

The marts are built from the raw layer alone, which holds no memory of what the marts once said. So
before each build the served generation's closed months, restatements and alerts are laid beside
it, with the gaps that the operations store knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from ingest.erased import erased_names
from ingest.raw import APP, SEEDS, STRIPE, TILLHOUSE, raw_layer
from ingest.run_context import context_of, mode_of
from ingest.seed_loading import FILES_TABLE as SEED_FILES
from warehouse.engines import Connection, engine_for
from warehouse.generations import Generation, active, open_reader
from warehouse.operations import OperationsStore, SyncGaps
from warehouse.settings import Settings

TABLES: Final[Mapping[str, str]] = {
    "served_generation": "generation_id text, newest_stripe_load text, newest_app_load text",
    "changed_inputs": "input text",
    "build_scope": "stripe_load text, app_load text, since timestamptz",
    "finished_build": "generation_id text, built_at timestamptz, context text",
    "served_months": "metric text, month date, figure numeric(20, 9)",
    "served_restatements": "metric text, month date, run_id text, restated_at timestamptz, "
    "before numeric(20, 9), after numeric(20, 9), cause text, evidence text",
    "served_alerts": "alert_id text, type text, severity text, subject text, message text, "
    "raised_at timestamptz, resolved_at timestamptz",
    "sync_gaps": "account_id text, reason text, since timestamptz, until timestamptz, "
    "detected_at timestamptz, healed_at timestamptz",
    "check_results": "check_name text, table_name text, status text, severity text, "
    "failures bigint, message text, description text, run_id text, checked_at timestamptz",
}
"""The tables of `raw_tillhouse` that are rewritten as a whole, with their columns."""

# Which published table is laid beside the raw layer under which name.
_SERVED: Final[Mapping[str, tuple[str, str]]] = {
    "served_months": ("agg_closed_months", "true"),
    "served_restatements": ("fct_restatements", "true"),
    "served_alerts": ("fct_alerts", "origin = 'tillhouse'"),
}
# What others than `remember` write.
_KEPT: Final = frozenset({"check_results", "finished_build"})
_ROWS_PER_INSERT: Final = 500

Rows = Sequence[Sequence[Any]]


def inputs(settings: Settings) -> dict[str, str]:
    """Return how far each source is landed and which content each seed has, by name."""
    found: dict[str, str] = {}
    for schema in (STRIPE, APP):
        with raw_layer(engine_for(settings), schema) as raw:
            if raw.tables():
                row = raw.connection.execute(
                    f"select max(load_id) from {schema}._dlt_loads where status = 0"  # noqa: S608
                ).fetchone()
                found[schema] = str(row[0]) if row else ""
    with raw_layer(engine_for(settings), SEEDS) as raw:
        if raw.exists(SEED_FILES):
            files = raw.connection.execute(f"select name, content_hash from {SEEDS}.{SEED_FILES}")  # noqa: S608
            found |= {f"seeds.{name}": str(content) for name, content in files.fetchall()}
    return found


def remember(settings: Settings, now: Mapping[str, str]) -> None:
    """Lay what is served, and what was missed, beside the raw layer; after a pull, before dbt.

    Args:
        settings: which warehouse.
        now: the inputs of the build to come, as `inputs` gives them, and the project's.

    Raises:
        SourceError: the warehouse can't be reached.
    """
    generation = active(settings)
    rows: dict[str, Rows] = {"sync_gaps": _gaps(settings)}
    if generation is not None:
        before = generation.inputs
        loads = [before.get(schema) for schema in (STRIPE, APP)]
        rows["served_generation"] = [[generation.id, *loads]]
        changed = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
        rows["changed_inputs"] = [[name] for name in sorted(changed - {STRIPE, APP})]
        rows |= _served(settings, generation)
    with engine_for(settings).connect() as connection, connection.transaction():
        create_tables(connection)
        is_nightly = mode_of(connection) == "nightly"
        if generation is not None and not rows["changed_inputs"] and not is_nightly:
            rows["build_scope"] = _scope(connection, generation, settings.now())
        for table in TABLES.keys() - _KEPT:
            rewrite(connection, table, rows.get(table, []))


def goes_on(settings: Settings) -> bool:
    """Return whether the build to come may go on from the one before, with what changed.

    Raises:
        SourceError: the warehouse can't be reached.
    """
    with engine_for(settings).connect() as connection:
        create_tables(connection)
        found = connection.execute(f"select count(*) from {TILLHOUSE}.build_scope").fetchone()  # noqa: S608
    return found is not None and found[0] > 0


def begin_build(settings: Settings) -> None:
    """Forget that the models are those of a generation; before dbt changes them.

    Raises:
        SourceError: the warehouse can't be reached.
    """
    _finished(settings, [])


def end_build(settings: Settings, generation_id: str) -> None:
    """Remember that the models are those of a generation: the next build may go on from them.

    Args:
        settings: which warehouse, and what counted as now.
        generation_id: what was published from them.

    Raises:
        SourceError: the warehouse can't be reached.
    """
    _finished(settings, [[generation_id, settings.now()]])


def _finished(settings: Settings, rows: Rows) -> None:
    with engine_for(settings).connect() as connection, connection.transaction():
        create_tables(connection)
        about = context_of(connection)
        rewrite(connection, "finished_build", [[*row, about] for row in rows])


def _scope(connection: Connection, generation: Generation, now: datetime) -> Rows:
    """Return from where a build may go on; nothing where it has to begin anew.

    It goes on only from models that are those of the served generation, within the same UTC day
    and with the same key: after a build that failed, another one that was activated, a night, or
    a change of account, everything is built. So it is in a nightly run, which checks everything.
    """
    finished = connection.execute(
        f"select generation_id, built_at, context from {TILLHOUSE}.finished_build"  # noqa: S608
    ).fetchone()
    loads = [generation.inputs.get(schema) for schema in (STRIPE, APP)]
    if finished is None or finished[0] != generation.id or not all(loads):
        return []
    built_at = finished[1].astimezone(UTC)
    is_same = finished[2] is not None and finished[2] == context_of(connection)
    same_day = built_at <= now and built_at.date() == now.date()
    return [[*loads, built_at]] if is_same and same_day else []


def create_tables(connection: Connection) -> None:
    """Create the tables that are not there yet."""
    connection.execute(f"create schema if not exists {TILLHOUSE}")
    for table, columns in TABLES.items():
        connection.execute(f"create table if not exists {TILLHOUSE}.{table} ({columns})")
    # Warehouses of before it was written down.
    connection.execute(
        f"alter table {TILLHOUSE}.finished_build add column if not exists context text"
    )


def rewrite(connection: Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Replace the rows of one of the tables; inside a transaction."""
    connection.execute(f"delete from {TILLHOUSE}.{table}")  # noqa: S608  a constant
    left = list(rows)
    for at in range(0, len(left), _ROWS_PER_INSERT):
        part = left[at : at + _ROWS_PER_INSERT]
        marks = ", ".join("?" for _ in part[0])
        values = ", ".join(f"({marks})" for _ in part)
        flat = [value for row in part for value in row]
        connection.execute(f"insert into {TILLHOUSE}.{table} values {values}", flat)  # noqa: S608


def _served(settings: Settings, generation: Generation) -> dict[str, Rows]:
    """Return what the served generation says; what it has no table of is left out."""
    found: dict[str, Rows] = {}
    names = erased_names(settings)
    with open_reader(settings) as reader, reader.connect(generation) as connection:
        for name, (table, condition) in _SERVED.items():
            if table in generation.tables:
                columns = ", ".join(part.split()[0] for part in _columns(name))
                where = f"from {connection.table(table)} where {condition}"
                query = f"select {columns} {where}"
                rows = connection.execute(query).fetchall()
                # What was served before an erasure may still say who it was about.
                found[name] = [[names.json(value) for value in row] for row in rows]
    return found


def _columns(table: str) -> list[str]:
    """Return a table's columns, `name type` each; the comma of a numeric's places is none."""
    return TABLES[table].replace("(20, 9)", "").split(", ")


def _gaps(settings: Settings) -> Rows:
    return [
        [gap.account_id, gap.reason, gap.since, gap.until, gap.detected_at, gap.healed_at]
        for gap in SyncGaps(OperationsStore(settings)).all()
    ]
