"""/v1/webhooks/stripe: Stripe says that something happened; a signature stands for the token."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, ValidationError
from starlette.responses import JSONResponse, Response

from reader.bodies import read_body
from reader.deliveries import Deliveries
from reader.errors import InvalidParameterError, NotFoundError
from reader.signatures import verify
from warehouse.operations import Delivery, Payment
from warehouse.settings import Settings

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

# An event's object has at most ten nested rows; with full metadata everywhere that is half of this.
_MAX_BODY = 1024 * 1024
_HEADERS = {"Cache-Control": "no-store"}

# Both are read from the raw request, so the framework does not know of them.
_DESCRIPTION = {
    "parameters": [
        {"name": "Stripe-Signature", "in": "header", "required": True, "schema": {"type": "string"}}
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
}

_Text = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,255}$")]


class _Charge(BaseModel):
    """What is read of a charge."""

    captured: Literal[True]
    amount_captured: int = Field(ge=0, lt=2**63)
    currency: Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]


class _Charged(BaseModel):
    """What an event about a charge carries."""

    object: _Charge


# One of them says that money was taken, and with the amount: the other's charge is not captured.
_PAID = frozenset({"charge.succeeded", "charge.captured"})


class _Event(BaseModel):
    """What is read of an event; the rest of it, with the people in it, is let go."""

    id: _Text
    type: _Text
    account: _Text | None = None
    api_version: _Text | None = None
    created: AwareDatetime
    livemode: bool
    data: Any = None


@router.post("/stripe", openapi_extra=_DESCRIPTION)
async def stripe(request: Request) -> Response:
    """Take a delivery of Stripe's, signed in `Stripe-Signature`; it is kept once this answers."""
    settings: Settings = request.app.state.settings
    deliveries: Deliveries = request.app.state.services.deliveries
    secrets = [s.get_secret_value().encode() for s in settings.stripe_webhook_secret]
    if not secrets:
        raise NotFoundError("webhooks are off: set STRIPE_WEBHOOK_SECRET to the endpoint's whsec_…")
    body = await read_body(request, _MAX_BODY)
    now = datetime.now(UTC)
    verify(body, request.headers.get("stripe-signature", ""), secrets, now)
    await deliveries.add(_delivery(body, now))
    return JSONResponse({"object": "webhook_receipt", "received": True}, headers=_HEADERS)


def _delivery(body: bytes, now: datetime) -> Delivery:
    try:
        event = _Event.model_validate_json(body)
    except ValidationError:
        raise InvalidParameterError("the body is signed, but is not an event of Stripe's") from None
    return Delivery(
        event_id=event.id,
        account=event.account,
        type=event.type,
        api_version=event.api_version,
        created=event.created,
        livemode=event.livemode,
        received_at=now,
        payment=_payment(event) if event.type in _PAID else None,
    )


def _payment(event: _Event) -> Payment | None:
    try:
        charge = _Charged.model_validate(event.data).object
    except ValidationError:
        return None
    return Payment(charge.currency, charge.amount_captured)
