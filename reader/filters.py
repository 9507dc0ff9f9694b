"""Parameters that keep the rows with one value in a column, and the values that there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from reader.params import Currency, Text

CHURN_TYPES = Literal["voluntary", "involuntary_payment", "involuntary_dispute", "admin", "to_free"]
DUNNING_OUTCOMES = Literal["recovered", "lost", "voided", "pending"]
DISPUTE_OUTCOMES = Literal["won", "lost", "prevented", "inquiry", "open"]
INVOICE_STATUSES = Literal["draft", "open", "paid", "uncollectible", "void"]
PAYMENT_STATUSES = Literal["succeeded", "pending", "failed"]
PAYOUT_STATUSES = Literal["paid", "pending", "in_transit", "canceled", "failed"]
VIDEO_STATUSES = Literal["PENDING", "PROCESSING", "COMPLETED", "FAILED"]
BALANCE_STATUSES = Literal["matched", "different", "unread"]
CHECK_STATUSES = Literal["passed", "warned", "failed"]


@dataclass(frozen=True)
class Filter:
    """A parameter that keeps the rows whose column has its value.

    Attributes:
        name: of the parameter.
        type: what values it takes; a `Literal` is a closed list.
        description: for the API's description.
        column: of the listing's table.
        known_in: the (table, column) pairs that know every value of an open list; a value that
            none of them has is refused.
        is_named: whether a refusal lists the values that are known.
    """

    name: str
    type: Any
    description: str
    column: str
    known_in: tuple[tuple[str, str], ...] = ()
    is_named: bool = True


def closed(name: str, type_: Any, description: str) -> Filter:
    """Return the filter by a closed list of values, of the column of its name."""
    return Filter(name, type_, description, name)


PLAN = Filter("plan", Text, "One plan's key.", "plan_key", (("dim_plans", "plan_key"),))
PROVIDER = Filter(
    "provider",
    Text,
    "One provider.",
    "provider",
    (("dim_provider_rates", "provider"), ("agg_provider_daily", "provider")),
)
CUSTOMER = Filter(
    "customer_key",
    Text,
    "One customer.",
    "customer_key",
    (("dim_customers", "customer_key"),),
    is_named=False,
)
CURRENT_PLAN = replace(PLAN, description="The plan that they are on.", column="current_plan_key")
COUNTRY = Filter(
    "country", Text, "Upper case ISO code.", "country", (("dim_customers", "country"),)
)
CURRENCY = Filter(
    "currency", Currency, "Lower case ISO code.", "currency", (("dim_currencies", "currency"),)
)
