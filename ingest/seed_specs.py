"""The seed files: what each must hold. They are landed as text; staging gives them their types."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final


@dataclass(frozen=True)
class SeedColumn:
    """One column of a seed file.

    Attributes:
        name: its header.
        expects: what a value must be, in words for the error.
        check: tells whether a value is that.
        required: the column must be there and no value may be empty.
    """

    name: str
    expects: str
    check: Callable[[str], bool]
    required: bool = True


@dataclass(frozen=True)
class SeedSpec:
    """One seed file and its table in `raw_seeds`.

    Attributes:
        name: of the file (`NAME.csv`) and of the table.
        columns: in the table's order; a file may order them otherwise.
        key: the columns that no two rows may share; text is compared in lower case.
    """

    name: str
    columns: tuple[SeedColumn, ...]
    key: tuple[str, ...]

    def __post_init__(self) -> None:
        """Reject a key that is no column."""
        if not set(self.key) <= {column.name for column in self.columns}:
            raise ValueError(f"{self.name}: the key {self.key} is not among the columns")


def _is_text(value: str) -> bool:
    return bool(value)


def _is_currency(value: str) -> bool:
    return re.fullmatch(r"[A-Za-z]{3}", value) is not None


def _is_rate(value: str) -> bool:
    """Eleven digits before the point and nine after it are what numeric(20, 9) holds."""
    return re.fullmatch(r"\d{1,11}(\.\d{1,9})?", value) is not None


def _is_positive_rate(value: str) -> bool:
    try:
        return _is_rate(value) and Decimal(value) > 0
    except InvalidOperation:
        return False


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is not None


def _is_instant(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return re.match(r"\d{4}-\d{2}-\d{2}", value) is not None


def _is_boolean(value: str) -> bool:
    return value.lower() in {"true", "false"}


def _is_count(value: str) -> bool:
    return re.fullmatch(r"\d{1,18}", value) is not None


def _is_exponent(value: str) -> bool:
    return value in {"0", "2", "3"}


def _is_plan_kind(value: str) -> bool:
    return value.lower() in {"plan", "pack", "free", "other"}


SEEDS: Final = (
    SeedSpec(
        "provider_rates",
        (
            SeedColumn("rate_id", "a name", _is_text, required=False),
            SeedColumn("provider", "a provider's name", _is_text),
            SeedColumn("usd_per_credit", "a number like 0.0032, at most nine places", _is_rate),
            SeedColumn("valid_from", "an ISO date or instant", _is_instant, required=False),
            SeedColumn("valid_to", "an ISO date or instant", _is_instant, required=False),
            SeedColumn("bills_failures", "true or false", _is_boolean, required=False),
            SeedColumn("recorded_at", "an ISO date or instant", _is_instant, required=False),
        ),
        key=("provider", "valid_from"),
    ),
    SeedSpec(
        "fx_rates",
        (
            SeedColumn("currency", "a three-letter code", _is_currency),
            SeedColumn("date", "a date like 2026-11-22", _is_date),
            SeedColumn("usd_per_unit", "a number above 0, at most nine places", _is_positive_rate),
        ),
        key=("currency", "date"),
    ),
    SeedSpec(
        "excluded_accounts",
        (
            SeedColumn("account_id", "a user's id or a Stripe customer's", _is_text),
            SeedColumn("reason", "a text", _is_text, required=False),
        ),
        key=("account_id",),
    ),
    SeedSpec(
        "plan_catalog",
        (
            SeedColumn("price_id", "a Stripe price's id", _is_text),
            SeedColumn("kind", "plan, pack, free or other", _is_plan_kind),
            SeedColumn("name", "a text", _is_text, required=False),
            SeedColumn("credits", "a whole number", _is_count, required=False),
        ),
        key=("price_id",),
    ),
    SeedSpec(
        "metric_policies",
        (
            SeedColumn("decision", "a decision's name", _is_text),
            SeedColumn("value", "what was decided", _is_text),
            SeedColumn("description", "a text", _is_text, required=False),
        ),
        key=("decision",),
    ),
    SeedSpec(
        # How many decimals Stripe's amounts have: ISK and UGX come with two, though used with none.
        "currencies",
        (
            SeedColumn("currency", "a three-letter code", _is_currency),
            SeedColumn("exponent", "0, 2 or 3", _is_exponent),
        ),
        key=("currency",),
    ),
)
