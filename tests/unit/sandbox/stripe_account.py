"""A small Stripe account made by hand, true to the SDK's classes, to test the API's behaviour."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import stripe
from stripe_sdk_schema import minimal

from sandbox.stripe_api import SANDBOX_KEY, ObjectStore, Serving, serve

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY = 24 * 3600
START = int(NOW.timestamp()) - 100 * DAY
"""100 days ago: the account's first second."""


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Account:
    """A store with a clock, and short ways to fill it."""

    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.store = ObjectStore(self.clock.now)

    def put(self, kind: str, object_id: str, created: int = START, **fields: Any) -> dict[str, Any]:
        """Put an object that has every field of its class."""
        private = {name: fields.pop(name) for name in list(fields) if name.startswith("_")}
        moment = "date" if kind == "invoiceitem" else "created"
        made = minimal(kind, id=object_id, **{moment: created}, **fields) | private
        self.store.put(made)
        return made

    def subscription(
        self, object_id: str, items: int = 1, created: int = START, **fields: Any
    ) -> dict[str, Any]:
        rows = [
            minimal(
                "subscription_item",
                id=f"si_{object_id}_{n}",
                created=created,
                subscription=object_id,
                price=minimal("price", id="price_plan", product="prod_plan"),
                current_period_start=created + n,
                current_period_end=created + 30 * DAY + n,
                quantity=1,
            )
            for n in range(items)
        ]
        given = {"status": "active", "customer": "cus_1", **fields}
        page = {"object": "list", "data": rows, "has_more": False, "url": ""}
        return self.put("subscription", object_id, created, items=page, **given)

    def invoice(
        self, object_id: str, lines: int = 1, created: int = START, **fields: Any
    ) -> dict[str, Any]:
        rows = [
            minimal("line_item", id=f"il_{object_id}_{n:02d}", amount=800, currency="usd")
            for n in range(lines)
        ]
        page = {"object": "list", "data": rows, "has_more": False, "url": ""}
        return self.put("invoice", object_id, created, lines=page, **fields)


@dataclass(frozen=True)
class Api:
    """A served account as its clients see it."""

    serving: Serving
    sdk: stripe.StripeClient
    http: httpx.Client

    def get(self, path: str, /, **params: Any) -> dict[str, Any]:
        """Return the body of a GET, whatever its status."""
        body: dict[str, Any] = self.http.get(path, params=params).json()
        return body

    def ids(self, path: str, /, **params: Any) -> list[str]:
        """Return the ids of one page."""
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["data"]]

    def error(self, path: str, status: int, /, **params: Any) -> dict[str, Any]:
        """Return the error of a GET that must fail with a status."""
        answer = self.http.get(path, params=params)
        assert answer.status_code == status, answer.text
        error: dict[str, Any] = answer.json()["error"]
        return error


@contextmanager
def api_of(store: ObjectStore, key: str = SANDBOX_KEY, **switches: Any) -> Iterator[Api]:
    """Serve an account and connect both clients to it."""
    headers = {"Authorization": f"Bearer {key}"}
    with (
        serve(store, **switches) as serving,
        httpx.Client(base_url=serving.base_url, headers=headers, trust_env=False) as http,
    ):
        sdk = stripe.StripeClient(key, base_addresses={"api": serving.base_url})
        yield Api(serving, sdk, http)
