"""Stripe's billing objects, as small as the history of a subscription can be told with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from tests.integration.models.raw_layer import RawLayer

Json = dict[str, Any]
LOAD = "1"


def at(text: str) -> datetime:
    """Return an instant of 2026: `02-10`, or `02-10 14:30`."""
    day, _, time = text.partition(" ")
    return datetime.fromisoformat(f"2026-{day}T{time or '10:00'}:00").replace(tzinfo=UTC)


def epoch(text: str | None) -> int | None:
    """Return the instant as Stripe writes it."""
    return None if text is None else int(at(text).timestamp())


def price(price_id: str, amount: int, interval: str = "month", **fields: object) -> Json:
    """Return a recurring price per licence."""
    recurring = {
        "interval": interval,
        "interval_count": fields.pop("count", 1),
        "usage_type": "licensed",
    }
    return {
        "id": price_id,
        "object": "price",
        "type": "recurring",
        "currency": "usd",
        "product": "prod",
        "unit_amount": amount,
        "recurring": recurring,
        **fields,
    }


def open_shop(
    raw: RawLayer, now: datetime, *, prices: Sequence[Json], coupons: Sequence[Json]
) -> None:
    """Put what a shop has before it has customers into an empty warehouse, euros among it."""
    raw.create(now=now, first_load_at=now)
    for schema in ("raw_stripe", "raw_app"):
        raw.load(schema, LOAD)
    for table, objects in (("prices", prices), ("coupons", coupons)):
        for obj in objects:
            raw.stripe(table, obj, observed_at=now, load_id=LOAD)
    raw.seed("currencies", [{"currency": "eur", "exponent": "2"}])
    rates = (("2026-08-01", "1.1"), ("2026-09-01", "1.2"))
    raw.seed(
        "fx_rates", [{"currency": "eur", "date": on, "usd_per_unit": rate} for on, rate in rates]
    )


@dataclass
class Story:
    """One customer with one or more subscriptions, put into the raw layer as it is told.

    Ids are the story's name with what they are of: `<name>_sub`, `<name>_si`, `<name>_in1`.
    """

    raw: RawLayer
    name: str
    observed: datetime
    currency: str = "usd"
    invoices: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.put("customers", {"id": self.name, "object": "customer", "created": epoch("01-01")})

    def put(self, table: str, obj: Json) -> None:
        """Land an object."""
        self.raw.stripe(table, obj, observed_at=self.observed, load_id=LOAD)

    def subscription(
        self,
        price_id: str = "basic",
        quantity: int = 1,
        *,
        start: str,
        sub: str = "sub",
        **fields: Any,
    ) -> None:
        """Land the subscription as it is now; `items` (id, price, quantity) replaces its one."""
        items = fields.pop("items", [("si" if sub == "sub" else f"{sub}_si", price_id, quantity)])
        times = {name: epoch(fields.pop(name, None)) for name in _TIMES}
        self.put(
            "subscriptions",
            {
                "id": f"{self.name}_{sub}",
                "object": "subscription",
                "customer": self.name,
                "currency": self.currency,
                "status": "active",
                "discounts": [],
                "created": epoch(start),
                "start_date": epoch(start),
                **times,
                "items": {
                    "data": [
                        {
                            "id": f"{self.name}_{item}",
                            "price": {"id": price_id},
                            "quantity": count,
                            "created": epoch(start),
                            "discounts": [],
                        }
                        for item, price_id, count in items
                    ]
                },
                **fields,
            },
        )

    def schedule(self, *phases: Json, created: str, sub: str | None = "sub", **fields: Any) -> Json:
        """Land a schedule of a subscription, or of one that is yet to start; return it."""
        times = {f"{name}_at": epoch(fields.pop(name, None)) for name in _ENDS}
        schedule = {
            "id": f"{self.name}_sched",
            "object": "subscription_schedule",
            "customer": self.name,
            "subscription": f"{self.name}_{sub}" if sub else None,
            "released_subscription": None,
            "status": "active" if sub else "not_started",
            "end_behavior": "release",
            "created": epoch(created),
            "phases": list(phases),
            **times,
            **fields,
        }
        self.put("subscription_schedules", schedule)
        return schedule

    def line(self, amount: int, start: str, end: str, **fields: Any) -> Json:
        """Return a line of the item `si` of `sub`; `proration`: of a change within a period."""
        tax = fields.pop("inclusive_tax", 0)
        details = {
            "subscription": f"{self.name}_{fields.pop('sub', 'sub')}",
            "subscription_item": f"{self.name}_{fields.pop('item', 'si')}",
            "proration": fields.pop("proration", False),
            "proration_details": {"credited_items": None},
        }
        return {
            "id": f"il_{self.name}_{start}_{amount}",
            "object": "line_item",
            "amount": amount,
            "currency": self.currency,
            "pricing": {
                "price_details": {"price": fields.pop("price_id", "basic"), "product": "prod"}
            },
            "quantity": fields.pop("quantity", 1),
            "period": {"start": epoch(start), "end": epoch(end)},
            "parent": {"type": "subscription_item_details", "subscription_item_details": details},
            "taxes": [{"amount": tax, "tax_behavior": "inclusive"}] if tax else [],
            "discount_amounts": [],
            **fields,
        }

    def invoice(self, *lines: Json, paid: str | None, sub: str = "sub", **fields: Any) -> str:
        """Land an invoice made when its last line begins; open unless paid or told otherwise."""
        self.invoices += 1
        invoice_id = f"{self.name}_in{self.invoices}"
        times = {
            f"{name}_at": epoch(fields.pop(name, None))
            for name in ("voided", "marked_uncollectible")
        }
        made = max(line["period"]["start"] for line in lines)
        self.put(
            "invoices",
            {
                "id": invoice_id,
                "object": "invoice",
                "customer": self.name,
                "currency": self.currency,
                "parent": {"subscription_details": {"subscription": f"{self.name}_{sub}"}},
                "status": "paid" if paid else "open",
                "collection_method": "charge_automatically",
                "attempt_count": 1 if paid else 0,
                "created": made,
                "lines": {"data": list(lines)},
                "total": sum(line["amount"] for line in lines),
                "discounts": [],
                "status_transitions": {"finalized_at": made, "paid_at": epoch(paid), **times},
                **fields,
            },
        )
        return invoice_id

    def months(self, amount: int, *starts: str, **fields: Any) -> None:
        """Land paid invoices from start to start; the last instant only ends a period."""
        for start, end in pairwise(starts):
            self.invoice(self.line(amount, start, end, **fields), paid=start)

    def failures(self, invoice_id: str, *times: str) -> None:
        """Land failed charges for an invoice."""
        intent = f"pi_{invoice_id}"
        self.put(
            "invoice_payments",
            {
                "id": f"inpay_{invoice_id}",
                "object": "invoice_payment",
                "invoice": invoice_id,
                "payment": {"type": "payment_intent", "payment_intent": intent},
            },
        )
        for time in times:
            self.put(
                "charges",
                {
                    "id": f"ch_{invoice_id}_{time}",
                    "object": "charge",
                    "customer": self.name,
                    "payment_intent": intent,
                    "status": "failed",
                    "created": epoch(time),
                },
            )

    def event(self, kind: str, time: str, obj: Json, previous: Json | None = None) -> None:
        """Land an event with the object as it was then."""
        data = {"object": obj, "previous_attributes": previous or {}}
        self.put(
            "events",
            {
                "id": f"evt_{self.name}_{time}",
                "object": "event",
                "type": kind,
                "api_version": "2026-10-28.endive",
                "created": epoch(time),
                "data": data,
            },
        )


def discount(
    name: str, coupon: str, start: str, end: str | None = None, **owner: str | None
) -> Json:
    """Return a discount of a subscription, an item or a customer."""
    return {
        "id": name,
        "object": "discount",
        "source": {"type": "coupon", "coupon": coupon},
        "start": epoch(start),
        "end": epoch(end),
        **owner,
    }


def phase(start: str, price_id: str, quantity: int = 1, **fields: Any) -> Json:
    """Return a phase of a schedule with one item; its currency is the dollar."""
    item = {"price": price_id, "quantity": quantity, "discounts": []}
    trial_end = epoch(fields.pop("trial_end", None))
    return {
        "start_date": epoch(start),
        "currency": "usd",
        "trial_end": trial_end,
        "items": [item],
        "discounts": [],
        **fields,
    }


_TIMES: Sequence[str] = ("trial_start", "trial_end", "canceled_at", "ended_at")
_ENDS: Sequence[str] = ("canceled", "completed", "released")
