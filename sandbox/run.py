"""Run the sandbox company: its Stripe over HTTP, its application's database, its seed files."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.app import write_app_database
from sandbox.company import World, build_world
from sandbox.stripe_api import SANDBOX_KEY, RateLimits, serve
from sandbox.truth import TABLES, expected


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A company that is open: what a warehouse needs to know to read it.

    Attributes:
        base_url: where its Stripe API is.
        api_key: a key that may read everything.
        app_url: its application's database.
        seeds_dir: its rate card, FX rates, plan catalogue and excluded accounts.
        world: the company itself.
    """

    base_url: str
    api_key: str
    app_url: str
    seeds_dir: Path
    world: World

    @property
    def now(self) -> datetime:
        """The company's virtual clock: what a reader should take as now."""
        return self.world.now()

    def advance(self, to: datetime) -> None:
        """Let time pass, for Stripe, the application and the seeds alike.

        Raises:
            ValueError: if ``to`` is in the past of the virtual clock.
        """
        with self.world.store.lock:
            self.world.advance(to)
            self.write()

    def write(self) -> None:
        """Bring the application's database and the seed files to the virtual clock's time."""
        write_app_database(self.world, self.app_url, self.now)
        self.world.write_seeds(self.seeds_dir)


@contextmanager
def open_sandbox(  # noqa: PLR0913 - a company has this many addresses
    seed: int,
    customers: int,
    day: date,
    *,
    app_url: str,
    seeds_dir: Path,
    host: str = "127.0.0.1",
    port: int = 0,
    cache_dir: Path | None = None,
    limits: RateLimits | None = None,
    opened: date | None = None,
) -> Iterator[Sandbox]:
    """Have a company open while the block runs.

    Args:
        seed: the same seed, size and day give the same company.
        customers: sign-ups over its first 24 months.
        day: the company's today; its history ends at 00:00 UTC of it.
        app_url: ``sqlite:///PATH`` or ``postgresql://…`` of the application's database to write.
        seeds_dir: folder for the seed files.
        host: address of the Stripe API.
        port: its port; a free one when 0.
        cache_dir: where finished worlds are kept; None for no cache.
        limits: rate limits of the Stripe API; none unless given.
        opened: the company's first day, see :func:`sandbox.company.build_world`.

    Raises:
        OSError: if the port is taken or a folder can't be written.
        ValueError: if ``app_url`` is neither SQLite nor PostgreSQL.
    """
    world = build_world(seed, customers, day, cache_dir, opened=opened)
    held: list[Sandbox] = []

    def control() -> Sequence[BaseRoute]:
        return _routes(lambda: held[0])

    with serve(world.store, host, port, limits=limits, control=control) as serving:
        sandbox = Sandbox(serving.base_url, SANDBOX_KEY, app_url, seeds_dir, world)
        held.append(sandbox)
        sandbox.write()
        yield sandbox


def run_sandbox(  # noqa: PLR0913, PLR0917 - see open_sandbox
    seed: int,
    customers: int,
    day: date,
    host: str,
    port: int,
    app_url: str,
    seeds_dir: Path,
    cache_dir: Path | None,
    ready: Callable[[Sandbox], None],
    opened: date | None = None,
    limits: RateLimits | None = None,
) -> None:
    """Have a company open until interrupted; ``ready`` is called once it is.

    Arguments and errors are those of :func:`open_sandbox`.
    """
    with open_sandbox(
        seed,
        customers,
        day,
        app_url=app_url,
        seeds_dir=seeds_dir,
        host=host,
        port=port,
        cache_dir=cache_dir,
        opened=opened,
        limits=limits,
    ) as sandbox:
        ready(sandbox)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


def _routes(sandbox: Callable[[], Sandbox]) -> list[BaseRoute]:
    """``POST /advance {"to": iso}`` and ``GET /truth/{table}``; no key is needed for them."""

    async def advance(request: Request) -> Response:
        try:
            to = _instant((await request.json())["to"])
            sandbox().advance(to)
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"now": sandbox().now.isoformat()})

    def truth(request: Request) -> Response:
        table = request.path_params["table"]
        if table not in TABLES:
            return JSONResponse({"error": f"the truth knows no {table}"}, 404)
        here = sandbox()
        rows = expected(here.world.ledger, here.now, [table])[table]
        body = json.dumps({"table": table, "as_of": here.now, "rows": rows}, default=_plain)
        return Response(body, media_type="application/json")

    return [
        Route("/advance", advance, methods=["POST"]),
        Route("/truth/{table}", truth, methods=["GET"]),
    ]


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
