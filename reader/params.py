"""The query parameters of the routes: typed, and closed, so that a misspelt one is an error.

Each model lists every parameter of its routes; anything else, a repeated one, or a value outside
the list is refused with 400. The models are also what the API's description shows.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from reader.periods import MAX_SPAN_DAYS, Compare, Grain

SPAN_TOO_LONG = f"from and to are more than {MAX_SPAN_DAYS} days apart: ask for less at once"

Format = Literal["json", "csv", "parquet", "arrow"]
CashClass = Literal[
    "sale",
    "refund",
    "dispute",
    "dispute_reversal",
    "fee",
    "tax",
    "payout",
    "payout_reversal",
    "adjustment",
    "reserve",
    "other",
]


def _iso_date(value: object) -> object:
    """Take YYYY-MM-DD from 1970 to 2999 and nothing that merely looks like a date."""
    if isinstance(value, str):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise ValueError("write it as YYYY-MM-DD")
        if not "1970" <= value < "3000":
            raise ValueError("dates are served from 1970-01-01 to 2999-12-31")
    return value


def _digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{1,9}", value, re.ASCII):
        raise ValueError("write it in digits")
    return value


IsoDate = Annotated[date, BeforeValidator(_iso_date)]
Limit = Annotated[int, BeforeValidator(_digits), Field(ge=1, le=1000)]


class Parameters(BaseModel):
    """What every data route takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Format | None = Field(None, description="The representation; wins over Accept.")

    def canonical(self) -> str:
        """Return the parameters that decide the rows, in one spelling: for ETags and cursors."""
        return self.model_dump_json(exclude={"format"}, by_alias=True)

    def scope(self) -> str:
        """Return the parameters that a cursor is bound to: all but the place and the page size."""
        return self.model_dump_json(exclude={"format", "cursor", "limit"}, by_alias=True)


class RangeParameters(Parameters):
    """A range of days, and what to compare it with."""

    from_: IsoDate | None = Field(None, alias="from", description="First day, inclusive.")
    to: IsoDate | None = Field(None, description="Last day, inclusive; default: the newest.")
    compare: Compare = Field(
        "none", description="Beside each period the same one of the range before, or a year ago."
    )

    @model_validator(mode="after")
    def _check_span(self) -> Self:
        if self.from_ and self.to:
            if self.from_ > self.to:
                raise PydanticCustomError("range", "from is after to")
            if (self.to - self.from_).days > MAX_SPAN_DAYS:
                raise PydanticCustomError("span_too_long", SPAN_TOO_LONG)
        return self


class ListParameters(Parameters):
    """A list that is walked page by page."""

    limit: Limit = Field(100, description="Rows in a page.")
    cursor: str | None = Field(
        None, max_length=1000, description="`next_cursor` of the page before; pins its generation."
    )


class SeriesParameters(RangeParameters, ListParameters):
    """A series over periods."""

    grain: Grain = Field("day", description="The length of a period.")


class SummaryParameters(RangeParameters):
    """A whole range as one period; without `from`, the last 30 days."""


class MrrParameters(SeriesParameters):
    """Parameters of /v1/revenue/mrr."""

    grain: Grain = Field("month", description="The length of a period.")
    segment: Literal["plan"] | None = Field(None, description="Split the MRR by plan.")


class MovementParameters(SeriesParameters):
    """Parameters of /v1/revenue/movements."""

    grain: Grain = Field("month", description="The length of a period.")
    customer_key: str | None = Field(
        None, min_length=1, max_length=200, description="Only this customer's movements."
    )


class CashParameters(SeriesParameters):
    """Parameters of /v1/revenue/cash."""

    currency: Annotated[str, Field(pattern=r"^[a-z]{3}$")] | None = Field(
        None, description="Lower case ISO code."
    )
    cash_class: CashClass | None = Field(None, description="One class of Stripe's transactions.")


class ProviderParameters(SeriesParameters):
    """Parameters of /v1/costs/providers."""

    provider: str | None = Field(None, min_length=1, max_length=100, description="One provider.")


class ProviderSummaryParameters(SummaryParameters):
    """Parameters of /v1/costs/providers/summary."""

    provider: str | None = Field(None, min_length=1, max_length=100, description="One provider.")


class ExplainParameters(ListParameters):
    """Parameters of /v1/metrics/{metric}/explain."""

    period: str = Field(max_length=10, description="A day, 2026-10-31, or a month, 2026-10.")
    slice_: str = Field(
        "total", alias="slice", min_length=1, max_length=100, description="Only a part of it."
    )
