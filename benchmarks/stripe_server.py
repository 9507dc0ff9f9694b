"""A Stripe account of any size, served fast: objects of the sandbox company, repeated.

Only what a pull asks for is there: lists newest first with `limit`, `starting_after` and `created`
bounds, objects by id, the account, and events: one when it starts, and one for each object that
`GET /_change/1000` changes. Run it as a process of its own, so that its work is not counted with
the client's:

    python -m benchmarks.stripe_server --port 8421 --objects 100000
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import orjson
import uvicorn

from sandbox.company import build_world
from sandbox.stripe_api import RateLimits
from sandbox.stripe_api.errors import ApiError
from sandbox.stripe_api.render import render
from sandbox.stripe_api.resources import RESOURCES

SPAN = 2 * 365 * 24 * 3600
# Half of a video company's objects are these; 3 kB each, as Stripe's own examples are.
LISTED = ("charge", "invoice", "checkout.session", "subscription", "payment_intent")
# What is small besides: with these an account is mixed as the company's own is, 1.5 kB an object.
_MIXED = (*LISTED, "balance_transaction", "invoice_payment", "customer")
_PAGE = 100
# Who asks for the objects of one parent gets none: the account's objects have no parents.
_UNDERSTOOD = {"limit", "status", "expand[]", "starting_after", "created[gte]", "created[lt]"}
_MISSING = b'{"error":{"type":"invalid_request_error","code":"resource_missing","param":"id"}}'


@dataclass
class Kind:
    """One type: where its list is, and what its objects look like."""

    path: str
    prefix: str
    template: bytes
    count: int

    def body(self, number: int, created: int) -> bytes:
        """Return the object of a number, counted from the oldest."""
        return self.named(f"{self.prefix}{number:024d}", created)

    def named(self, object_id: str, created: int) -> bytes:
        """Return an object of an id."""
        body = self.template.replace(b"@id@", object_id.encode())
        return body.replace(b'"@created@"', b"%d" % created)


@dataclass
class Account:
    """Answers a GET with a body; counts what was asked."""

    objects: int
    limits: RateLimits | None = None
    mixed: bool = False
    kinds: dict[str, Kind] = field(default_factory=dict)
    asked: Counter[int] = field(default_factory=Counter)
    events: list[tuple[int, str, bytes]] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    given: Counter[str] = field(default_factory=Counter)
    ended_at: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take one object of each type from the sandbox company as its template."""
        day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        world = build_world(seed=7, customers=40, day=day - timedelta(days=1))
        self.newest = int(day.timestamp())
        self.account = render(_only(world.store, "account"), {}, world.store)
        self.balance = render(_only(world.store, "balance"), {}, world.store)
        counts = self._counts(world.store)
        for resource in RESOURCES:
            rows = list(world.store.table(resource.kind).rows.values())
            if not rows or "{id}" in resource.path or resource.kind in {"account", "event"}:
                continue
            rows.sort(key=lambda row: len(row.body))
            obj = render(rows[len(rows) // 2 if self.mixed else -1].load(), {}, world.store)
            prefix = obj["id"].split("_")[0] + "_"
            count = counts.get(resource.kind, 0)
            template = orjson.dumps({**obj, "id": "@id@", "created": "@created@"})
            self.kinds[resource.path] = Kind(resource.path, prefix, template, count)
        self.change(1)

    def _counts(self, store: Any) -> dict[str, int]:
        """Return how many objects each type has."""
        kinds = _MIXED if self.mixed else LISTED
        shares = {kind: len(store.table(kind).rows) if self.mixed else 1 for kind in kinds}
        return {
            kind: self.objects * share // sum(shares.values()) for kind, share in shares.items()
        }

    def change(self, count: int) -> None:
        """Let so many objects change just now: each has an event, and is another when read."""
        now = int(time.time())
        full = [kind for kind in self.kinds.values() if kind.count]
        for number in range(len(self.events), len(self.events) + count):
            kind = random.choice(full)
            changed = orjson.loads(kind.body(random.randrange(kind.count), now))
            event_id = f"evt_{number:024d}"
            event = {
                "id": event_id,
                "object": "event",
                "type": f"{changed['object']}.updated",
                "created": now,
                "livemode": False,
                "data": {"object": changed},
            }
            self.events.append((now, event_id, orjson.dumps(event)))

    def answer(self, path: str, query: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        if self.limits:
            try:
                self.limits.check(path)
            except ApiError as error:
                self.asked[error.status] += 1
                return error.status, orjson.dumps(error.body())
        if self.given or path in self.kinds:
            self.asked_at.append(time.monotonic())
        status, body = self._answer(path, query)
        self.asked[status] += 1
        return status, body

    def _answer(self, path: str, query: str) -> tuple[int, bytes]:
        if path.startswith("/_"):
            return 200, orjson.dumps(self._told(path))
        if path in {"/v1/account", "/v1/balance"}:
            return 200, orjson.dumps(self.account if path == "/v1/account" else self.balance)
        if path in self.kinds or path == "/v1/events":
            asked = parse_qs(query)
            kind = self.kinds.get(path)
            return 200, self._page(kind, asked) if kind else self._events(asked)
        parent, _, object_id = path.rpartition("/")
        if parent == "/v1/events":
            found = [(200, body) for _, event_id, body in self.events if event_id == object_id]
            return next(iter(found), (404, _MISSING))
        if parent in self.kinds and "_" in object_id:
            return 200, self.kinds[parent].named(object_id, self.newest)
        return 200, _list(b"", more=False)

    def _told(self, path: str) -> dict[str, int]:
        """Do what the benchmark asks for; return how many requests were answered, by status."""
        if path.startswith("/_change/"):
            self.change(int(path.rpartition("/")[2]))
        if path == "/_limits/on":
            self.limits = RateLimits()
        if path.startswith("/_kept/"):
            return self._kept(*map(int, path.split("/")[2:]))
        return {str(status): n for status, n in self.asked.items()}

    def _kept(self, budget: int, lists: int) -> dict[str, int]:
        """Return how much of a budget was used while so many lists had pages left.

        Args:
            budget: requests a second.
            lists: how many it takes to use it up, as each has a limit of its own.
        """
        began, ended = self.asked_at[0], sorted(self.ended_at)[-lists]
        within = sum(began <= at < ended for at in self.asked_at)
        return {
            "seconds": round(ended - began),
            "percent": round(100 * within / (budget * (ended - began))),
        }

    def _events(self, query: dict[str, list[str]]) -> bytes:
        low = int(query.get("created[gte]", ["0"])[0])
        high = int(query.get("created[lt]", [str(2**40)])[0])
        rows = [(i, body) for at, i, body in reversed(self.events) if low <= at < high]
        if "starting_after" in query:
            ids = [i for i, _ in rows]
            rows = rows[ids.index(query["starting_after"][0]) + 1 :]
        page = rows[: min(int(query.get("limit", ["10"])[0]), _PAGE)]
        return _list(b",".join(body for _, body in page), more=len(rows) > len(page))

    def _page(self, kind: Kind, query: dict[str, list[str]]) -> bytes:
        if not _UNDERSTOOD.issuperset(query):
            return _list(b"", more=False)
        step = SPAN / max(kind.count, 1)
        begin = self.newest - SPAN

        def created(number: int) -> int:
            return begin + int(number * step)

        low, high = 0, kind.count
        if "created[gte]" in query:
            low = max(low, _first(int(query["created[gte]"][0]), created, kind.count))
        if "created[lt]" in query:
            high = min(high, _first(int(query["created[lt]"][0]), created, kind.count))
        if "starting_after" in query:
            high = min(high, int(re.sub(r"\D", "", query["starting_after"][0]) or 0))
        first = max(low, high - min(int(query.get("limit", ["10"])[0]), _PAGE))
        rows = [kind.body(number, created(number)) for number in range(high - 1, first - 1, -1)]
        self.given[kind.path] += len(rows)
        if rows and self.given[kind.path] == kind.count:
            self.ended_at.append(time.monotonic())
        return _list(b",".join(rows), more=first > low)


def _list(rows: bytes, *, more: bool) -> bytes:
    has_more = b"true" if more else b"false"
    return b'{"object":"list","data":[%s],"has_more":%s,"url":""}' % (rows, has_more)


def _first(at: int, created: Callable[[int], int], count: int) -> int:
    """Return the number of the first object created at or after an epoch."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if created(middle) < at else (low, middle)
    return low


def _only(store: Any, kind: str) -> Any:
    return next(iter(store.table(kind).rows.values())).load()


def application(account: Account) -> Callable[..., Any]:
    """Return the account as an ASGI application."""

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        status, body = account.answer(scope["path"], scope["query_string"].decode())
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        if status == 429:
            reason = b"endpoint-rate" if b"endpoint" in body else b"global-rate"
            headers += [(b"retry-after", b"1"), (b"stripe-rate-limited-reason", reason)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8421)
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--limits", action="store_true", help="Stripe's limits: 100/s, 25/s a list")
    parser.add_argument("--mixed", action="store_true", help="small objects too, as a company has")
    chosen = parser.parse_args()
    limits = RateLimits() if chosen.limits else None
    account = Account(chosen.objects, limits, mixed=chosen.mixed)
    config = uvicorn.Config(
        application(account), port=chosen.port, log_level="critical", lifespan="off", ws="none"
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
