"""`tillhouse sql`."""

from __future__ import annotations

import csv
import io
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tillhouse import terminal
from warehouse.errors import SettingsError, TillhouseError

Format = Literal["table", "csv", "json", "parquet"]


def sql(
    query: Annotated[str, typer.Argument(help="One query; tables are marts.NAME.")],
    format_: Annotated[Format, typer.Option("--format", help="How to print the rows.")] = "table",
    out: Annotated[Path | None, typer.Option(help="Write to this file instead.")] = None,
) -> None:
    """Run one read-only query against the published generation, also while a refresh runs.

    Example: [bold]tillhouse sql "select month, closing_usd from marts.agg_mrr_monthly"[/bold]
    """
    if format_ == "parquet" and out is None:
        raise SettingsError("parquet is not for a terminal: add --out FILE")
    columns, rows = _run(query)
    if format_ == "table" and out is None:
        terminal.show_table(columns, rows)
        return
    content = _parquet(columns, rows) if format_ == "parquet" else _text(format_, columns, rows)
    if out is None:
        sys.stdout.write(content.decode())
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise SettingsError(f"--out {out} can't be written ({error.strerror})") from error
    terminal.say(f"{len(rows)} rows in {out}")


def _run(query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    import duckdb  # noqa: PLC0415
    import psycopg  # noqa: PLC0415

    from warehouse.generations import open_reader  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    with open_reader(load_settings()) as reader:
        try:
            with reader.connect() as connection:
                cursor = connection.execute(query)
                names = [str(column[0]) for column in cursor.description or ()]
                return names, cursor.fetchall() if names else []
        except (duckdb.Error, psycopg.Error) as error:
            raise TillhouseError(f"the query failed: {error}") from error


def _text(format_: Format, columns: list[str], rows: list[tuple[Any, ...]]) -> bytes:
    if format_ == "json":
        objects = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
        return (json.dumps(objects, indent=1) + "\n").encode()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[_in_csv(value) for value in row] for row in rows])
    return text.getvalue().encode()


def _plain(value: Any) -> object:
    """Return a JSON value; exact decimals stay exact, as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _in_csv(value: Any) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else _plain(value)


def _parquet(columns: list[str], rows: list[tuple[Any, ...]]) -> bytes:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    arrays = [pa.array([row[index] for row in rows]) for index in range(len(columns))]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=columns), sink)
    return sink.getvalue()
