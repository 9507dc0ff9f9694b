"""What an hour leaves in the raw layer: new versions of objects, their events, and usage."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb

# How many of a thousand changed objects are of which type, about as a shop's hour has them.
_CHANGED: Final = {
    "customers": 50,
    "subscriptions": 150,
    "invoices": 250,
    "invoice_payments": 150,
    "payment_intents": 200,
    "charges": 200,
}
# What a video leaves: by table, the column of the video, ids of its own, instants of its own.
_USED: Final = {
    "video": ("id", ("id",), ("created_at", "completed_at", "updated_at")),
    "credit_transaction": ("video_id", ("id", "video_id"), ("created_at",)),
    "api_usage_log": ("video_id", ("id", "video_id"), ("timestamp",)),
}


def happen(warehouse: Path, objects: int, videos: int, now: datetime) -> None:
    """Land what changed, in one finished load a source, as a pull does it.

    The changed objects have new versions, each with the event that tells of it. The videos are new
    ones of users who made one before, with what they used of the ledger and the provider's calls.

    Args:
        warehouse: the DuckDB file.
        objects: how many objects of Stripe's change.
        videos: how many videos are made.
        now: when the pull is; what happened was in the hour before.
    """
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set threads = 2; set memory_limit = '2GB'; set TimeZone = 'UTC'")
        load = _next_load(connection)
        for schema in ("raw_stripe", "raw_app"):
            connection.execute(
                f"insert into {schema}._dlt_loads select * replace (? as load_id, ? as inserted_at)"
                f" from {schema}._dlt_loads limit 1",
                [load, now],
            )
        for table, per_thousand in _CHANGED.items():
            _change(connection, table, objects * per_thousand // 1000, load, now)
        _make_videos(connection, videos, load, now)


def _next_load(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the id of a load after all others: they are instants, compared as text."""
    row = connection.execute(
        "select max(load_id) from (select load_id from raw_stripe._dlt_loads"
        " union all select load_id from raw_app._dlt_loads)"
    ).fetchone()
    assert row is not None
    return str(float(row[0]) + 3600)


def _change(
    connection: duckdb.DuckDBPyConnection, table: str, count: int, load: str, now: datetime
) -> None:
    connection.execute(
        f"""
        create or replace temp table chosen as
        select * replace (
            json_merge_patch(
                object, json_object('metadata', json_object('seen', $load))
            )::text as object,
            md5(hash || $load) || md5($load || hash) as hash,
            $now as observed_at,
            'evt_' || substr(md5(id || $load), 1, 24) as event_id,
            $load as _dlt_load_id
        )
        from raw_stripe.{table}
        where not deleted and object like '%"metadata":%' or '{table}' = 'invoice_payments'
        order by hash(id || $load) limit {count}
        """,
        {"load": load, "now": now},
    )
    connection.execute(f"insert into raw_stripe.{table} from chosen")
    connection.execute(
        f"""
        insert into raw_stripe.events by name
        select event_id as id, json_object(
            'id', event_id, 'object', 'event', 'type', '{_event_type(table)}', 'livemode', false,
            'api_version', api_version, 'created', epoch($at)::bigint,
            'data', json_object('object', object::json)
        )::text as object, hash, $at as created_at, observed_at, null as event_id, deleted,
            api_version, account_id, _dlt_load_id
        from chosen
        """,
        {"at": now - timedelta(minutes=30)},
    )


def _event_type(table: str) -> str:
    """Return the type of the event that tells of a change to one of these objects."""
    kinds = {"subscriptions": "customer.subscription", "payment_intents": "payment_intent"}
    return f"{kinds.get(table, table.removesuffix('s'))}.updated"


def _make_videos(
    connection: duckdb.DuckDBPyConnection, count: int, load: str, now: datetime
) -> None:
    """Make finished videos again: those with one entry of use, so that their credits agree."""
    connection.execute(
        f"""
        create or replace temp table models as
        select id as model_id, created_at as began_at from raw_app.video
        where
            status = 'COMPLETED' and not deleted
            and completed_at < created_at + interval 20 minute
            and id in (
                select video_id from raw_app.credit_transaction group by 1
                having count(*) = 1 and min(type) = 'USAGE'
            )
        order by hash(id || '{load}') limit {count}
        """
    )
    for table, (video, ids, instants) in _USED.items():
        new = [f"'c' || substr(md5({name} || $load), 1, 24) as {name}" for name in ids]
        new += [f'$now - interval 40 minute + ("{at}" - began_at) as "{at}"' for at in instants]
        connection.execute(
            f"""
            insert into raw_app.{table}
            select made.* replace (
                {", ".join(new)},
                md5(hash || $load) || md5($load || hash) as hash,
                $now as observed_at,
                $load as _dlt_load_id
            )
            from raw_app.{table} as made
            inner join models on made.{video} = models.model_id
            """,
            {"load": load, "now": now},
        )
