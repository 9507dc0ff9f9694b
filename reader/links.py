"""Stripe's own pages of its objects."""

from __future__ import annotations

# The part of the dashboard that shows an object, by the prefix of its id.
_PAGES = {
    "sub": "subscriptions",
    "sub_sched": "subscription_schedules",
    "cus": "customers",
    "ch": "payments",
    "py": "payments",
    "re": "refunds",
    "pyr": "refunds",
    "dp": "disputes",
    "du": "disputes",
    "po": "payouts",
    "in": "invoices",
    "pi": "payments",
}


def stripe_page(object_id: str | None, *, live_mode: bool) -> str | None:
    """Return the address of an object's page in Stripe's dashboard, or None if it has none."""
    prefixes = [prefix for prefix in _PAGES if (object_id or "").startswith(f"{prefix}_")]
    if not prefixes:
        return None
    test = "" if live_mode else "test/"
    return f"https://dashboard.stripe.com/{test}{_PAGES[max(prefixes, key=len)]}/{object_id}"
