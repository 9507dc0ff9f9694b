"""Deliveries as Stripe sends them, signed by Stripe's own SDK."""

from __future__ import annotations

import json
import time
from typing import Any

from stripe import WebhookSignature

SECRET = "whsec_first0123456789"
ADDRESS = "/v1/webhooks/stripe"
CANARY = "canary@example.com"


def event(event_id: str = "evt_1", **fields: Any) -> dict[str, Any]:
    """Return an event with a person in it; `fields` win."""
    return {
        "id": event_id,
        "object": "event",
        "type": "customer.updated",
        "api_version": "2026-10-28.endive",
        "created": 1_790_000_000,
        "livemode": False,
        "data": {"object": {"id": "cus_1", "object": "customer", "email": CANARY}},
        **fields,
    }


def body_of(content: dict[str, Any]) -> bytes:
    """Return an event's bytes, laid out as Stripe's are."""
    return json.dumps(content, indent=2).encode()


def signature(body: bytes, secret: str = SECRET, *, age: int = 0) -> str:
    """Return the header of a body that was signed `age` seconds ago."""
    return WebhookSignature.generate_signature_header(body.decode(), secret, int(time.time()) - age)


def signed(content: dict[str, Any], secret: str = SECRET, *, age: int = 0) -> dict[str, Any]:
    """Return what a client needs to post an event: `content` and `headers`."""
    body = body_of(content)
    headers = {"Stripe-Signature": signature(body, secret, age=age)}
    return {"content": body, "headers": headers}
