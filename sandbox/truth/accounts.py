"""Cash in US dollars by customer, and the monthly accounts of revenue."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.ledger import (
    BalanceMovement,
    ChargeAttempted,
    DisputeOpened,
    Fact,
    InvoiceFinalised,
    Refunded,
)
from sandbox.truth.billed import Source
from sandbox.truth.calendar import last_day_of, month_of, months, utc_day
from sandbox.truth.cash import cash_class
from sandbox.truth.money import ZERO, whole_units
from sandbox.truth.people import People
from sandbox.truth.pricing import in_usd
from sandbox.truth.recognition import Day
from sandbox.truth.terms import Terms

Row = dict[str, Any]
_BETWEEN_ACCOUNTS = {"transfer", "transfer_reversal", "topup", "topup_reversal"}


@dataclass(frozen=True, slots=True)
class Cash:
    """A movement of the balance in US dollars, at the rate of its day, and whose it is."""

    day: date
    customer_key: str | None
    cash_class: str
    category: str
    amount_usd: Decimal
    fee_usd: Decimal

    @property
    def net_usd(self) -> Decimal:
        """What it changed the balance by."""
        return self.amount_usd - self.fee_usd

    @property
    def all_fees_usd(self) -> Decimal:
        """Fees taken from it; a fee of Stripe's own is one altogether (ruling R6)."""
        return self.fee_usd - (self.amount_usd if self.cash_class == "fee" else ZERO)


def read_cash(facts: Sequence[Fact], people: People, terms: Terms, last: date) -> list[Cash]:
    """Convert every movement until the last day and find its customer."""
    owner = _owners(facts, people)
    return [
        Cash(
            day=(day := utc_day(fact.at)),
            customer_key=owner.get(fact.source_id or ""),
            cash_class=cash_class(fact.category),
            category=fact.category,
            amount_usd=_usd(fact.amount_minor, fact.currency, day, terms),
            fee_usd=_usd(fact.fee_minor, fact.currency, day, terms),
        )
        for fact in facts
        if isinstance(fact, BalanceMovement) and utc_day(fact.at) <= last
    ]


def _usd(amount_minor: int, currency: str, day: date, terms: Terms) -> Decimal:
    return in_usd(whole_units(amount_minor, currency), terms.usd_per_unit(currency, day))


def _owners(facts: Sequence[Fact], people: People) -> dict[str, str | None]:
    """Map charges, refunds and disputes to customers."""
    invoices = {
        f.bill.invoice_id: f.bill.customer_id for f in facts if isinstance(f, InvoiceFinalised)
    }
    owner: dict[str, str | None] = {}
    for fact in facts:
        match fact:
            case ChargeAttempted():
                customer = fact.customer_id or invoices.get(fact.invoice_id or "")
                owner[fact.charge_id] = people.key_of.get(customer or "")
            case Refunded():
                owner[fact.refund_id] = owner[fact.charge_id]
            case DisputeOpened():
                owner[fact.dispute_id] = owner[fact.charge_id]
            case _:
                pass
    return owner


def revenue_monthly(
    sources: Iterable[Source],
    recognised: Sequence[Day],
    cash: Sequence[Cash],
    span: tuple[date, date],
) -> Iterator[Row]:
    """``agg_revenue_monthly``: billed, earned, deferred, and the cash beside it."""
    last = span[1]
    billed = _by_month((s.billed_on, s.net_usd) for s in sources if s.billed_on <= last)
    parts = _recognised_parts(recognised)
    flows = _cash_parts(cash)
    deferred = ZERO
    for month in months(min([span[0], *(day.day for day in recognised)]), last):
        row: Row = {name: of_month[month] for name, of_month in {**parts, **flows}.items()}
        opening = deferred
        deferred += billed[month] - row["recognised_usd"] - row["deferred_cleared_usd"]
        yield {
            "month": month,
            "billed_usd": billed[month],
            **row,
            "recognised_revenue_usd": row["recognised_usd"] - row["contra_usd"],
            "deferred_opening_usd": opening,
            "deferred_closing_usd": deferred,
            "is_final": last_day_of(month) <= last,
        }


def _recognised_parts(recognised: Sequence[Day]) -> dict[str, dict[date, Decimal]]:
    streams = {
        f"recognised_{stream}_usd": _by_month(
            (day.day, day.recognised_usd) for day in recognised if day.source.stream == stream
        )
        for stream in ("subscription", "pack", "other")
    }
    return {
        "recognised_usd": _by_month((day.day, day.recognised_usd) for day in recognised),
        "contra_usd": _by_month((day.day, day.contra_usd) for day in recognised),
        "deferred_cleared_usd": _by_month((day.day, day.cleared_usd) for day in recognised),
        **streams,
    }


def _cash_parts(cash: Sequence[Cash]) -> dict[str, dict[date, Decimal]]:
    def total(amount: Callable[[Cash], Decimal], *classes: str) -> dict[date, Decimal]:
        return _by_month((c.day, amount(c)) for c in cash if not classes or c.cash_class in classes)

    own = [
        c
        for c in cash
        if c.cash_class not in {"payout", "payout_reversal"} and c.category not in _BETWEEN_ACCOUNTS
    ]
    return {
        "refunds_usd": total(lambda c: -c.amount_usd, "refund"),
        "disputes_usd": total(lambda c: -c.amount_usd, "dispute", "dispute_reversal"),
        "stripe_fees_usd": total(lambda c: c.all_fees_usd),
        "net_cash_usd": _by_month((c.day, c.net_usd) for c in own),
    }


def _by_month(amounts: Iterable[tuple[date, Decimal]]) -> dict[date, Decimal]:
    sums: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for day, amount in amounts:
        sums[month_of(day)] += amount
    return sums
