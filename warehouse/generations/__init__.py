"""Published generations: immutable, numbered copies of the marts behind one pointer.

dbt builds where nobody reads. What passed its tests is copied into a new generation, verified, and
only then does the pointer move, so readers see all of a run or nothing of it.
"""

from __future__ import annotations

import logging

from warehouse.engines import DuckDBEngine, PostgresEngine, engine_for
from warehouse.errors import PublishError
from warehouse.generations.manifest import Column, Generation, MartTable, Publication, Table
from warehouse.generations.reader import Reader
from warehouse.generations.store import NoGenerationError, PinnedConnection, Store, superseded
from warehouse.settings import Settings

logger = logging.getLogger(__name__)

__all__ = [
    "Column",
    "Generation",
    "MartTable",
    "NoGenerationError",
    "PinnedConnection",
    "Publication",
    "Reader",
    "Table",
    "activate",
    "active",
    "open_reader",
    "publish",
    "published",
    "store_for",
]


def store_for(settings: Settings) -> Store:
    """Return where this warehouse's generations lie; nothing connects."""
    engine = engine_for(settings)
    if isinstance(engine, PostgresEngine):
        from warehouse.generations.schemas import SchemaStore  # noqa: PLC0415  psycopg

        return SchemaStore(engine)
    if isinstance(engine, DuckDBEngine):
        from warehouse.generations.files import FileStore  # noqa: PLC0415  duckdb

        return FileStore(settings.serving_dir, engine.path)
    raise PublishError(f"{engine.name} publishes no generations")


def publish(settings: Settings, publication: Publication) -> Generation:
    """Publish what dbt built, then remove generations that have served their time.

    Args:
        settings: where, and what counts as now.
        publication: what the run wants published. The caller holds the run lock.

    Raises:
        PublishError: nothing changed for readers.
    """
    store = store_for(settings)
    now = settings.now()
    generation = store.publish(publication, now)
    for old in superseded(store.generations(), generation.id, now):
        store.drop(old)
        logger.info("generation %s has served its time and is removed", old.id)
    return generation


def published(settings: Settings) -> list[Generation]:
    """Return what is published, newest first."""
    return store_for(settings).generations()


def active(settings: Settings) -> Generation | None:
    """Return the generation that readers get, or None before the first."""
    store = store_for(settings)
    try:
        active_id = store.active_id()
    finally:
        store.close()
    return next((g for g in store.generations() if g.id == active_id), None)


def activate(settings: Settings, generation_id: str) -> Generation:
    """Roll back or forward to a kept generation.

    Raises:
        PublishError: it is not kept, or its file was damaged.
    """
    store = store_for(settings)
    kept = store.generations()
    generation = next((g for g in kept if g.id == generation_id), None)
    if generation is None:
        names = ", ".join(g.id for g in kept) or "none"
        raise PublishError(f"there is no generation {generation_id}: kept are {names}")
    store.activate(generation)
    return generation


def open_reader(settings: Settings) -> Reader:
    """Return a reader of this warehouse's generations."""
    return Reader(store_for(settings))
