"""What every query of the transforms takes from the run instead of the clock, in one row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final

from ingest.raw import APP, STRIPE, TILLHOUSE, RawLayer
from ingest.report import Mode, PullReport
from warehouse.engines import Connection, engine_for
from warehouse.settings import Settings

_CONTEXT: Final = f"{TILLHOUSE}.run_context"
_SYNCS: Final = f"{TILLHOUSE}.source_syncs"


def write_run_context(settings: Settings, run_id: str, mode: Mode) -> None:
    """Replace the one row of `raw_tillhouse.run_context`; after a pull, before dbt.

    Args:
        settings: the warehouse, what counts as now, whether the key is a live one, since when
            the account is read.
        run_id: the refresh that it belongs to.
        mode: hourly, nightly or full.

    Raises:
        SourceError: the warehouse can't be reached.
    """
    with engine_for(settings).connect() as connection:
        first_load_at = _first_load(connection)
        account_id, currency = _account(connection)
        with connection.transaction():
            connection.execute(f"create schema if not exists {TILLHOUSE}")
            connection.execute(
                f"create table if not exists {_CONTEXT} (run_id text, mode text, "
                "now_at timestamptz, live_mode boolean, first_load_at timestamptz, "
                "account_id text, default_currency text, account_start_at timestamptz)"
            )
            # Warehouses of before it was known whether history is whole.
            connection.execute(
                f"alter table {_CONTEXT} add column if not exists account_start_at timestamptz"
            )
            connection.execute(f"delete from {_CONTEXT}")  # noqa: S608
            connection.execute(
                f"insert into {_CONTEXT} values (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (
                    run_id,
                    mode,
                    settings.now(),
                    settings.live_mode,
                    first_load_at,
                    account_id,
                    currency,
                    settings.stripe_account_start,
                ),
            )


def mode_of(connection: Connection) -> str | None:
    """Return the mode of the run: hourly, nightly or full; nothing before the first."""
    if not _is_written(connection):
        return None
    row = connection.execute(f"select mode from {_CONTEXT}").fetchone()  # noqa: S608
    return str(row[0]) if row else None


def context_of(connection: Connection) -> str | None:
    """Return as one text what the run's context says beside when and why it runs."""
    if not _is_written(connection):
        return None
    columns = "live_mode, first_load_at, account_id, default_currency, account_start_at"
    row = connection.execute(f"select {columns} from {_CONTEXT}").fetchone()  # noqa: S608
    return json.dumps(row, default=_instant) if row else None


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _is_written(connection: Connection) -> bool:
    return RawLayer(connection, TILLHOUSE).exists("run_context")


def record_syncs(settings: Settings, report: PullReport) -> None:
    """Keep, by source, the instant up to which every change is known to be landed.

    A pull that finds nothing new lands nothing, so the rows themselves can't tell it.
    """
    with engine_for(settings).connect() as connection, connection.transaction():
        connection.execute(f"create schema if not exists {TILLHOUSE}")
        connection.execute(
            f"create table if not exists {_SYNCS} (source text, synced_through timestamptz)"
        )
        for source, at in report.synced_through.items():
            connection.execute(f"delete from {_SYNCS} where source = ?", (source,))  # noqa: S608
            connection.execute(f"insert into {_SYNCS} values (?, ?)", (source, at))  # noqa: S608


def _first_load(connection: Connection) -> datetime | None:
    """Return when the application was first read: nothing of that load came late."""
    raw = RawLayer(connection, APP)
    moments = [
        connection.execute(f"select min(observed_at) from {raw.complete(table)}").fetchone()  # noqa: S608
        for table in sorted(raw.tables())
    ]
    return min((row[0] for row in moments if row and row[0] is not None), default=None)


def _account(connection: Connection) -> tuple[str | None, str | None]:
    """Return the id of the Stripe account that the key belongs to, and its currency.

    Connected accounts have rows, too; the key's own is pulled before any of them.
    """
    raw = RawLayer(connection, STRIPE)
    if "accounts" not in raw.tables():
        return None, None
    accounts = raw.complete("accounts")
    row = connection.execute(
        f"""
        select id, object::json ->> 'default_currency'
        from {accounts}
        where id = (select id from {accounts} order by _dlt_load_id, observed_at limit 1)
        order by observed_at desc, _dlt_load_id desc
        limit 1
        """  # noqa: S608
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)
