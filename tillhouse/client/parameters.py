"""The parameters of the API as Python has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypedDict


class Query(TypedDict, total=False):
    """Every parameter that some route has; the reader refuses what the one asked does not.

    Names that Python has reserved end in `_`. `limit` is the size of a page, not of the answer.
    """

    from_: date | str
    to: date | str
    grain: Literal["day", "week", "month"]
    compare: Literal["none", "previous", "year"]
    limit: int
    segment: Literal["plan"]
    definition: str
    currency: str
    cash_class: str
    status: str
    outcome: str
    churn_type: str
    event_type: str
    dimension: Literal["total", "plan", "provider", "country", "customer"]
    plan: str
    provider: str
    country: str
    customer_key: str
    metric: str
    table: str
    is_reconciled: bool
    state: Literal["open", "acknowledged", "resolved"]
    sort: str
    order: Literal["asc", "desc"]
    q: str


def as_sent(parameters: Mapping[str, object]) -> dict[str, str]:
    """Return parameters as they stand in an address; None is one that is not given."""
    return {
        name.rstrip("_"): _text(value) for name, value in parameters.items() if value is not None
    }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
