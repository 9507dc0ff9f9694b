"""From the application's rows to typed columns: pseudonymised, hashed, in UTC."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import pyarrow as pa

from ingest.app.specs import Column, ColumnType, TableSpec
from ingest.erased import NOBODY, ErasedNames
from ingest.personal_data import Pseudonymiser
from warehouse.errors import SourceError

Values = tuple[Any, ...]

ARROW_TYPES: Final[dict[ColumnType, pa.DataType]] = {
    "text": pa.string(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "timestamp": pa.timestamp("us", "UTC"),
}


def arrow_schema(spec: TableSpec) -> pa.Schema:
    """Return a table's columns in the warehouse."""
    own = [
        pa.field(column.landed_name, ARROW_TYPES[column.type], nullable=column.name != spec.key)
        for column in spec.columns
    ]
    return pa.schema(
        [
            *own,
            pa.field("hash", pa.string(), nullable=False),
            pa.field("observed_at", pa.timestamp("us", "UTC"), nullable=False),
            pa.field("deleted", pa.bool_(), nullable=False),
        ]
    )


def arrow_table(spec: TableSpec, rows: Sequence[Values]) -> pa.Table:
    """Return landed rows as columns."""
    schema = arrow_schema(spec)
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, type=t) for column, t in zip(columns, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def convert(
    spec: TableSpec,
    rows: Iterable[Values],
    pseudonymiser: Pseudonymiser,
    names: ErasedNames = NOBODY,
) -> list[tuple[str, Values]]:
    """Return each row's hash and its values as they are landed, under erased persons' new names.

    Raises:
        SourceError: a value is not of its column's type; the message names the row.
    """
    converters = [_converter(column, pseudonymiser) for column in spec.columns]
    key = [column.name for column in spec.columns].index(spec.key)
    converted = []
    for row in rows:
        values = tuple(
            _convert(spec, column, converter, value, row[key])
            for column, converter, value in zip(spec.columns, converters, row, strict=True)
        )
        if names:
            values = spec.renamed(values, names.value)
        converted.append((hashlib.sha256(orjson.dumps(values)).hexdigest(), values))
    return converted


def deleted_hash(row_hash: str) -> str:
    """Return the hash of the version that says a row is gone."""
    return hashlib.sha256(f"deleted:{row_hash}".encode()).hexdigest()


def _convert(
    spec: TableSpec,
    column: Column,
    converter: Callable[[Any], Any],
    value: Any,
    key: Any,
) -> Any:
    # dlt's CSV load into PostgreSQL makes an empty text null, and both engines must hold the same.
    if value is None or value == "":
        return None
    try:
        return converter(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise SourceError(
            f"the application's table {spec.name} holds in {column.name} of row {key} what is no "
            f"{column.type}: mend the row, or the column's type in ingest/app/specs.py"
        ) from error


def _converter(column: Column, pseudonymiser: Pseudonymiser) -> Callable[[Any], Any]:
    if column.pseudonymised:
        return lambda value: pseudonymiser.email_hash(str(value))
    if column.type == "text":
        # No text of PostgreSQL can hold a NUL; SQLite's can.
        return lambda value: pseudonymiser.text(str(value).replace("\0", ""))
    if column.type == "timestamp":
        return instant
    return _whole_number if column.type == "bigint" else float


def _whole_number(value: Any) -> int:
    number = int(value)
    if number != value:
        raise ValueError("not whole")
    return number


def instant(value: Any) -> datetime:
    """Return the UTC instant of a datetime, an ISO text or integer milliseconds."""
    if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
        seconds, milliseconds = divmod(int(value), 1000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000)
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
