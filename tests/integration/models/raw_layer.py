"""A raw layer made by hand: the tables ingest writes, with just the rows a test is about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ingest.memory import create_tables
from ingest.stripe.specs import BY_TABLE
from warehouse.engines import Connection

STRIPE_TABLES = tuple(BY_TABLE)
APP_TABLES = {
    "user": "email_hash text, role text, stripe_customer_id text, last_login_at timestamptz,"
    " created_at timestamptz, updated_at timestamptz",
    "video": "user_id text, provider text, status text, credits_used bigint,"
    " created_at timestamptz, completed_at timestamptz, updated_at timestamptz",
    "api_usage_log": "video_id text, provider text, credits bigint, cost_usd double precision,"
    ' "timestamp" timestamptz',
    "credit_transaction": "user_id text, type text, amount bigint, video_id text,"
    " stripe_payment_intent_id text, expires_at timestamptz, created_at timestamptz",
    "system_alert": "type text, severity text, message text, created_at timestamptz,"
    " resolved_at timestamptz",
    "notification": "user_id text, type text, created_at timestamptz, read_at timestamptz",
}
SEED_TABLES = {
    "provider_rates": "rate_id, provider, usd_per_credit, valid_from, valid_to, bills_failures,"
    " recorded_at",
    "fx_rates": "currency, date, usd_per_unit",
    "excluded_accounts": "account_id, reason",
    "plan_catalog": "price_id, kind, name, credits",
    "metric_policies": "decision, value, description",
    "currencies": "currency, exponent",
}
_VERSION = "hash text, observed_at timestamptz, deleted boolean, _dlt_load_id text"
_STRIPE = (
    f"id text, object text, created_at timestamptz, event_id text, api_version text, {_VERSION},"
    " account_id text"
)
# More of them gain nothing.
_ROWS_AT_A_TIME = 100
_LOADS = (
    "load_id text, schema_name text, status bigint, inserted_at timestamptz,"
    " schema_version_hash text"
)


class RawLayer:
    """Writes raw rows over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._into = ""
        self._rows: list[list[Any]] = []

    def create(self, *, now: datetime, first_load_at: datetime, live_mode: bool = False) -> None:
        """Create every raw table empty, two currencies, the dollar's rate and the run's context."""
        for schema in ("raw_stripe", "raw_app", "raw_seeds", "raw_tillhouse"):
            self._run(f"create schema {schema}")
        for table in STRIPE_TABLES:
            self._run(f"create table raw_stripe.{table} ({_STRIPE})")
        for table, columns in APP_TABLES.items():
            self._run(f'create table raw_app."{table}" (id text, {columns}, {_VERSION})')
        for schema in ("raw_stripe", "raw_app"):
            self._run(f"create table {schema}._dlt_loads ({_LOADS})")
        for table, names in SEED_TABLES.items():
            columns = ", ".join(f"{name.strip()} text" for name in names.split(","))
            self._run(f"create table raw_seeds.{table} ({columns})")
        self._run(
            "create table raw_tillhouse.run_context (run_id text, mode text, now_at timestamptz,"
            " live_mode boolean, first_load_at timestamptz, account_id text, default_currency text,"
            " account_start_at timestamptz)"
        )
        self._run(
            "create table raw_tillhouse.source_syncs (source text, synced_through timestamptz)"
        )
        create_tables(self._connection)
        self._insert(
            "raw_tillhouse.run_context",
            {
                "run_id": "run_1", "mode": "full", "now_at": now, "live_mode": live_mode,
                "first_load_at": first_load_at, "account_id": "acct_1", "default_currency": "usd",
            },
        )  # fmt: skip
        self.seed(
            "currencies",
            [{"currency": "usd", "exponent": "2"}, {"currency": "jpy", "exponent": "0"}],
        )
        self.seed("fx_rates", [{"currency": "usd", "date": "1970-01-01", "usd_per_unit": "1"}])

    def empty(self, *tables: str) -> None:
        """Forget what was landed in tables of Stripe's."""
        for table in tables or (*STRIPE_TABLES, "_dlt_loads"):
            self._run(f"delete from raw_stripe.{table}")

    def set_live_mode(self, *, live: bool) -> None:
        """Change the key that the run has."""
        self._run(f"update raw_tillhouse.run_context set live_mode = {live}")

    def seed(self, table: str, rows: Iterable[Mapping[str, str]]) -> None:
        """Add rows to a seed, texts as in its CSV file."""
        for row in rows:
            self._insert(f"raw_seeds.{table}", row)

    def load(self, schema: str, load_id: str, *, complete: bool = True) -> None:
        """Record a load; rows of loads that are not recorded as complete must not count."""
        self._insert(
            f"{schema}._dlt_loads",
            {"load_id": load_id, "schema_name": schema, "status": 0 if complete else 1,
             "inserted_at": datetime.now(UTC), "schema_version_hash": "-"},
        )  # fmt: skip

    def stripe(
        self,
        table: str,
        obj: Mapping[str, Any],
        *,
        observed_at: datetime,
        load_id: str,
        deleted: bool = False,
        account_id: str = "acct_1",
    ) -> None:
        """Land one version of a Stripe object; one without an id goes by its type."""
        text = json.dumps(obj)
        seconds = obj.get("created")  # of another type in tests of what cannot be read
        created = datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None
        self._insert(
            f"raw_stripe.{table}",
            {"id": obj.get("id", obj["object"]), "object": text, "account_id": account_id,
             "created_at": created,
             "hash": hashlib.sha256(text.encode()).hexdigest(), "observed_at": observed_at,
             "deleted": deleted, "_dlt_load_id": load_id},
        )  # fmt: skip

    def app(
        self,
        table: str,
        row: Mapping[str, Any],
        *,
        observed_at: datetime,
        load_id: str,
        deleted: bool = False,
    ) -> None:
        """Land one version of an application row (snake_case columns)."""
        digest = hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()
        self._insert(
            f'raw_app."{table}"',
            {
                **row,
                "hash": digest,
                "observed_at": observed_at,
                "deleted": deleted,
                "_dlt_load_id": load_id,
            },
        )

    def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        columns = ", ".join(f'"{name}"' for name in row)
        into = f"{table} ({columns})"
        if into != self._into or len(self._rows) == _ROWS_AT_A_TIME:
            self.flush()
        self._into = into
        self._rows.append(list(row.values()))

    def flush(self) -> None:
        """Write what waits: one statement a row would take most of a test's time."""
        if self._rows:
            marks = f"({', '.join('?' for _ in self._rows[0])})"
            values = ", ".join(marks for _ in self._rows)
            given = [value for row in self._rows for value in row]
            self._rows = []
            self._connection.execute(f"insert into {self._into} values {values}", given)

    def _run(self, statement: str) -> None:
        self.flush()
        self._connection.execute(statement)
