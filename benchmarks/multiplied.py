"""A large company out of a small one: each of its customers many times over, inside DuckDB.

Whatever a copy has of its own (customers, invoices, users, videos) gets ids of its own, in the keys
and inside of Stripe's JSON; what a business has once (prices, coupons, rates, system alerts) stays
one. So every behaviour of the small company, and every identity between its tables, is there again,
and what its Stripe account holds is that many times as much.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import duckdb

# What is a business's own, not a customer's.
_SHARED_STRIPE: Final = frozenset(
    {
        "accounts",
        "balances",
        "coupons",
        "plans",
        "prices",
        "products",
        "promotion_codes",
        "tax_rates",
    }
)
_SHARED_APP: Final = frozenset({"system_alert"})
_COPIES_AT_ONCE: Final = 10
# Ids of what a customer has, quoted as JSON quotes them (alone, or behind that of the payout which
# paid it out), the numbers of invoices, and pseudonyms.
_OWN_IDS: Final = (
    r'"((?:po_[A-Za-z0-9]{12,}/)?'
    r"(?:cbtxn|ch|cn|cnli|cs_test|cus|di|du|evt|ii|il|in|inpay|issfr|li|pi|pm|po|prv|re|seti|si|"
    r'sub|txn)_[A-Za-z0-9]{12,}|c[a-z0-9]{24}|[A-Z]+-[0-9]{6})"'
)
_PSEUDONYM: Final = r'"([0-9a-f]{59})[0-9a-f]{5}"'
_APP_IDS: Final = ("id", "user_id", "video_id", "stripe_customer_id", "stripe_payment_intent_id")


def multiply(source: Path, target: Path, copies: int) -> None:
    """Write a warehouse with `copies` times the raw rows of another.

    Args:
        source: the DuckDB file of a company that was refreshed; it is read only.
        target: the file to make.
        copies: how many companies in one; the first has the ids of the source.
    """
    with duckdb.connect(str(target)) as connection:
        connection.execute("set threads = 2; set memory_limit = '4GB'; set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"attach '{source}' as small (read_only)")
        for schema, table in _raw_tables(connection):
            connection.execute(f"create schema if not exists {schema}")
            name = f'{schema}."{table}"'
            connection.execute(f"create table {name} as from small.{name} limit 0")
            if schema == "raw_stripe" and not table.startswith("_dlt"):
                connection.execute(f"drop table {name}")
                connection.execute(_compressed(connection, name))
            _copy(connection, schema, table, copies)
        _scale_balances(connection, copies)
        connection.execute("detach small")
        connection.execute("checkpoint")


def _raw_tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    found = connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = 'small' and schema_name like 'raw%' order by 1, 2"
    )
    return [(str(schema), str(table)) for schema, table in found.fetchall()]


def _compressed(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """Return the definition of a table of objects, whose JSON is compressed as a pull does it."""
    columns = connection.execute(f"describe small.{name}").fetchall()
    return (
        f"create table {name} ("
        + ", ".join(
            f'"{column[0]}" {column[1]}'
            + (" using compression zstd" if column[0] == "object" else "")
            for column in columns
        )
        + ")"
    )


def _copy(connection: duckdb.DuckDBPyConnection, schema: str, table: str, copies: int) -> None:
    name = f'{schema}."{table}"'
    connection.execute(f"insert into {name} from small.{name}")
    is_own = not table.startswith("_dlt") and (
        (schema == "raw_stripe" and table not in _SHARED_STRIPE)
        or (schema == "raw_app" and table not in _SHARED_APP)
    )
    if not is_own:
        return
    columns = [str(row[0]) for row in connection.execute(f"describe {name}").fetchall()]
    replaced = {column: sql for column, sql in _rekeyed(schema).items() if column in columns}
    changes = ", ".join(f'{sql} as "{column}"' for column, sql in replaced.items())
    for first in range(1, copies, _COPIES_AT_ONCE):
        last = min(first + _COPIES_AT_ONCE, copies)
        connection.execute(
            f"insert into {name} select small.* replace ({changes})"
            f" from small.{name} as small cross join range({first}, {last}) as copies (copy)"
        )


def _rekeyed(schema: str) -> dict[str, str]:
    """Return what the columns of a copy say, by column."""
    new_hash = "concat(left(hash, 59), lpad(to_hex(copy), 5, '0'))"
    if schema == "raw_app":
        ids = {column: f"{column} || 'x' || copy" for column in _APP_IDS}
        pseudonym = "concat(left(email_hash, 59), lpad(to_hex(copy), 5, '0'))"
        return {**ids, "email_hash": pseudonym, "hash": new_hash}
    rekeyed = rf"""regexp_replace(object, '{_OWN_IDS}', concat('"\1x', copy, '"'), 'g')"""
    suffix = r"""concat('"\1', lpad(to_hex(copy), 5, '0'), '"')"""
    pseudonyms = f"regexp_replace({rekeyed}, '{_PSEUDONYM}', {suffix}, 'g')"
    return {
        "id": "id || 'x' || copy",
        "event_id": "event_id || 'x' || copy",
        "object": pseudonyms,
        "hash": new_hash,
    }


def _scale_balances(connection: duckdb.DuckDBPyConnection, copies: int) -> None:
    rows = connection.execute("select hash, object from raw_stripe.balances").fetchall()
    for row_hash, text in rows:
        scaled = json.dumps(_scaled(json.loads(text), copies), separators=(",", ":"))
        connection.execute(
            "update raw_stripe.balances set object = ? where hash = ?", [scaled, row_hash]
        )


def _scaled(value: object, copies: int) -> object:
    """Return JSON with its whole numbers (in a balance, amounts) so many times as large."""
    if isinstance(value, dict):
        return {key: _scaled(part, copies) for key, part in value.items()}
    if isinstance(value, list):
        return [_scaled(part, copies) for part in value]
    return value * copies if isinstance(value, int) and not isinstance(value, bool) else value
