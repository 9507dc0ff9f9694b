"""What Prometheus is told: requests, the cache, the age of the data, live connections, what ails.

With several workers each writes its figures into files of a common folder, and whichever is asked
adds them up (prometheus-client's multi-process mode, on once PROMETHEUS_MULTIPROC_DIR is set).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from fastapi import FastAPI
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reader.errors import NoGenerationError
from reader.guard import Protection
from reader.live.live import Live
from reader.pipeline import Services
from warehouse.settings import Settings, shared_metrics_dir

_UPDATE_EVERY_SECONDS: Final = 5.0

# From what a 304 takes to what ends a query.
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS: Final = Histogram(
    "tillhouse_http_request_duration_seconds",
    "Requests, by the seconds until they were answered.",
    ["method", "route", "status"],
    buckets=_BUCKETS,
)
CACHE: Final = Counter(
    "tillhouse_cache_answers_total", "Answers, by what the cache had of them.", ["outcome"]
)
AGE: Final = Gauge(
    "tillhouse_generation_age_seconds",
    "How long ago the served data was true, by what counts as now.",
    multiprocess_mode="livemostrecent",
)
PUBLISHED: Final = Gauge(
    "tillhouse_generation_published_timestamp_seconds",
    "When the served generation was published.",
    multiprocess_mode="livemostrecent",
)
CONNECTIONS: Final = Gauge(
    "tillhouse_live_connections",
    "Clients that listen for live updates.",
    ["way"],
    multiprocess_mode="livesum",
)
DEGRADED: Final = Gauge(
    "tillhouse_degraded",
    "1 while a part does without what it needs: Redis for cache and limiter, the log for audit.",
    ["part"],
    multiprocess_mode="livemax",
)

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})


class Measured:
    """Measures every request; stands outermost, so that all of it counts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        state = scope.setdefault("state", {})
        status = 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        finally:
            # A stream's length says nothing of how fast the server is.
            route = state.get("route") or getattr(scope.get("route"), "path", "other")
            if route != "/v1/events":
                method = scope["method"] if scope["method"] in _METHODS else "other"
                seconds = time.perf_counter() - started
                REQUESTS.labels(method, route, status).observe(seconds)
            if "cache" in state:
                CACHE.labels(state["cache"]).inc()


def registry() -> CollectorRegistry:
    """Return what is to be told: of this process, or of all workers together."""
    if shared_metrics_dir() is None:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def update(app: FastAPI) -> None:
    """Set what is not counted but is so: the data's age, the connections, what ails."""
    settings: Settings = app.state.settings
    services: Services = app.state.services
    live: Live = app.state.live
    protection: Protection = app.state.protection
    with suppress(NoGenerationError):
        generation = services.generations.current()
        AGE.set((settings.now() - generation.as_of).total_seconds())
        PUBLISHED.set(generation.published_at.timestamp())
    for way, count in live.connections.items():
        CONNECTIONS.labels(way).set(count)
    DEGRADED.labels("cache").set(services.cache.is_degraded)
    DEGRADED.labels("limiter").set(protection.limiter.is_degraded)
    DEGRADED.labels("audit").set(protection.auditor.is_failing)


@asynccontextmanager
async def keeping_gauges(app: FastAPI) -> AsyncIterator[None]:
    """Update the gauges while inside: another worker may be the one that is asked."""
    _forget_the_dead()
    task = asyncio.create_task(_keep(app))
    try:
        yield
    finally:
        task.cancel()
        if shared_metrics_dir() is not None:
            mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]


async def _keep(app: FastAPI) -> None:
    while True:
        await asyncio.to_thread(update, app)
        await asyncio.sleep(_UPDATE_EVERY_SECONDS)


def _forget_the_dead() -> None:
    """Take what workers that were killed said last out of the sums."""
    folder = shared_metrics_dir()
    if folder is None:
        return
    for path in folder.glob("gauge_live*.db"):
        pid = int(path.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
