"""Real clients of Server-Sent Events and Socket.IO, real workers, a real Redis between them."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
import socketio
from redis_server import RedisServer, redis_server
from running_reader import RunningReader, running_reader
from served import AS_OF, publish, token

from warehouse.operations import ApiKeys, OperationsStore
from warehouse.settings import Settings, load_settings

OTHER_PAGE = "https://other.example"
PAYMENTS = "payments.recent"
POLLING = "/socket.io/?EIO=4&transport=polling"
_hours = count(1)


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def settings(tmp_path_factory, redis: RedisServer) -> Settings:
    made = load_settings(
        tillhouse_home=tmp_path_factory.mktemp("home"),
        redis_url=redis.url,
        reader_allowed_origins=OTHER_PAGE,
    )
    publish(made)
    return made


@pytest.fixture(scope="module")
def reader(settings: Settings):
    with running_reader(settings, "--workers", "2") as running:
        yield running


def publish_next(settings: Settings) -> str:
    return publish(settings, AS_OF + timedelta(hours=next(_hours)))


def token_of(settings: Settings, name: str, **claims: Any) -> str:
    return token(settings, sub=name, **claims)


def soon(seconds: float) -> int:
    return int((datetime.now(UTC) + timedelta(seconds=seconds)).timestamp())


class Stream:
    """One connection to /v1/events."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[str, dict[str, Any], str | None]:
        """Return name, data and id of the next event; None as its data at the end."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(20):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if line and name in ("event", "data", "id"):
                    fields[name] = value
                elif not line and "data" in fields:
                    return fields["event"], json.loads(fields["data"]), fields.get("id")
        return "end", {}, None

    async def until(self, name: str) -> tuple[dict[str, Any], str | None]:
        """Return data and id of the next event of a name."""
        while True:
            got, data, event_id = await self.next()
            assert got != "end"
            if got == name:
                return data, event_id


@asynccontextmanager
async def stream(url: str, bearer: str, **headers: str) -> AsyncIterator[Stream]:
    sent = {"Authorization": f"Bearer {bearer}", **headers}
    async with (
        httpx.AsyncClient(timeout=30) as client,
        client.stream("GET", f"{url}/v1/events", headers=sent) as response,
    ):
        yield Stream(response)


class Client:
    """One Socket.IO client and what it was told."""

    def __init__(self) -> None:
        self.socket = socketio.AsyncClient(reconnection=False)
        self.events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self.is_over = asyncio.Event()
        self.socket.on("*", self._take)
        self.socket.on("disconnect", self._end)

    async def _take(self, name: str, data: dict[str, Any]) -> None:
        await self.events.put((name, data))

    async def _end(self, *_: object) -> None:
        self.is_over.set()

    async def until(self, name: str) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while True:
                got, data = await self.events.get()
                if got == name:
                    return data


@asynccontextmanager
async def connected(url: str, auth: Any = None, **options: Any) -> AsyncIterator[Client]:
    client = Client()
    ways = options.pop("transports", ["websocket"])
    await client.socket.connect(url, auth=auth, transports=ways, wait_timeout=20, **options)
    try:
        yield client
    finally:
        await client.socket.disconnect()


def run(work: Callable[[], Any]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(60):
            await work()

    asyncio.run(limited())


def test_every_listener_of_every_worker_hears_of_a_publication(settings, reader, redis):
    async def listen() -> None:
        async with AsyncExitStack() as stack:
            streams, clients = [], []
            for number in range(8):
                bearer = token_of(settings, f"listener {number}")
                streams.append(await stack.enter_async_context(stream(reader.url, bearer)))
                client = connected(reader.url, {"token": bearer})
                clients.append(await stack.enter_async_context(client))
            for listener in (*streams, *clients):
                # The end of the current state.
                await listener.until(PAYMENTS)
            assert dict(redis.client.pubsub_numsub("tillhouse:live"))[b"tillhouse:live"] == 2
            newer = await asyncio.to_thread(publish_next, settings)
            for one in streams:
                data, event_id = await one.until("generation.published")
                assert (data["generation"], event_id, data["snapshot"]) == (newer, newer, False)
            for other in clients:
                data = await other.until("generation.published")
                assert (data["generation"], data["snapshot"]) == (newer, False)
            async with httpx.AsyncClient(timeout=30) as http:
                headers = {"Authorization": f"Bearer {token(settings)}"}
                for way in ("sse", "socketio"):
                    wanted = f'tillhouse_live_connections{{way="{way}"}} 8.0'
                    async with asyncio.timeout(20):
                        while True:
                            told = await http.get(f"{reader.url}/metrics", headers=headers)
                            if wanted in told.text:
                                break
                            await asyncio.sleep(0.5)

    run(listen)


def test_who_comes_back_is_told_what_it_missed(settings, reader):
    async def come_back() -> None:
        bearer = token_of(settings, "comes back")
        async with stream(reader.url, bearer) as first:
            assert first.response.headers["content-type"].startswith("text/event-stream")
            name, data, _ = await first.next()
            assert (name, data["snapshot"]) == ("generation.published", True)
            _, last_id = await first.until(PAYMENTS)
            assert last_id == data["generation"]
        known = {"Last-Event-ID": last_id}
        async with stream(reader.url, bearer, **known) as second:
            assert (await second.next())[0] == PAYMENTS
        newer = await asyncio.to_thread(publish_next, settings)
        async with asyncio.timeout(20):
            while True:
                # A worker may not have looked yet: then it tells in a second.
                async with stream(reader.url, bearer, **known) as third:
                    data, _ = await third.until("generation.published")
                    assert (data["generation"], data["snapshot"]) == (newer, False)
                    return

    run(come_back)


def test_a_listener_ends_with_its_token(settings, reader):
    async def expire() -> None:
        bearer = token_of(settings, "short", exp=soon(4))
        async with (
            stream(reader.url, bearer) as listener,
            connected(reader.url, {"token": bearer}) as client,
        ):
            while (await listener.next())[0] != "end":
                pass
            async with asyncio.timeout(20):
                await client.is_over.wait()
        async with stream(reader.url, bearer) as again:
            assert again.response.status_code == 401

    run(expire)


def test_a_listener_ends_with_its_key(settings, reader):
    async def revoke() -> None:
        keys = ApiKeys(OperationsStore(settings))
        key = keys.create("listens")
        async with (
            stream(reader.url, key) as listener,
            connected(reader.url, headers={"Authorization": f"Bearer {key}"}) as client,
        ):
            await listener.until(PAYMENTS)
            keys.revoke(keys.all()[-1].key_id)
            while (await listener.next())[0] != "end":
                pass
            async with asyncio.timeout(20):
                await client.is_over.wait()

    run(revoke)


@pytest.mark.parametrize(
    ("role", "headers", "query"),
    [
        ("USER", {}, ""),
        ("expired", {}, ""),
        ("none", {}, ""),
        ("in the query", {}, "?token={0}"),
        ("ADMIN", {"Origin": "https://evil.example"}, ""),
    ],
)
def test_strangers_are_not_connected(settings, reader, role, headers, query):
    made = {
        "USER": token_of(settings, "stranger", role="USER"),
        "expired": token_of(settings, "stranger", exp=soon(-10)),
        "ADMIN": token_of(settings, "stranger"),
    }
    auth = {"token": made[role]} if role in made else None
    address = reader.url + query.format(made["ADMIN"])

    async def refused() -> None:
        with pytest.raises(socketio.exceptions.ConnectionError):
            async with connected(address, auth, headers=headers):
                pass

    run(refused)


def test_pages_of_named_origins_are_connected(settings, reader):
    async def come() -> None:
        auth = {"token": token_of(settings, "other page")}
        async with connected(reader.url, auth, headers={"Origin": OTHER_PAGE}) as client:
            await client.until("generation.published")

    run(come)


def test_one_principal_opens_so_many_and_no_more(settings, tmp_path):
    alone = load_settings(tillhouse_home=tmp_path / "home")
    publish(alone)

    async def open_many(running: RunningReader) -> None:
        bearer = token_of(alone, "greedy")
        async with AsyncExitStack() as stack:
            # Kept, since a stream that nobody holds is closed.
            streams = []
            for _ in range(7):
                one = await stack.enter_async_context(stream(running.url, bearer))
                streams.append(one)
                await one.until(PAYMENTS)
            polling = connected(running.url, headers={"Authorization": f"Bearer {bearer}"})
            client = await stack.enter_async_context(polling)
            await client.until(PAYMENTS)
            async with stream(running.url, bearer) as refused:
                assert refused.response.status_code == 429
                assert int(refused.response.headers["retry-after"]) > 0
            with pytest.raises(socketio.exceptions.ConnectionError):
                async with connected(running.url, {"token": bearer}):
                    pass
            async with stream(running.url, token_of(alone, "modest")) as other:
                await other.until(PAYMENTS)
            # Told to end, the server ends what never ends by itself, and then itself.
            running.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(20):
                await client.is_over.wait()
            assert await asyncio.to_thread(running.process.wait, 20) == 0

    with running_reader(alone) as running:
        run(lambda: open_many(running))


def test_clients_that_begin_with_polling_are_taken_by_a_single_process(tmp_path):
    alone = load_settings(tillhouse_home=tmp_path / "home")
    publish(alone)

    async def poll(running: RunningReader) -> None:
        headers = {"Authorization": f"Bearer {token_of(alone, 'polls')}"}
        ways = ["polling", "websocket"]
        async with connected(running.url, headers=headers, transports=ways) as client:
            await client.until(PAYMENTS)
            newer = await asyncio.to_thread(publish_next, alone)
            assert (await client.until("generation.published"))["generation"] == newer
        # Asked by hand, since the library reads why off a connection that it has closed.
        async with httpx.AsyncClient(base_url=running.url, timeout=30) as http:
            assert (await http.get(POLLING)).status_code == 401

    with running_reader(alone) as running:
        run(lambda: poll(running))


def test_redis_away_costs_a_second_at_most(settings, reader, redis):
    async def listen() -> None:
        async with stream(reader.url, token_of(settings, "patient")) as one:
            await one.until(PAYMENTS)
            redis.kill()
            newer = await asyncio.to_thread(publish_next, settings)
            data, _ = await one.until("generation.published")
            assert data["generation"] == newer

    run(listen)
