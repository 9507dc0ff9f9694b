"""Examples for the API's description: what a value of a name and type looks like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reader.columns import ValueType

_BY_NAME: Mapping[str, str] = {
    "customer_key": "cl9ebqhxk00003b6j5k2z8y1a",
    "user_id": "cl9ebqhxk00003b6j5k2z8y1a",
    "stripe_customer_id": "cus_Qx7LbJk2mN4pRs",
    "primary_stripe_customer_id": "cus_Qx7LbJk2mN4pRs",
    "subscription_id": "sub_1QabcdEFGHijkl",
    "invoice_id": "in_1QabcdEFGHijkl",
    "charge_id": "ch_1QabcdEFGHijkl",
    "payout_id": "po_1QabcdEFGHijkl",
    "payment_intent_id": "pi_1QabcdEFGHijkl",
    "dispute_id": "du_1QabcdEFGHijkl",
    "refund_id": "re_1QabcdEFGHijkl",
    "plan_key": "price_1QabcdEFGHijkl",
    "current_plan_key": "price_1QabcdEFGHijkl",
    "plan_name": "Pro",
    "provider": "LUMA_V2",
    "currency": "usd",
    "country": "US",
    "stripe_url": "https://dashboard.stripe.com/invoices/in_1QabcdEFGHijkl",
    "dimension": "total",
    "definition": "stripe",
    "cash_class": "sale",
}
_BY_TYPE: Mapping[ValueType, Any] = {
    "integer": 42,
    "decimal": "1234.560000",
    "date": "2026-10-01",
    "boolean": True,
    "timestamp": "2026-10-01T08:30:00Z",
}
_PARAMETERS: Mapping[str, Any] = {
    "from": "2026-10-01",
    "to": "2026-10-31",
    "limit": 100,
    "metric": "mrr_usd",
    "period": "2026-10",
    "slice": "total",
}


def example_of(name: str, kind: ValueType, nested: Mapping[str, str]) -> Any:
    """Return an example of a column's value."""
    if name in nested:
        return [] if nested[name] == "array" else {}
    return _BY_NAME.get(name, name) if kind == "text" else _BY_TYPE[kind]


def example_parameter(name: str, schema: Mapping[str, Any]) -> Any:
    """Return an example of a parameter's value, or None if none would be understood.

    A cursor and the values of open lists are a generation's own.
    """
    if name in _PARAMETERS:
        return _PARAMETERS[name]
    if "default" in schema:
        return schema["default"]
    return schema["enum"][0] if "enum" in schema else schema.get("const")
