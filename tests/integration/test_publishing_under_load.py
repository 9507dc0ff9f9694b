"""Twenty publications during ten thousand requests: no error, nothing mixed, never back in time."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from fastapi import FastAPI
from served import AS_OF, token
from whole import publication_of_everything, publish_whole

from reader.app import create_app
from warehouse.engines import engine_for
from warehouse.generations import store_for
from warehouse.settings import Settings, load_settings

PUBLICATIONS = 20
REQUESTS = 10_000
CLIENTS = 40
PART = REQUESTS / (PUBLICATIONS + 2)
# What the fixture publishes is the first generation, and bears no marks.
FIRST_MARK = 2

# Each holds the mark of its generation in every row.
ASKED = {
    "/v1/kpis?from=2026-11-01": "paying_customers",
    "/v1/kpis?grain=day&compare=previous": "paying_customers",
    "/v1/revenue/mrr": "customers_closing",
    "/v1/revenue/mrr?from=2026-10-01&limit=2": "customers_closing",
    "/v1/costs/providers": "calls",
}
MARKED = {
    "agg_kpis_daily": "paying_customers",
    "agg_mrr_monthly": "customers_closing",
    "agg_provider_daily": "calls",
    "fct_payments": "amount_minor",
}
# With these, twenty publications take seconds.
TABLES = {*MARKED, "dim_provider_rates", "fct_provider_usage", "fct_videos"}
# Of who walks a list or takes everything, so that they last over publications.
PAUSE_SECONDS = 0.05
WALKED, WALKED_MARK = "/v1/revenue/payments?limit=2", "amount_minor"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class History:
    """What was asked so far, and how it was answered."""

    asked: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    published: int = 0
    is_over: bool = False

    async def turn(self) -> None:
        """Wait until publishing keeps pace with asking."""
        while not self.is_over and self.asked > (self.published + 2) * PART:
            await asyncio.sleep(0.01)


async def ask(app: FastAPI, bearer: str, address: str, tag: str | None = None) -> Answer:
    """Send one request to an application in this process."""
    path, _, query = address.partition("?")
    headers = [(b"authorization", f"Bearer {bearer}".encode()), (b"host", b"reader")]
    if tag:
        headers.append((b"if-none-match", tag.encode()))
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("reader", 80),
    }
    got: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        got.append(message)
        # As on a network, others get their turn.
        await asyncio.sleep(0)

    await app(scope, receive, send)
    body = b"".join(part.get("body", b"") for part in got[1:])
    assert not got[-1].get("more_body")
    named = {name.decode(): value.decode() for name, value in got[0]["headers"]}
    return Answer(got[0]["status"], named, body)


@pytest.fixture
def settings(tmp_path) -> Settings:
    made = load_settings(tillhouse_home=tmp_path / "home", reader_rate_limit=1_000_000_000)
    publish_whole(made)
    return made


def mark_of(generation_id: str) -> int:
    """Return the number that a generation's id begins with, which is in all its marked rows."""
    return int(generation_id.partition("-")[0])


def publish_marked(settings: Settings, mark: int) -> None:
    """Publish a generation in which every marked row says which it is."""
    with engine_for(settings).connect() as connection:
        for table, column in MARKED.items():
            connection.execute(f"update build.{table} set {column} = {mark}")
    as_of = AS_OF + timedelta(minutes=mark)
    everything = publication_of_everything(as_of)
    tables = tuple(table for table in everything.tables if table.name in TABLES)
    generation = store_for(settings).publish(replace(everything, tables=tables), as_of)
    assert mark_of(generation.id) == mark


def check_rows(answer: Answer, column: str) -> None:
    body = json.loads(answer.body)
    generation = answer.headers["x-generation"]
    assert body["meta"]["generation"] == generation
    assert body["data"]
    for row in body["data"]:
        assert row[column] == mark_of(generation), (generation, row)


