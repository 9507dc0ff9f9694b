"""Everything of a period as one ZIP archive, written while it is sent.

Each published table is a file; MANIFEST.json comes last and says how many rows each has and what
its SHA-256 is. An archive that ends early has no directory, which every program refuses to open.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Protocol

from reader.columns import value_type
from reader.database import Connection, Generation
from reader.envelope import meta_of
from reader.params import ExportParameters
from reader.queries.rows import days, names_of
from reader.representations import Names, arrow_type, csv_cell
from reader.tables import DAYS
from warehouse.generations import Table

_BATCH_ROWS = 10_000
# Parquet needs groups of some size to be worth its columns.
_GROUP_ROWS = 10 * _BATCH_ROWS

Batch = Sequence[tuple[Any, ...]]


class _Sink(io.RawIOBase):
    """Takes what the archive writes until it is sent; it can't be sought in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def take(self) -> bytes:
        """Return what has been written since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


class _Entry(io.RawIOBase):
    """One file of the archive, counted and hashed as it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: Any) -> int:
        self._file.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)


class _Writer(Protocol):
    """Writes rows into a file."""

    def write(self, rows: Batch) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write what is left."""


class _CsvWriter:
    def __init__(self, entry: _Entry, table: Table) -> None:
        self._entry = entry
        self.write([tuple(table.columns)])

    def write(self, rows: Batch) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(map(csv_cell, row) for row in rows)
        self._entry.write(text.getvalue().encode())

    def close(self) -> None:
        """Every row has been written."""


class _ParquetWriter:
    def __init__(self, entry: _Entry, table: Table) -> None:
        import pyarrow as pa  # noqa: PLC0415  half a second that only exports need pay
        import pyarrow.parquet as pq  # noqa: PLC0415

        self._arrow = pa
        self._schema = pa.schema(
            [(column.name, _arrow_type(column.type)) for column in table.columns.values()]
        )
        self._writer = pq.ParquetWriter(
            pa.PythonFile(entry, mode="w"), self._schema, compression="zstd"
        )
        self._waiting: list[tuple[Any, ...]] = []

    def write(self, rows: Batch) -> None:
        self._waiting += rows
        if len(self._waiting) >= _GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        columns = zip(*self._waiting, strict=True) if self._waiting else [[] for _ in self._schema]
        arrays = [
            self._arrow.array(list(values), field.type)
            for values, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
        self._waiting = []


_WRITERS: Mapping[str, Callable[[_Entry, Table], _Writer]] = {
    "csv": _CsvWriter,
    "parquet": _ParquetWriter,
}


@dataclass(frozen=True)
class _Written:
    """What the manifest says of one file."""

    table: str
    file: str
    rows: int
    bytes: int
    sha256: str
    day: str | None


def archive(
    connection: Connection, generation: Generation, parameters: ExportParameters
) -> Generator[bytes]:
    """Give the archive of a period, piece by piece.

    A table without a day of its own is part of every period.

    Args:
        connection: to the generation.
        generation: what is exported.
        parameters: the period, both days inclusive, and the form of the files.
    """
    sink = _Sink()
    written = []
    with zipfile.ZipFile(sink, "w") as bundle:
        for name, table in sorted(generation.tables.items()):
            file = f"{name}.{parameters.format}"
            count = 0
            with _entry(bundle, file, generation) as entry:
                writer = _WRITERS[parameters.format](entry, table)
                for rows in _rows(connection, name, table, parameters):
                    writer.write(rows)
                    count += len(rows)
                    yield sink.take()
                writer.close()
            digest = entry.digest.hexdigest()
            day = _day(name, table)
            written.append(_Written(name, file, count, entry.size, digest, day))
            yield sink.take()
        with _entry(bundle, "MANIFEST.json", generation) as entry:
            entry.write(_manifest(generation, parameters, written))
    yield sink.take()


@contextmanager
def _entry(bundle: zipfile.ZipFile, name: str, generation: Generation) -> Iterator[_Entry]:
    info = zipfile.ZipInfo(name, generation.as_of.timetuple()[:6])
    # Parquet's pages are compressed already.
    is_packed = name.endswith(".parquet")
    info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    with bundle.open(info, "w", force_zip64=True) as file:
        yield _Entry(file)


def _day(name: str, table: Table) -> str | None:
    """Return the column that a table is cut by; an older generation's may not have it yet."""
    day = DAYS.get(name)
    return day if day in table.columns else None


def _rows(
    connection: Connection, name: str, table: Table, parameters: ExportParameters
) -> Iterator[Batch]:
    columns: Names = [(c.name, value_type(c.type)) for c in table.columns.values()]
    conditions: list[str] = []
    values: list[Any] = []
    day = _day(name, table)
    if day is not None:
        conditions, values = days(day, dict(columns)[day], parameters.from_, parameters.to)
    where = f" where {' and '.join(conditions)}" if conditions else ""
    sql = f"select {names_of(columns)} from {connection.table(name)}{where}"  # noqa: S608
    return connection.pinned.batches(sql, values, _BATCH_ROWS)


def _manifest(
    generation: Generation, parameters: ExportParameters, written: Sequence[_Written]
) -> bytes:
    document = {
        "object": "export",
        **meta_of(generation),
        "from": parameters.from_.isoformat() if parameters.from_ else None,
        "to": parameters.to.isoformat() if parameters.to else None,
        "format": parameters.format,
        "tables": [vars(one) for one in written],
    }
    return json.dumps(document, indent=1).encode()


def _arrow_type(sql_type: str) -> Any:
    digits = re.search(r"\((\d+),\s*(\d+)\)", sql_type)
    precision, scale = (int(digits[1]), int(digits[2])) if digits else (38, 9)
    return arrow_type(value_type(sql_type), precision, scale)
