"""Worlds that were built before, by seed, size and day."""

import contextlib
import os
import pickle
import tempfile
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from sandbox.company.calendar import utc
from sandbox.company.world import World, world_start

_SANDBOX = Path(__file__).resolve().parent.parent


def build_world(
    seed: int,
    customers: int,
    day: date,
    cache_dir: Path | None = None,
    *,
    opened: date | None = None,
) -> World:
    """Return the company as it is at 00:00 UTC of a day, two years after it opened.

    Args:
        seed: the same seed, size and day always give the same world.
        customers: sign-ups over the first 24 months, free ones included.
        day: the day, or any aware instant of it.
        cache_dir: where finished worlds are kept; a world of an earlier day that opened on the
            same day is continued rather than built anew. None: no cache.
        opened: the company's first day, for one that was met before and goes on; the first of the
            month 24 months before ``day`` unless given.
    """
    if isinstance(day, datetime):
        day = day.astimezone(UTC)
    end = utc(day.year, day.month, day.day)
    start = utc(opened.year, opened.month, opened.day) if opened else world_start(end)
    if cache_dir is None:
        return World(seed, customers, start, end)
    stem = f"world-{code_version()}-{seed}-{customers}-{start:%Y%m%d}"
    world = _newest(cache_dir, stem, start, end)
    if world is None:
        world = World(seed, customers, start, end)
    elif world.now() == end:
        return world
    else:
        world.advance(end)
    name = f"{stem}-{end:%Y%m%d}.pickle"
    _save(world, cache_dir, name)
    _tidy(cache_dir, f"world-*-{seed}-{customers}-*.pickle", stem, name)
    return world


def _newest(cache_dir: Path, stem: str, start: datetime, end: datetime) -> World | None:
    """Return the cached world of the day, or of the last day before it that there is."""
    day = end
    while day > start:
        path = cache_dir / f"{stem}-{day:%Y%m%d}.pickle"
        with contextlib.suppress(FileNotFoundError, pickle.UnpicklingError, EOFError):
            world: World = pickle.loads(path.read_bytes())  # noqa: S301 - written by ourselves
            return world
        day -= timedelta(days=1)
    return None


def _save(world: World, cache_dir: Path, name: str) -> None:
    """Write beside and rename, so that a killed run leaves no half world."""
    cache_dir.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=cache_dir, prefix=".world-")
    with os.fdopen(handle, "wb") as file:
        pickle.dump(world, file, protocol=pickle.HIGHEST_PROTOCOL)
    Path(temporary).replace(cache_dir / name)


def _tidy(cache_dir: Path, pattern: str, stem: str, name: str) -> None:
    """Drop what the new file replaces: earlier days, and worlds that older code made."""
    for path in cache_dir.glob(pattern):
        if not path.name.startswith(stem) or path.name < name:
            path.unlink(missing_ok=True)


def code_version() -> str:
    """Return what tells worlds apart that were made by different code."""
    digest = blake2b(digest_size=6)
    for path in sorted(_SANDBOX.rglob("*.py")):
        if "truth" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()
