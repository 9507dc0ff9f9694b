"""The least a client can do: read pages, hash objects, and land them in DuckDB. Our yardstick.

One event loop, no limits, no retries, no cursor, no personal data removed; a list has one reader.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import orjson
import pyarrow as pa

PATHS = (
    "/v1/charges",
    "/v1/invoices",
    "/v1/checkout/sessions",
    "/v1/subscriptions",
    "/v1/payment_intents",
)
_ROWS = 20_000


async def _pages(base: str, path: str, rows: list[tuple[str, str, str]]) -> None:
    place = urlsplit(base)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    after = ""
    while True:
        target = f"{path}?limit=100{f'&starting_after={after}' if after else ''}"
        writer.write(f"GET {target} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        page = orjson.loads(await reader.readexactly(length))
        for obj in page["data"]:
            text = orjson.dumps(obj)
            rows.append((obj["id"], text.decode(), hashlib.sha256(text).hexdigest()))
        if not page["has_more"]:
            writer.close()
            return
        after = page["data"][-1]["id"]


def _land(connection: duckdb.DuckDBPyConnection, rows: list[tuple[str, str, str]]) -> None:
    columns = [pa.array(values) for values in zip(*rows, strict=True)]
    batch = pa.Table.from_arrays(columns, names=["id", "object", "hash"])
    connection.register("batch", batch)
    connection.execute("insert into objects select * from batch")
    connection.unregister("batch")


async def _all(base: str, database: Path) -> int:
    connection = duckdb.connect(database, config={"force_compression": "zstd"})
    connection.execute("create table objects (id text, object text, hash text)")
    rows: list[tuple[str, str, str]] = []
    landed = 0
    tasks = [asyncio.create_task(_pages(base, path, rows)) for path in PATHS]
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0.01)
        if len(rows) >= _ROWS:
            batch, rows[:] = rows[:], []
            landed += len(batch)
            _land(connection, batch)
    await asyncio.gather(*tasks)
    if rows:
        landed += len(rows)
        _land(connection, rows)
    connection.close()
    return landed


if __name__ == "__main__":
    print(asyncio.run(_all(sys.argv[1], Path(sys.argv[2]))))
