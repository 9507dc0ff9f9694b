"""Seed files into `raw_seeds`: text as written, rewritten at once when it has changed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from ingest.erased import ErasedNames, erased_names
from ingest.raw import SEEDS as SCHEMA
from ingest.seed_files import Seed, read_seeds
from warehouse.engines import Connection, engine_for
from warehouse.settings import Settings

logger = logging.getLogger(__name__)

FILES_TABLE: Final = "seed_files"

_ROWS_PER_INSERT: Final = 500


def load_seeds(settings: Settings) -> list[str]:
    """Land every seed whose content differs from what is landed, all of them or none.

    Returns:
        The names of those that were rewritten.

    Raises:
        SettingsError: a file is malformed; nothing is written then.
        SourceError: the warehouse can't be reached.
    """
    seeds = read_seeds(settings)
    names = erased_names(settings)
    with engine_for(settings).connect() as connection, connection.transaction():
        connection.execute(f"create schema if not exists {SCHEMA}")
        connection.execute(
            f"create table if not exists {SCHEMA}.{FILES_TABLE} "
            "(name text, content_hash text, path text)"
        )
        rows = connection.execute(f"select name, content_hash from {SCHEMA}.{FILES_TABLE}")  # noqa: S608
        landed = {str(name): content for name, content in rows.fetchall()}
        changed = [seed for seed in seeds if landed.get(seed.spec.name) != seed.content_hash]
        for seed in changed:
            _rewrite(connection, seed, names)
    for seed in changed:
        logger.info("seed %s: %d rows from %s", seed.spec.name, len(seed.rows), seed.path)
    return [seed.spec.name for seed in changed]


def _rewrite(connection: Connection, seed: Seed, erased: ErasedNames) -> None:
    """Empty and fill the table: views stand on it, so it is never dropped."""
    names = [column.name for column in seed.spec.columns]
    typed = ", ".join(f"{name} text" for name in names)
    table = f"{SCHEMA}.{seed.spec.name}"
    connection.execute(f"create table if not exists {table} ({typed})")
    connection.execute(f"delete from {table}")  # noqa: S608  names come from specs
    # An account that is left out of the figures stays left out under its new name.
    rows = [tuple(erased.replacements.get(value, value) for value in row) for row in seed.rows]
    for at in range(0, len(rows), _ROWS_PER_INSERT):
        _insert(connection, table, rows[at : at + _ROWS_PER_INSERT])
    files = f"{SCHEMA}.{FILES_TABLE}"
    connection.execute(f"delete from {files} where name = ?", (seed.spec.name,))  # noqa: S608
    _insert(connection, files, [(seed.spec.name, seed.content_hash, str(seed.path))])


def _insert(connection: Connection, table: str, rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        return
    marks = ", ".join("?" for _ in rows[0])
    values = ", ".join(f"({marks})" for _ in rows)
    flat = [value for row in rows for value in row]
    connection.execute(f"insert into {table} values {values}", flat)  # noqa: S608
