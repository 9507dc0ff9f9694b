"""What is kept of answers: for how long, how much, for whom, and what happens when it fails."""

from __future__ import annotations

import asyncio
import gzip
import threading
from datetime import timedelta

import duckdb
import httpx
import pytest
from served import AS_OF, Client, client_for, publish, token

from reader.app import create_app
from reader.breaker import Breaker
from reader.cache.answers import Answer, sealed, unsealed
from reader.cache.flights import AbandonedError, Flights
from reader.cache.memory import Memory
from reader.database import Connection
from reader.errors import NotFoundError, QueryTimeoutError
from warehouse.settings import load_settings

KEY = b"k" * 32
NAME = "dash:v1:g1:d1"
ANSWER = Answer.of("g1", {"Content-Type": "text/csv"}, b"a,b\r\n" * 1000)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def fresh(tmp_path):
    """Publish into a home of its own; return a client, and the settings."""
    settings = load_settings(tillhouse_home=tmp_path / "home")
    publish(settings)
    return client_for(settings), settings


def outcome(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("x-cache")


def count_queries(monkeypatch, gate: threading.Event | None = None) -> list[str]:
    """Note every query that runs; let it go on once the gate is open."""
    ran: list[str] = []
    fetch = Connection.fetch

    def noted(self: Connection, sql: str, parameters: object = ()) -> object:
        ran.append(sql)
        if gate is not None:
            gate.wait(10)
        return fetch(self, sql, parameters)

    monkeypatch.setattr(Connection, "fetch", noted)
    return ran


def break_queries(monkeypatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Connection, "fetch", fail)


def test_the_second_time_no_query_runs(fresh, monkeypatch):
    client, _ = fresh
    first = client.get("/v1/kpis?from=2026-09-01")
    ran = count_queries(monkeypatch)
    second = client.get("/v1/kpis?from=2026-09-01")
    assert (outcome(first), outcome(second)) == ((200, "miss"), (200, "hit"))
    assert second.content == first.content
    assert ran == []
    differing = {"x-cache", "server-timing", "x-request-id"}
    assert {k: v for k, v in second.headers.items() if k not in differing} == {
        k: v for k, v in first.headers.items() if k not in differing
    }
    assert "cache;desc=hit" in second.headers["server-timing"]


@pytest.mark.parametrize("form", ["json", "csv", "parquet", "arrow"])
def test_each_form_is_kept_by_itself(fresh, form):
    client, _ = fresh
    address = f"/v1/kpis?from=2026-09-01&format={form}"
    first, second = client.get(address), client.get(address)
    assert (outcome(first), outcome(second)) == ((200, "miss"), (200, "hit"))
    assert second.content == first.content
    assert second.headers["content-type"] == first.headers["content-type"]


def test_other_words_for_the_same_question_share_its_answer(fresh):
    client, _ = fresh
    assert outcome(client.get("/v1/kpis?from=2026-09-01&grain=day")) == (200, "miss")
    assert outcome(client.get("/v1/kpis?grain=day&from=2026-09-01")) == (200, "hit")


def test_scopes_do_not_share_answers(fresh):
    client, settings = fresh
    assert outcome(client.get("/v1/kpis")) == (200, "miss")
    narrow = Client(client.app, token(settings, scopes=["read"]))
    assert outcome(narrow.get("/v1/kpis")) == (200, "miss")
    assert outcome(narrow.get("/v1/kpis")) == (200, "hit")


def test_what_is_kept_is_not_served_to_strangers(fresh):
    client, settings = fresh
    tag = client.get("/v1/kpis").headers["etag"]
    stranger = Client(client.app, None)
    for headers in ({}, {"If-None-Match": tag}):
        assert stranger.get("/v1/kpis", headers=headers).status_code == 401
    user = Client(client.app, token(settings, role="USER"))
    assert user.get("/v1/kpis", headers={"If-None-Match": tag}).status_code == 403


def test_a_new_generation_is_asked_anew_at_once(fresh):
    client, settings = fresh
    assert outcome(client.get("/v1/kpis")) == (200, "miss")
    tag = client.get("/v1/kpis").headers["etag"]
    newer = publish(settings, AS_OF + timedelta(hours=1))
    answer = client.get("/v1/kpis", headers={"If-None-Match": tag})
    assert outcome(answer) == (200, "miss")
    assert answer.headers["x-generation"] == answer.json()["meta"]["generation"] == newer


def test_what_changes_with_the_clock_is_not_kept(fresh):
    client, _ = fresh
    for _ in range(2):
        assert outcome(client.get("/v1/freshness")) == (200, "bypass")


def test_off_means_that_every_query_runs_and_304_still_costs_none(tmp_path, monkeypatch):
    settings = load_settings(tillhouse_home=tmp_path / "home", enable_dashboard_cache=False)
    publish(settings)
    client = client_for(settings)
    first = client.get("/v1/kpis")
    ran = count_queries(monkeypatch)
    assert outcome(first) == outcome(client.get("/v1/kpis")) == (200, "bypass")
    assert ran
    ran.clear()
    tag = {"If-None-Match": first.headers["etag"]}
    assert client.get("/v1/kpis", headers=tag).status_code == 304
    assert ran == []


def test_browsers_get_what_was_compressed_once(fresh, monkeypatch):
    client, _ = fresh
    address = "/v1/kpis?from=2026-09-01"
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers

    def no_more(*_: object, **__: object) -> bytes:
        raise AssertionError("compressed again")

    monkeypatch.setattr(gzip, "compress", no_more)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.content == plain.content


@pytest.mark.parametrize("is_known", [True, False])
def test_many_at_once_run_one_query(fresh, monkeypatch, is_known):
    client, settings = fresh
    if is_known:
        client.get("/v1/kpis")
        publish(settings, AS_OF + timedelta(hours=1))
    alone = count_queries(monkeypatch)
    client_for(settings).get("/v1/kpis")
    gate = threading.Event()
    ran = count_queries(monkeypatch, gate)

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(client.app)
        headers = {"Authorization": f"Bearer {client.bearer}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://reader", headers=headers
        ) as many:
            asked = [asyncio.create_task(many.get("/v1/kpis")) for _ in range(30)]
            while not ran:
                await asyncio.sleep(0.01)
            gate.set()
            return await asyncio.gather(*asked)

    alone_queries = len(alone)
    answers = asyncio.run(ask())
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sorted(answer.headers["x-cache"] for answer in answers) == ["hit"] * 29 + ["miss"]
    assert len(ran) == alone_queries


@pytest.mark.parametrize("error", [duckdb.Error("gone"), QueryTimeoutError("slow")])
def test_a_fault_is_answered_from_the_generation_before(fresh, monkeypatch, error):
    client, settings = fresh
    before = client.get("/v1/kpis")
    newer = publish(settings, AS_OF + timedelta(hours=1))
    break_queries(monkeypatch, error)
    stale = client.get("/v1/kpis")
    assert outcome(stale) == (200, "stale")
    assert stale.content == before.content
    assert stale.headers["x-generation"] == stale.json()["meta"]["generation"] != newer
    monkeypatch.undo()
    healed = client.get("/v1/kpis", headers={"If-None-Match": stale.headers["etag"]})
    assert (outcome(healed), healed.headers["x-generation"]) == ((200, "miss"), newer)


def test_a_fault_without_an_older_answer_is_told_as_it_is(fresh, monkeypatch):
    client, _ = fresh
    break_queries(monkeypatch, QueryTimeoutError("slow"))
    answer = client.get("/v1/kpis")
    assert (answer.status_code, answer.json()["code"]) == (503, "query_timeout")


def test_a_refusal_is_never_covered_by_an_older_answer(fresh, monkeypatch):
    client, settings = fresh
    client.get("/v1/kpis")
    publish(settings, AS_OF + timedelta(hours=1))
    break_queries(monkeypatch, NotFoundError("no such customer"))
    assert client.get("/v1/kpis").status_code == 404


def test_an_answer_counts_for_its_time_and_is_kept_for_need():
    clock = Clock()
    memory = Memory(100, clock=clock)
    memory.put("d1", ANSWER)
    clock.now += 89
    assert memory.get("g1", "d1") is ANSWER
    assert memory.get("g2", "d1") is None
    clock.now += 22
    assert memory.get("g1", "d1") is None
    assert memory.older("d1") is ANSWER


def test_what_was_put_together_does_not_fall_due_together():
    clock = Clock()
    memory = Memory(100, clock=clock)
    for number in range(100):
        memory.put(f"d{number}", ANSWER)
    clock.now += 100
    assert 0 < sum(memory.get("g1", f"d{n}") is not None for n in range(100)) < 100


def test_memory_is_bounded_and_what_was_used_last_stays():
    memory = Memory(100, most_bytes=ANSWER.size * 3)
    for name in ("a", "b", "c"):
        memory.put(name, ANSWER)
    assert memory.get("g1", "a")
    memory.put("d", ANSWER)
    assert [name for name in "abcd" if memory.get("g1", name)] == ["a", "c", "d"]
    assert memory.bytes == ANSWER.size * 3
    memory.put("large", Answer.of("g1", {}, b"x" * (memory.bytes + 1)))
    assert memory.get("g1", "large") is None
    assert memory.bytes == ANSWER.size * 3


def test_what_travelled_is_the_same():
    assert unsealed(sealed(ANSWER, NAME, KEY), NAME, KEY) == ANSWER


def test_a_value_counts_only_as_it_was_written_and_where():
    value = sealed(ANSWER, NAME, KEY)
    flipped = [value[:n] + bytes([value[n] ^ 1]) + value[n + 1 :] for n in (0, 31, 32, 60, -1)]
    for other in (*flipped, value[:-1], value + b" ", value[:31], b"", None, "text", 7):
        assert unsealed(other, NAME, KEY) is None
    assert unsealed(value, "dash:v1:g2:d1", KEY) is None
    assert unsealed(value, NAME, b"x" * 32) is None


def test_an_abandoned_flight_is_asked_anew():
    flights: Flights[int] = Flights()
    mine = flights.join("a")
    other = flights.join("a")
    assert (mine.is_mine, other.is_mine) == (True, False)
    flights.fail(mine, AbandonedError())
    flights.land(mine, 1)
    with pytest.raises(AbandonedError):
        other.future.result(0)
    assert flights.join("a").is_mine


def test_a_breaker_opens_tries_now_and_then_and_closes(caplog):
    clock = Clock()
    breaker = Breaker("it", failures=3, rest_seconds=5, clock=clock)
    for _ in range(2):
        breaker.failed(OSError("away"))
    breaker.succeeded()
    for _ in range(3):
        assert breaker.allows()
        breaker.failed(OSError("away"))
    assert breaker.is_open
    assert not breaker.allows()
    clock.now += 5
    assert [breaker.allows() for _ in range(3)] == [True, False, False]
    breaker.failed(OSError("away"))
    assert not breaker.allows()
    clock.now += 5
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    assert not breaker.is_open
    assert len(caplog.records) == 2


def test_a_home_without_data_says_so_and_then_serves(tmp_path):
    settings = load_settings(tillhouse_home=tmp_path / "home")
    client = Client(create_app(settings), token(settings))
    answer = client.get("/v1/kpis")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_generation")
    publish(settings)
    assert outcome(client.get("/v1/kpis")) == (200, "miss")
