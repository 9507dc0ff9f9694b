"""The forms an answer can take, and which of them a client gets.

CSV follows RFC 4180. A text that a spreadsheet would run as a formula is made harmless by a
leading apostrophe; numbers are left alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reader.columns import ValueType
from reader.errors import NotAcceptableError
from reader.params import Format

MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
CONTENT_TYPES = {**MEDIA_TYPES, "csv": "text/csv; charset=utf-8; header=present"}

Names = Sequence[tuple[str, ValueType]]
Row = dict[str, Any]
Meta = Mapping[str, Any]

# Under which a Parquet file's or an Arrow stream's metadata hold the envelope's `meta`, as JSON.
META_KEY = "tillhouse"

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def negotiate(accept: str | None, wanted: Format | None, forms: Collection[Format]) -> Format:
    """Return the representation for a request; `format=` wins over Accept, JSON over equals.

    Raises:
        NotAcceptableError: nothing that the client accepts is served.
    """
    ranges = {MEDIA_TYPES[wanted]: 1.0} if wanted else _media_ranges(accept or "*/*")
    best: Format | None = None
    best_quality = 0.0
    for name in forms:
        quality = _quality(MEDIA_TYPES[name], ranges)
        if quality > best_quality:
            best, best_quality = name, quality
    if best is None:
        raise NotAcceptableError(f"here is {', '.join(MEDIA_TYPES[name] for name in forms)}")
    return best


def _media_ranges(accept: str) -> dict[str, float]:
    ranges = {}
    for part in accept.split(","):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            ranges[media_type] = min(max(float(quality), 0.0), 1.0)
        except ValueError:
            ranges[media_type] = 0.0
    return ranges


def _quality(media_type: str, ranges: dict[str, float]) -> float:
    candidates = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((ranges[name] for name in candidates if name in ranges), 0.0)


def plain(value: Any) -> Any:
    """Return a value as JSON carries it: exact decimals as text, instants in UTC with a Z."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return value


def instant(value: datetime) -> str:
    """Return an aware instant in UTC as ISO text that ends with Z."""
    return value.isoformat().replace("+00:00", "Z")


def flat(row: Row, columns: Names) -> Row:
    """Return a row without nesting: what stands beside it becomes columns `compare_…`."""
    beside = {f"compare_{name}": value for name, value in (row.get("compare") or {}).items()}
    return {name: row.get(name, beside.get(name)) for name, _ in columns}


def to_json(body: object) -> bytes:
    """Return a body as compact JSON."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def to_csv(columns: Names, rows: Sequence[Row], meta: Meta | None = None) -> bytes:  # noqa: ARG001
    """Return rows as CSV with a header line; there is no place in it for more."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([name for name, _ in columns])
    writer.writerows([csv_cell(row[name]) for name, _ in columns] for row in rows)
    return out.getvalue().encode()


def csv_cell(value: Any) -> Any:
    """Return a value as CSV carries it; what a spreadsheet would run is made harmless."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return plain(value)


def to_parquet(columns: Names, rows: Sequence[Row], meta: Meta | None = None) -> bytes:
    """Return rows as one Parquet file; its metadata hold what is said of the rows."""
    import pyarrow.parquet  # noqa: PLC0415  half a second that a JSON reader need not pay

    sink = io.BytesIO()
    pyarrow.parquet.write_table(_arrow_table(columns, rows, meta), sink, compression="zstd")
    return sink.getvalue()


def to_arrow(columns: Names, rows: Sequence[Row], meta: Meta | None = None) -> bytes:
    """Return rows as an Arrow IPC stream; its metadata hold what is said of the rows."""
    import pyarrow as pa  # noqa: PLC0415

    table = _arrow_table(columns, rows, meta)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def arrow_type(kind: ValueType, precision: int = 38, scale: int = 9) -> Any:
    """Return the Arrow type that carries a kind of value; the digits are those of decimals."""
    import pyarrow as pa  # noqa: PLC0415

    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "decimal": pa.decimal128(precision, scale),
        "date": pa.date32(),
        "boolean": pa.bool_(),
        "timestamp": pa.timestamp("us", tz="UTC"),
    }
    return types[kind]


def _arrow_table(columns: Names, rows: Sequence[Row], meta: Meta | None) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    schema = pa.schema(
        [(name, arrow_type(kind)) for name, kind in columns],
        metadata={META_KEY: to_json(meta)} if meta else None,
    )
    return pa.Table.from_pylist([{n: row[n] for n, _ in columns} for row in rows], schema)


TABULAR: dict[Format, Callable[[Names, Sequence[Row], Meta | None], bytes]] = {
    "csv": to_csv,
    "parquet": to_parquet,
    "arrow": to_arrow,
}
