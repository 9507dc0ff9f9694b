"""The sandbox company behind a real HTTP server and a real application database, to be pulled."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import ingest
from ingest.report import Mode, PullReport
from sandbox.app import write_app_database
from sandbox.company import World, build_world
from sandbox.stripe_api import SANDBOX_KEY, Serving, serve
from warehouse.engines import engine_for
from warehouse.settings import Settings

DAY = datetime(2026, 11, 22, tzinfo=UTC)
MakeSettings = Callable[..., Settings]


@cache
def _pickled_world() -> bytes:
    return pickle.dumps(build_world(seed=7, customers=40, day=DAY))


def fresh_world() -> World:
    """Return a small company of two years that no other test has touched."""
    return cast("World", pickle.loads(_pickled_world()))


@dataclass
class Company:
    """A company and the Tillhouse that pulls it."""

    world: World
    serving: Serving
    settings: Settings
    app_url: str

    def pull(self, mode: Mode = "hourly", **changed: Any) -> PullReport:
        self.serving.log.clear()
        settings = self.settings.model_copy(update={"tillhouse_now": self.world.now(), **changed})
        return ingest.pull(settings, mode)

    def pull_app(self, mode: Mode = "hourly") -> PullReport:
        """Pull the application alone, which takes a second."""
        now = self.world.now()
        settings = self.settings.model_copy(update={"tillhouse_now": now})
        settings.prepare_home()
        report = PullReport(mode, now)
        source = ingest.app_source(settings, mode, report=report)
        ingest.land(ingest.build_pipeline(settings, "app"), source, engine_for(settings))
        return report

    def advance(self, **time: float) -> None:
        until = self.world.now() + timedelta(**time)
        self.world.advance(until)
        write_app_database(self.world, self.app_url, until)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with engine_for(self.settings).connect() as connection:
            return connection.execute(query).fetchall()

    def value(self, query: str) -> Any:
        return self.rows(query)[0][0]


@contextmanager
def company(make: MakeSettings, folder: Path, **settings: Any) -> Iterator[Company]:
    """Serve a fresh world; settings beside the obvious ones come as keywords."""
    world = fresh_world()
    app_url = settings.pop("app_database_url", f"sqlite:///{folder}/app.db")
    keys, limits = settings.pop("api_keys", (SANDBOX_KEY,)), settings.pop("limits", None)
    write_app_database(world, app_url, world.now())
    with serve(world.store, api_keys=keys, limits=limits) as serving:
        given = {
            "stripe_secret_key": SANDBOX_KEY,
            "stripe_api_base": serving.base_url,
            "stripe_max_requests_per_second": 100,
            "app_database_url": app_url,
        }
        yield Company(world, serving, make(**{**given, **settings}), app_url)
