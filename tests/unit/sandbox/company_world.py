"""Worlds shared by the tests of the company: built once a run, never advanced by a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sandbox.company.world import World, world_start
from sandbox.ledger import Fact

DAY = datetime(2026, 11, 22, tzinfo=UTC)
START = world_start(DAY)
SMALL = 60
F = TypeVar("F", bound=Fact)


@cache
def default_world() -> World:
    """Return the world of the defaults: seed 7, 500 sign-ups."""
    return World(7, 500, START, DAY)


def new_world(end: datetime, *, seed: int = 3, customers: int = SMALL) -> World:
    """Return a small world of the test's own."""
    return World(seed, customers, START, end)


def facts(world: World, kind: type[F]) -> list[F]:
    """Return the world's facts of a type."""
    return [fact for fact in world.ledger if isinstance(fact, kind)]


def objects(world: World, kind: str) -> list[dict[str, Any]]:
    """Return all Stripe objects of a type, private keys included."""
    return [row.load() for row in world.store.table(kind).rows.values()]


def since(days: float) -> datetime:
    """Return an instant of the worlds' lives."""
    return START + timedelta(days=days)
