"""Objects as older API versions show them: each breaking release undone, newest first.

Only what moved or was renamed since ``OLDEST_VERSION`` on the objects a billing integration reads:
fields that were merely added appear in every version, as they do at Stripe.
Read from Stripe's published changelog; an event keeps the shape of the version it was created in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sandbox.stripe_api.render import Json, Lookup

PINNED_VERSION: Final = "2026-10-28.endive"
"""The version the store holds objects in."""

OLDEST_VERSION: Final = "2024-06-20"
"""The oldest version objects can be shown in."""

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")

Undo = Callable[[Json, Lookup], None]


@dataclass(frozen=True, slots=True)
class Release:
    """A breaking release and how each type of object looked before it."""

    date: str
    undo: dict[str, Undo]


def is_version(text: str) -> bool:
    """Return whether a text is an API version this account can be asked for."""
    return bool(_VERSION.fullmatch(text)) and OLDEST_VERSION <= text[:10] <= PINNED_VERSION[:10]


def downgrade(obj: Json, version: str, lookup: Lookup) -> Json:
    """Show a rendered object, in place, as ``version`` did, and return it.

    Args:
        obj: in the pinned version's shape.
        version: such as ``2024-06-20`` or ``2025-02-24.acacia``.
        lookup: the account's objects, for fields that have moved to other objects since.
    """
    for release in RELEASES:
        if version[:10] < release.date:
            _undo_inside(obj, release.undo, lookup)
    return obj


def _undo_inside(value: Any, undo: dict[str, Undo], lookup: Lookup) -> None:
    """Undo a release in an object, which may draw on what it holds, and then in what it holds."""
    if isinstance(value, list):
        for one in value:
            _undo_inside(one, undo, lookup)
    elif isinstance(value, dict):
        action = undo.get(value.get("object", ""))
        if action:
            action(value, lookup)
        for inner in value.values():
            if isinstance(inner, dict | list):
                _undo_inside(inner, undo, lookup)


# -- 2026-03-25.dahlia: decimal quantities, names of checkout's modes ------------------------------


def _line_before_dahlia(line: Json, _: Lookup) -> None:
    line.pop("quantity_decimal", None)
    line.pop("subtotal", None)


_UI_MODES_BEFORE_DAHLIA = {"hosted_page": "hosted", "embedded_page": "embedded"}


def _session_before_dahlia(session: Json, _: Lookup) -> None:
    mode = session.get("ui_mode")
    session["ui_mode"] = _UI_MODES_BEFORE_DAHLIA.get(mode, mode) if mode else mode


# -- 2025-09-30.clover: what a discount or promotion code gives moved into source and promotion ---


def _discount_before_clover(discount: Json, lookup: Lookup) -> None:
    coupon = discount.pop("source", {}).get("coupon")
    discount["coupon"] = _coupon(coupon, lookup)


def _promotion_code_before_clover(code: Json, lookup: Lookup) -> None:
    coupon = code.pop("promotion", {}).get("coupon")
    code["coupon"] = _coupon(coupon, lookup)


def _coupon(coupon: Any, lookup: Lookup) -> Any:
    """Return the whole coupon: older versions held it inside the discount."""
    if not isinstance(coupon, str):
        return coupon
    found = lookup.get("coupon", coupon)
    if found is None:
        return coupon
    for on_request in ("applies_to", "currency_options"):
        found.pop(on_request, None)
    return found


# -- 2025-03-31.basil: billing --------------------------------------------------------------------


def _subscription_before_basil(subscription: Json, lookup: Lookup) -> None:
    items = subscription["items"]["data"]
    subscription["current_period_start"] = max(
        (item["current_period_start"] for item in items), default=subscription["start_date"]
    )
    subscription["current_period_end"] = min(
        (item["current_period_end"] for item in items), default=subscription["start_date"]
    )
    subscription["plan"] = items[0].get("plan") if len(items) == 1 else None
    subscription["quantity"] = items[0].get("quantity") if len(items) == 1 else None
    subscription["discount"] = _first_discount(subscription, lookup)
    subscription.pop("billing_mode", None)


def _item_before_basil(item: Json, _: Lookup) -> None:
    item.pop("current_period_start", None)
    item.pop("current_period_end", None)


def _invoice_before_basil(invoice: Json, lookup: Lookup) -> None:
    parent = invoice.pop("parent", None) or {}
    details = parent.get("subscription_details") or {}
    invoice["subscription"] = details.get("subscription")
    invoice["subscription_details"] = {"metadata": details.get("metadata")} if details else None
    invoice["quote"] = (parent.get("quote_details") or {}).get("quote")
    intent, charge = _paid_by(invoice, lookup)
    invoice["payment_intent"] = intent
    invoice["charge"] = charge
    invoice["paid"] = invoice.get("status") == "paid"
    invoice["paid_out_of_band"] = bool(invoice.pop("amount_paid_off_stripe", 0))
    taxes = invoice.pop("total_taxes", None) or []
    invoice["tax"] = sum(one["amount"] for one in taxes) if taxes else None
    invoice["total_tax_amounts"] = [_tax_amount(one) for one in taxes]
    invoice["discount"] = _first_discount(invoice, lookup)


def _paid_by(invoice: Json, lookup: Lookup) -> tuple[str | None, str | None]:
    """Return the default payment's (payment intent, charge) of an invoice."""
    payments = lookup.related("invoice_payment", "invoice", invoice.get("id", ""))
    payment = next((one for one in payments if one.get("is_default")), None)
    if payment is None:
        return None, None
    intent_id = _id_of(payment["payment"].get("payment_intent"))
    intent = lookup.get("payment_intent", intent_id) if intent_id else None
    charge = payment["payment"].get("charge") or (intent or {}).get("latest_charge")
    return intent_id, _id_of(charge)


