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

from reader.errors import InvalidParameterError
from reader.periods import MAX_SPAN_DAYS, Compare, Grain

SPAN_TOO_LONG = f"from and to are more than {MAX_SPAN_DAYS} days apart: ask for less at once"

Format = Literal["json", "csv", "parquet", "arrow"]
Definition = Literal["ours", "stripe", "chartmogul", "baremetrics", "profitwell", "paddle"]
Dimension = Literal["total", "plan", "provider", "country", "customer"]
CustomerSort = Literal["mrr", "revenue", "cash", "cost", "margin", "created_at", "customer_key"]
AlertState = Literal["open", "acknowledged", "resolved"]
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


def _harmless(value: object) -> object:
    """Refuse control characters, which no key has and PostgreSQL can't even be asked about."""
    if isinstance(value, str) and not value.isprintable():
        raise ValueError("it has characters that can't be printed")
    return value


def _true_or_false(value: object) -> object:
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("write true or false")
    return value


IsoDate = Annotated[date, BeforeValidator(_iso_date)]
Text = Annotated[str, BeforeValidator(_harmless), Field(min_length=1, max_length=200)]
Flag = Annotated[bool, BeforeValidator(_true_or_false)]
Currency = Annotated[str, Field(pattern=r"^[a-z]{3}$")]
Limit = Annotated[int, Field(ge=1, le=1000), BeforeValidator(_digits)]


class Closed(BaseModel):
    """A closed list of parameters, to begin with an empty one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def canonical(self) -> str:
        """Return the parameters that decide the rows, in one spelling: for ETags and cursors."""
        return self.model_dump_json(exclude={"format"}, by_alias=True)

    def scope(self) -> str:
        """Return the parameters that a cursor is bound to: all but the place and the page size."""
        return self.model_dump_json(exclude={"format", "cursor", "limit"}, by_alias=True)


class Parameters(Closed):
    """What every data route takes."""

    format: Format | None = Field(None, description="The representation; wins over Accept.")


class Days(Closed):
    """A range of days."""

    from_: IsoDate | None = Field(None, alias="from", description="First day, inclusive.")
    to: IsoDate | None = Field(None, description="Last day, inclusive; default: the newest.")

    @model_validator(mode="after")
    def _check_span(self) -> Self:
        if self.from_ and self.to:
            if self.from_ > self.to:
                raise PydanticCustomError("range", "from is after to")
            if (self.to - self.from_).days > MAX_SPAN_DAYS:
                raise PydanticCustomError("span_too_long", SPAN_TOO_LONG)
        return self


class DayParameters(Days, Parameters):
    """A range of days, of a data route."""


class ExportParameters(Days):
    """Parameters of /v1/export.zip; without a range, everything."""

    format: Literal["csv", "parquet"] = Field("csv", description="What the tables are written as.")


class RangeParameters(DayParameters):
    """A range of days, and what to compare it with."""

    compare: Compare = Field(
        "none", description="Beside each period the same one of the range before, or a year ago."
    )


class ListParameters(Parameters):
    """A list that is walked page by page."""

    limit: Limit = Field(100, description="Rows in a page.")
    cursor: str | None = Field(
        None, max_length=1000, description="`next_cursor` of the page before; pins its generation."
    )


class SeriesParameters(RangeParameters, ListParameters):
    """A series over periods."""

    grain: Grain = Field("day", description="The length of a period.")


class MonthlyParameters(RangeParameters, ListParameters):
    """A series that exists by month only; a range means the months that it touches."""

    grain: Literal["month"] = Field("month", description="The length of a period.")


class SummaryParameters(RangeParameters):
    """A whole range as one period; without `from`, the last 30 days."""


class MrrParameters(SeriesParameters):
    """Parameters of /v1/revenue/mrr."""

    grain: Grain = Field("month", description="The length of a period.")
    segment: Literal["plan"] | None = Field(None, description="Split the MRR by plan.")


class MovementParameters(SeriesParameters):
    """Parameters of /v1/revenue/movements."""

    grain: Grain = Field("month", description="The length of a period.")
    customer_key: Text | None = Field(None, description="Only this customer's movements.")


class CashParameters(SeriesParameters):
    """Parameters of /v1/revenue/cash."""

    currency: Currency | None = Field(None, description="Lower case ISO code.")
    cash_class: CashClass | None = Field(None, description="One class of Stripe's transactions.")


class ProviderParameters(SeriesParameters):
    """A series that providers split."""

    provider: Text | None = Field(None, description="One provider.")


class ProviderSummaryParameters(SummaryParameters):
    """Parameters of /v1/costs/providers/summary."""

    provider: Text | None = Field(None, description="One provider.")


class DefinitionParameters(MonthlyParameters):
    """Parameters of /v1/revenue/definitions."""

    definition: Definition | None = Field(None, description="MRR as one of them defines it.")


class MarginParameters(MonthlyParameters):
    """Parameters of /v1/margin."""

    dimension: Dimension | None = Field(
        None, description="What splits it; default: what is filtered by, else the total."
    )
    plan: Text | None = Field(None, description="One plan's key, or unallocated.")
    provider: Text | None = Field(None, description="One provider, or unallocated.")
    country: Text | None = Field(None, description="One country, or unallocated.")
    customer_key: Text | None = Field(None, description="One customer.")

    @property
    def value(self) -> tuple[Dimension, str | None]:
        """The dimension that is meant, and the one value of it, None for all.

        Raises:
            InvalidParameterError: two dimensions are asked for at once.
        """
        given: dict[Dimension, str | None] = {
            "plan": self.plan,
            "provider": self.provider,
            "country": self.country,
            "customer": self.customer_key,
        }
        named = [name for name, value in given.items() if value is not None]
        wanted = self.dimension or (named[0] if named else "total")
        if [name for name in named if name != wanted]:
            raise InvalidParameterError(
                "margin is split by one dimension at a time: give one filter, of that dimension",
                param="dimension",
            )
        return wanted, given.get(wanted)


class AlertParameters(DayParameters, ListParameters):
    """Parameters of /v1/alerts."""

    state: AlertState | None = Field(None, description="Only those in this state.")


class CustomersParameters(DayParameters, ListParameters):
    """Parameters of /v1/customers: the range is that of revenue and cost, MRR is at its end."""

    sort: CustomerSort = Field("mrr", description="What they are sorted by.")
    order: Literal["asc", "desc"] = Field("desc", description="Whether the most comes first.")
    plan: Text | None = Field(None, description="On this plan, by its key.")
    country: Text | None = Field(None, description="Upper case ISO code.")
    q: Text | None = Field(
        None, description="Part of a customer_key, a Stripe id or an e-mail's pseudonym."
    )


class ExplainParameters(ListParameters):
    """Parameters of /v1/metrics/{metric}/explain."""

    period: Annotated[Text, Field(max_length=10)] = Field(
        description="A day, 2026-10-31, or a month, 2026-10."
    )
    slice_: Text = Field(
        "total", alias="slice", description="Only a part of it, for instance country=DE."
    )
