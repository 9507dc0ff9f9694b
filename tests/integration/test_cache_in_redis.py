"""Several workers, one Redis: shared when it works; killed, paused, emptied, full, or lying."""

from __future__ import annotations

import asyncio
import threading
import time
import weakref
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
from redis_server import RedisServer, redis_server
from served import AS_OF, Client, publish, token

from reader.app import create_app
from reader.breaker import FAILURES, REST_SECONDS
from reader.cache.shared import SharedAnswers
from reader.database import Connection
from warehouse.settings import Settings, load_settings

ADDRESS = "/v1/kpis?from=2026-09-01"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with redis_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def settings(server: RedisServer, tmp_path) -> Settings:
    server.client.config_set("maxmemory", 0)
    server.client.flushall()
    made = load_settings(tillhouse_home=tmp_path / "home", redis_url=server.url)
    publish(made)
    return made


@pytest.fixture
def patient(monkeypatch) -> None:
    """Give Redis the time that it needs beside other tests."""
    monkeypatch.setattr("reader.cache.cache.SharedAnswers", partial(SharedAnswers, seconds=10))


class Worker(Client):
    """Another process, as far as memory goes: its event loop lives as long as its connections."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(create_app(settings), token(settings))
        self._runner = asyncio.Runner()
        weakref.finalize(self, self._runner.close)

    def run(self, sending: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        """Send one request to the end."""
        return self._runner.run(sending)


def asked(client: Client, address: str = ADDRESS) -> tuple[int, str]:
    answer = client.get(address)
    return answer.status_code, answer.headers["x-cache"]


def keys(server: RedisServer) -> list[bytes]:
    return [key for key in server.client.keys("dash:*") if not key.endswith(b":lock")]


def test_one_works_it_out_for_all(settings, server, patient, monkeypatch):
    first, second = Worker(settings), Worker(settings)
    assert asked(first) == (200, "miss")
    (key,) = keys(server)
    generation = first.get(ADDRESS).headers["x-generation"]
    assert key.startswith(f"dash:v1:{generation}:".encode())
    assert 0 < server.client.pttl(key) <= 330_000

    def no_query(*_: object) -> None:
        raise AssertionError("a query ran")

    monkeypatch.setattr(Connection, "fetch", no_query)
    assert asked(second) == (200, "hit")
    mine, other = (w.get(ADDRESS, headers={"Accept-Encoding": "gzip"}) for w in (first, second))
    assert mine.content == other.content
    assert mine.headers["content-encoding"] == other.headers["content-encoding"] == "gzip"


def test_a_publication_makes_new_names(settings, server, patient):
    first, second = Worker(settings), Worker(settings)
    assert asked(first) == (200, "miss")
    newer = publish(settings, AS_OF + timedelta(hours=1))
    assert asked(first) == (200, "miss")
    answer = second.get(ADDRESS)
    assert (answer.headers["x-cache"], answer.headers["x-generation"]) == ("hit", newer)
    assert len(keys(server)) == 2


def test_workers_do_not_run_the_same_query_at_once(settings, server, patient, monkeypatch):
    fetch, ran = Connection.fetch, []
    has_begun, may_end = threading.Event(), threading.Event()

    def slow(self: Connection, sql: str, parameters: object = ()) -> object:
        ran.append(sql)
        has_begun.set()
        may_end.wait(10)
        return fetch(self, sql, parameters)

    monkeypatch.setattr(Connection, "fetch", slow)
    may_end.set()
    asked(Worker(settings), "/v1/kpis?to=2026-10-02")
    queries = len(ran)
    ran.clear()
    has_begun.clear()
    may_end.clear()
    workers = [Worker(settings) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(asked, w, "/v1/kpis?to=2026-10-03") for w in workers]
        assert has_begun.wait(10)
        # The others have asked Redis by now, or find the answer there.
        may_end.set()
        outcomes = sorted(answer.result() for answer in answers)
    assert outcomes == [(200, "hit"), (200, "hit"), (200, "miss")]
    assert len(ran) == queries


def test_a_dead_worker_is_waited_for_a_moment_only(settings, server, patient):
    asked(Worker(settings))
    (key,) = keys(server)
    server.client.delete(key)
    server.client.set(key + b":lock", "dead", px=60_000)
    assert asked(Worker(settings)) == (200, "miss")
    assert server.client.exists(key)


def test_emptied_it_is_filled_again(settings, server, patient):
    asked(Worker(settings))
    server.client.flushall()
    assert asked(Worker(settings)) == (200, "miss")
    assert asked(Worker(settings)) == (200, "hit")


@pytest.mark.parametrize("kind", ["flipped", "moved", "another's", "list", "empty", "huge"])
def test_a_value_that_was_not_written_here_is_ignored(settings, server, patient, kind):
    right = Worker(settings).get(ADDRESS)
    asked(Worker(settings), "/v1/revenue/mrr")
    generation = right.headers["x-generation"]
    values = {key: server.client.get(key) for key in keys(server)}
    poisons = {
        "flipped": lambda value: value[:-9] + bytes([value[-9] ^ 1]) + value[-8:],
        "moved": lambda value: next(other for other in values.values() if other != value),
        "another's": lambda _: b"\0" * 36 + b'["%s",[]]{}' % generation.encode(),
        "empty": lambda _: b"",
        "huge": lambda _: b"\xff" * 5_000_000,
    }
    for key, value in values.items():
        server.client.delete(key)
        if kind == "list":
            server.client.rpush(key, "x")
        else:
            server.client.set(key, poisons[kind](value))
    answer = Worker(settings).get(ADDRESS)
    assert answer.status_code == 200
    assert answer.content == right.content


def test_a_secret_of_its_own_shares_nothing(settings, server, patient, tmp_path):
    asked(Worker(settings))
    secret = "another secret, of thirty-two bytes or more"
    other = load_settings(
        tillhouse_home=settings.tillhouse_home, redis_url=server.url, reader_jwt_secret=secret
    )
    assert asked(Worker(other)) == (200, "miss")


def test_full_it_is_done_without(settings, server, patient):
    server.client.config_set("maxmemory-policy", "noeviction")
    server.client.config_set("maxmemory", 1)
    client = Worker(settings)
    assert asked(client) == (200, "miss")
    assert asked(client) == (200, "hit")
    assert asked(Worker(settings)) == (200, "miss")
    assert not client.app.state.services.cache.is_degraded
    server.client.config_set("maxmemory", 0)
    assert asked(Worker(settings)) == (200, "miss")
    assert asked(Worker(settings)) == (200, "hit")


def test_paused_it_is_given_up_and_taken_up_again(settings, server, caplog, monkeypatch):
    client = Worker(settings)
    cache = client.app.state.services.cache
    breaker = cache._shared.breaker
    tries = Mock(wraps=breaker.failed)
    monkeypatch.setattr(breaker, "failed", tries)
    began = time.monotonic()
    with server.paused():
        for day in range(1, 31):
            assert asked(client, f"/v1/kpis?to=2026-10-{day:02}") == (200, "miss")
    assert cache.is_degraded
    # Had it not been given up, each of the thirty would have waited; now one a rest does.
    rests = (time.monotonic() - began) / REST_SECONDS
    assert FAILURES <= tries.call_count <= FAILURES + rests + 1
    assert sum("the cache in Redis" in record.message for record in caplog.records) == 1
    cache._shared.breaker._next_try = 0
    cache._shared._seconds = 10
    assert asked(client, "/v1/revenue/mrr") == (200, "miss")
    assert not cache.is_degraded


def test_killed_it_is_done_without_until_it_is_back(settings, tmp_path):
    with redis_server(tmp_path) as server:
        here = load_settings(tillhouse_home=settings.tillhouse_home, redis_url=server.url)
        client = Worker(here)
        asked(client)
        server.kill()
        for day in range(1, FAILURES + 2):
            assert asked(client, f"/v1/kpis?to=2026-10-{day:02}") == (200, "miss")
        assert asked(client) == (200, "hit")
        cache = client.app.state.services.cache
        assert cache.is_degraded
        server.restart()
        cache._shared.breaker._next_try = 0
        cache._shared._seconds = 10
        assert asked(client, "/v1/revenue/mrr") == (200, "miss")
        assert not cache.is_degraded
        assert len(keys(server)) == 1


def test_a_name_that_leads_nowhere_is_done_without(settings):
    lost = load_settings(
        tillhouse_home=settings.tillhouse_home, redis_url="redis://redis.invalid:6379/0"
    )
    client = Worker(lost)
    assert asked(client) == (200, "miss")
    assert asked(client) == (200, "hit")