async def reads(app: FastAPI, bearer: str, number: int, history: History) -> None:
    """Ask like a dashboard: again and again, with the tag of the last time."""
    tags: dict[str, str] = {}
    newest = ""
    addresses = list(ASKED)
    for address in cycle(addresses[number % len(ASKED) :] + addresses[: number % len(ASKED)]):
        if history.is_over and history.asked >= REQUESTS:
            return
        await history.turn()
        answer = await ask(app, bearer, address, tags.get(address))
        history.asked += 1
        history.outcomes[answer.headers.get("x-cache", str(answer.status))] += 1
        assert answer.status in (200, 304), answer.body
        assert answer.headers["x-generation"] >= newest, "back in time"
        newest = answer.headers["x-generation"]
        tags[address] = answer.headers["etag"]
        if answer.status == 200:
            check_rows(answer, ASKED[address])


async def walks(app: FastAPI, bearer: str, history: History) -> int:
    """Walk a list page by page, over and over; return how many walks saw it whole."""
    done = 0
    while not history.is_over:
        cursor, seen, generations = "", [], set()
        while cursor is not None:
            answer = await ask(app, bearer, f"{WALKED}{cursor and f'&cursor={cursor}'}")
            assert answer.status == 200, answer.body
            check_rows(answer, WALKED_MARK)
            page = json.loads(answer.body)
            seen += [row["charge_id"] for row in page["data"]]
            generations.add(answer.headers["x-generation"])
            cursor = page["next_cursor"]
            await asyncio.sleep(PAUSE_SECONDS)
        assert len(seen) == len(set(seen)) == 12
        assert len(generations) == 1
        done += 1
    return done


async def exports(app: FastAPI, bearer: str, history: History) -> int:
    """Take everything, over and over; return how often it was of one generation."""
    done = 0
    while not history.is_over:
        answer = await ask(app, bearer, "/v1/export.zip?from=2020-01-01&format=csv")
        assert answer.status == 200, answer.body
        generation = answer.headers["x-generation"]
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            assert archive.testzip() is None
            manifest = json.loads(archive.read("MANIFEST.json"))
            assert manifest["generation"] == generation
            payments = archive.read("fct_payments.csv").decode().splitlines()
        column = payments[0].split(",").index("amount_minor")
        marks = {line.split(",")[column] for line in payments[1:]}
        assert marks == {str(mark_of(generation))}
        done += 1
        await asyncio.sleep(PAUSE_SECONDS)
    return done


async def publishes(settings: Settings, history: History) -> None:
    """Publish again each time that a part of the requests has been answered."""
    for number in range(1, PUBLICATIONS + 1):
        while history.asked < number * PART:
            await asyncio.sleep(0.005)
        await asyncio.to_thread(publish_marked, settings, FIRST_MARK + number)
        history.published = number
    history.is_over = True


def test_readers_notice_publications_by_their_data_alone(settings):
    history = History()
    publish_marked(settings, FIRST_MARK)
    app = create_app(settings)
    bearers = [token(settings, sub=f"client {n}") for n in range(CLIENTS)]
    exporter = token(settings, sub="exports", scopes=["read", "customers", "export"])

    async def everything() -> list[Any]:
        async with asyncio.TaskGroup() as group:
            group.create_task(publishes(settings, history))
            for number, bearer in enumerate(bearers):
                group.create_task(reads(app, bearer, number, history))
            walked = [group.create_task(walks(app, bearer, history)) for bearer in bearers[:2]]
            exported = group.create_task(exports(app, exporter, history))
        return [sum(task.result() for task in walked), exported.result()]

    walked, exported = asyncio.run(everything())
    assert history.asked >= REQUESTS
    assert walked > 2
    assert exported > 2
    # Each generation's answers were worked out once, however many asked at once.
    assert history.outcomes["miss"] <= len(ASKED) * (PUBLICATIONS + 1)
    assert history.outcomes["stale"] == 0
