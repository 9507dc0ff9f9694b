"""Generations beside the embedded warehouse: one immutable DuckDB file each, and a pointer file.

A file's name is never used twice: DuckDB caches open databases by path, so a file put in another's
place keeps serving the old rows. The flip is one rename, of CURRENT.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock

from warehouse.engines import Cursor, Row
from warehouse.errors import PublishError
from warehouse.generations.duckdb_copy import (
    build_file,
    connect_locked_down,
    measure_file,
    refuse_different,
)
from warehouse.generations.manifest import (
    Generation,
    Publication,
    describe,
    instant_text,
    sequence_of,
)
from warehouse.generations.store import NoGenerationError, refuse_regress, refuse_shrinking


@dataclass(frozen=True)
class FileConnection:
    """A cursor on a generation's file."""

    raw: duckdb.DuckDBPyConnection
    generation: Generation

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Cursor:
        """Run one statement."""
        return self.raw.execute(sql, list(params)) if params else self.raw.execute(sql)

    def batches(self, sql: str, params: Sequence[Any], size: int) -> Iterator[list[Row]]:
        """Run one query and give its rows so many at a time."""
        cursor = self.raw.execute(sql, list(params))
        while rows := cursor.fetchmany(size):
            yield rows

    def table(self, name: str) -> str:
        """Return `marts."name"`."""
        if name not in self.generation.tables:
            raise NoGenerationError(f"generation {self.generation.id} has no table {name}")
        return f'marts."{name}"'

    def interrupt(self) -> None:
        """Stop the statement that runs."""
        self.raw.interrupt()


@dataclass
class _Handle:
    """An open file and how many read it."""

    connection: duckdb.DuckDBPyConnection
    readers: int = 0


@dataclass
class FileStore:
    """The generations in a folder.

    Args:
        folder: where they lie.
        warehouse: the DuckDB file whose schema `build` is published.
    """

    folder: Path
    warehouse: Path
    _handles: dict[str, _Handle] = field(default_factory=dict, init=False, repr=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def publish(self, publication: Publication, now: datetime) -> Generation:
        """Build the file, verify it and flip the pointer.

        The caller holds the run lock, so what an earlier run left half-done belongs to nobody.

        Raises:
            PublishError: the served generation stays.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._clean()
        published = self.generations()
        previous = self.active_id()
        active = next((g for g in published if g.id == previous), None)
        refuse_regress(publication, active)
        sequence = sequence_of(published[0].id) + 1 if published else 1
        generation = describe(publication, sequence, now, {})
        draft = self.folder / f".build-{generation.id}.duckdb"
        base = _base(active, publication, now)
        built = build_file(self.warehouse, draft, publication.tables, base)
        tables = measure_file(draft, publication.tables)
        refuse_different(built, tables)
        refuse_shrinking(publication, {n: t.rows for n, t in tables.items()}, active)
        path = self.folder / f"g{generation.id}.duckdb"
        generation = describe(publication, sequence, now, tables)
        generation = generation.located(str(path), _sha256(draft))
        _sync(draft)
        draft.rename(path)
        _sync(self.folder)
        self._write(self.folder / f"manifest-{generation.id}.json", generation.to_json())
        self._flip(generation, previous)
        return generation

    def generations(self) -> list[Generation]:
        """Return what is published, newest first."""
        manifests = sorted(self.folder.glob("manifest-*.json"), reverse=True)
        known = [Generation.from_json(path.read_text()) for path in manifests]
        # The folder may have been moved as a whole; the file lies beside its manifest.
        return [
            generation.located(str(path), generation.sha256)
            for generation in known
            if (path := self.folder / f"g{generation.id}.duckdb").exists()
        ]

    def active_id(self) -> str | None:
        """Return what CURRENT names."""
        try:
            return str(json.loads((self.folder / "CURRENT").read_text())["id"])
        except FileNotFoundError:
            return None

    def marker(self) -> object | None:
        """Return which file CURRENT is: each flip puts another in its place."""
        try:
            status = (self.folder / "CURRENT").stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns

    def activate(self, generation: Generation) -> None:
        """Point CURRENT to a generation whose file is what was published.

        Raises:
            PublishError: the file changed since.
        """
        if _sha256(Path(generation.location)) != generation.sha256:
            raise PublishError(f"{generation.location} is damaged: activate another generation")
        self._flip(generation, self.active_id())

    def drop(self, generation: Generation) -> None:
        """Remove manifest and file; who still reads the file keeps it until they close it."""
        (self.folder / f"manifest-{generation.id}.json").unlink(missing_ok=True)
        Path(generation.location).unlink(missing_ok=True)

    @contextmanager
    def open(self, generation: Generation) -> Iterator[FileConnection]:
        """Open a generation; the file is shared by all its readers and closed with the last."""
        handle = self._acquire(generation)
        cursor = handle.connection.cursor()
        try:
            yield FileConnection(cursor, generation)
        finally:
            cursor.close()
            self._release(generation)

    def close(self) -> None:
        """Close the files that nobody reads just now."""
        with self._guard:
            self._close_idle(keep=None)

    def _acquire(self, generation: Generation) -> _Handle:
        with self._guard:
            handle = self._handles.get(generation.id)
            if handle is None:
                try:
                    connection = connect_locked_down(Path(generation.location))
                except duckdb.Error as error:
                    raise NoGenerationError(
                        f"generation {generation.id} can't be opened ({error})"
                    ) from error
                handle = self._handles[generation.id] = _Handle(connection)
            handle.readers += 1
            return handle

    def _release(self, generation: Generation) -> None:
        with self._guard:
            self._handles[generation.id].readers -= 1
            self._close_idle(keep=self.active_id())

    def _close_idle(self, keep: str | None) -> None:
        for name in [n for n, h in self._handles.items() if not h.readers and n != keep]:
            self._handles.pop(name).connection.close()

    def _clean(self) -> None:
        known = {Path(generation.location) for generation in self.generations()}
        leftovers = [p for p in self.folder.glob("g*.duckdb") if p not in known]
        for path in [*leftovers, *self.folder.glob(".build-*"), *self.folder.glob(".draft-*")]:
            path.unlink()

    def _flip(self, generation: Generation, expected: str | None) -> None:
        """Move the pointer if nobody else moved it meanwhile."""
        with FileLock(self.folder / ".pointer.lock"):
            if self.active_id() != expected:
                raise PublishError(
                    f"another run activated {self.active_id()} meanwhile: it stays; run again"
                )
            pointer = {
                "id": generation.id,
                "sha256": generation.sha256,
                "as_of": instant_text(generation.as_of),
                "schema_version": generation.schema_version,
            }
            self._write(self.folder / "CURRENT", json.dumps(pointer))

    def _write(self, path: Path, text: str) -> None:
        draft = path.with_name(f".draft-{path.name}")
        draft.write_text(text)
        _sync(draft)
        draft.replace(path)
        _sync(self.folder)


def _base(active: Generation | None, publication: Publication, now: datetime) -> Path | None:
    """Return the served file if the one to come may be made of it, with what changed.

    It may within a UTC day, from the same models: the day's first file is copied whole, in order.
    """
    if active is None or publication.mode == "full":
        return None
    of_today = active.published_at.astimezone(UTC).date() == now.astimezone(UTC).date()
    project = publication.inputs.get("project")
    path = Path(active.location)
    if not of_today or project is None or project != active.inputs.get("project"):
        return None
    return path if _sha256(path) == active.sha256 else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