def _line_before_basil(line: Json, lookup: Lookup) -> None:
    parent = line.pop("parent", None) or {}
    item = parent.get("subscription_item_details") or {}
    extra = parent.get("invoice_item_details") or {}
    details = item or extra
    line["type"] = "subscription" if item else "invoiceitem"
    line["proration"] = bool(details.get("proration"))
    line["proration_details"] = details.get("proration_details") or {"credited_items": None}
    line["subscription"] = details.get("subscription")
    if item:
        line["subscription_item"] = item.get("subscription_item")
    invoice_item = details.get("invoice_item")
    if invoice_item:
        line["invoice_item"] = invoice_item
    line["price"] = _price(line.pop("pricing", None), lookup)
    taxes = line.pop("taxes", None) or []
    line["tax_amounts"] = [_tax_amount(one) for one in taxes]
    line["tax_rates"] = []
    exclusive = sum(one["amount"] for one in taxes if one.get("tax_behavior") == "inclusive")
    line["amount_excluding_tax"] = line["amount"] - exclusive


def _invoice_item_before_basil(item: Json, lookup: Lookup) -> None:
    parent = item.pop("parent", None) or {}
    details = parent.get("subscription_details") or {}
    item["subscription"] = details.get("subscription")
    if details.get("subscription_item"):
        item["subscription_item"] = details["subscription_item"]
    pricing = item.pop("pricing", None)
    item["price"] = _price(pricing, lookup)
    item["unit_amount_decimal"] = (pricing or {}).get("unit_amount_decimal")


def _price(pricing: Json | None, lookup: Lookup) -> Json | None:
    """Return the whole price: older versions held it inside the line."""
    price_id = _id_of(((pricing or {}).get("price_details") or {}).get("price"))
    price = lookup.get("price", price_id) if price_id else None
    for on_request in ("tiers", "currency_options"):
        (price or {}).pop(on_request, None)
    return price


def _tax_amount(tax: Json) -> Json:
    return {
        "amount": tax["amount"],
        "inclusive": tax.get("tax_behavior") == "inclusive",
        "tax_rate": (tax.get("tax_rate_details") or {}).get("tax_rate"),
        "taxability_reason": tax.get("taxability_reason"),
        "taxable_amount": tax.get("taxable_amount"),
    }


def _first_discount(holder: Json, lookup: Lookup) -> Any:
    """Return the one discount older versions knew, whole."""
    discounts = holder.get("discounts") or []
    if not discounts or isinstance(discounts[0], dict):
        return discounts[0] if discounts else None
    found = lookup.get("discount", discounts[0])
    if found is not None:
        _discount_before_clover(found, lookup)
    return found


def _charge_before_basil(charge: Json, lookup: Lookup) -> None:
    charge["invoice"] = _invoice_of_intent(_id_of(charge.get("payment_intent")), lookup)


def _intent_before_basil(intent: Json, lookup: Lookup) -> None:
    intent["invoice"] = _invoice_of_intent(intent["id"], lookup)


def _invoice_of_intent(intent_id: str | None, lookup: Lookup) -> str | None:
    if intent_id is None:
        return None
    payments = lookup.related("invoice_payment", "payment[payment_intent]", intent_id)
    return _id_of(payments[0]["invoice"]) if payments else None


def _credit_note_before_basil(note: Json, _: Lookup) -> None:
    refunds = note.pop("refunds", None) or []
    note["refund"] = _id_of(refunds[0].get("refund")) if refunds else None
    taxes = note.pop("total_taxes", None) or []
    note["tax_amounts"] = [_tax_amount(one) for one in taxes]


def _id_of(value: Any) -> str | None:
    found: str | None = value.get("id") if isinstance(value, dict) else value
    return found


RELEASES: Final[tuple[Release, ...]] = (
    Release(
        "2026-03-25",
        {
            "checkout.session": _session_before_dahlia,
            "invoiceitem": _line_before_dahlia,
            "line_item": _line_before_dahlia,
        },
    ),
    Release(
        "2025-09-30",
        {"discount": _discount_before_clover, "promotion_code": _promotion_code_before_clover},
    ),
    Release(
        "2025-03-31",
        {
            "charge": _charge_before_basil,
            "credit_note": _credit_note_before_basil,
            "invoice": _invoice_before_basil,
            "invoiceitem": _invoice_item_before_basil,
            "line_item": _line_before_basil,
            "payment_intent": _intent_before_basil,
            "subscription": _subscription_before_basil,
            "subscription_item": _item_before_basil,
        },
    ),
)
"""Newest first: the order in which a downgrade undoes them."""
