"""Failed invoices and trials: how they went, and what share of a month's went well."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.ledger import (
    ChargeFailed,
    Fact,
    IncompleteExpired,
    SubscriptionCreated,
    SubscriptionEnded,
    SubscriptionUnpaid,
)
from sandbox.truth.calendar import end_of, in_seconds, last_day_of, month_of, months, utc_day
from sandbox.truth.invoices import Invoice, read_invoices
from sandbox.truth.money import ratio
from sandbox.truth.people import People

Row = dict[str, Any]
_PATIENCE = timedelta(days=30)
_TIME_TO_CONVERT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Case:
    """An invoice that a card declined, and what became of it."""

    invoice_id: str
    customer_id: str
    opened_at: datetime
    outcome: str
    closed_at: datetime | None
    attempts: int

    @property
    def is_recovered_in_time(self) -> bool:
        """Whether the money came while there was patience."""
        in_time = self.closed_at is not None and self.closed_at < self.opened_at + _PATIENCE
        return self.outcome == "recovered" and in_time


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial, and the first real payment after it."""

    subscription_id: str
    customer_id: str
    started_at: datetime
    ends_at: datetime
    first_paid_at: datetime | None

    @property
    def matures_at(self) -> datetime:
        """When it is too late to convert."""
        return self.ends_at + _TIME_TO_CONVERT

    @property
    def is_converted(self) -> bool:
        """Whether it was paid for soon enough."""
        return self.first_paid_at is not None and self.first_paid_at < self.matures_at


def dunning_cases(facts: Sequence[Fact], now: datetime) -> Iterator[Case]:
    """Follow every invoice from its first declined charge."""
    invoices = read_invoices(facts)
    declined: dict[str, list[ChargeFailed]] = {}
    for fact in facts:
        if isinstance(fact, ChargeFailed) and fact.invoice_id:
            declined.setdefault(fact.invoice_id, []).append(fact)
    for invoice_id, charges in declined.items():
        invoice, opened_at = invoices[invoice_id], charges[0].at
        outcome, closed_at = _outcome(invoice, opened_at, facts, now)
        paid_by_card = outcome == "recovered" and not invoice.out_of_band_minor
        yield Case(
            invoice_id=invoice_id,
            customer_id=invoice.bill.customer_id,
            opened_at=opened_at,
            outcome=outcome,
            closed_at=closed_at,
            attempts=len(charges) + (1 if paid_by_card else 0),
        )


def _outcome(
    invoice: Invoice, opened_at: datetime, facts: Iterable[Fact], now: datetime
) -> tuple[str, datetime | None]:
    """Money settles a case for good; else the first reason not to wait any longer does."""
    if invoice.status == "paid":
        return "recovered", invoice.paid_at
    ends = [(opened_at + _PATIENCE, "lost")]
    if invoice.given_up_at:
        ends.append((invoice.given_up_at, "lost"))
    if invoice.voided_at:
        ends.append((invoice.voided_at, "voided"))
    ends += [
        (fact.at, "lost")
        for fact in facts
        if isinstance(fact, SubscriptionEnded | SubscriptionUnpaid | IncompleteExpired)
        and fact.subscription_id == invoice.bill.subscription_id
        and fact.at >= opened_at
    ]
    closed_at, outcome = min(ends)
    return (outcome, closed_at) if closed_at <= now else ("pending", None)


def trials(facts: Sequence[Fact]) -> Iterator[Trial]:
    """Find every subscription that began with a trial, and its first bill that was worth paying."""
    paid: dict[str, list[datetime]] = {}
    for invoice in read_invoices(facts).values():
        subscription_id = invoice.bill.subscription_id
        if subscription_id and invoice.paid_at and invoice.bill.total_minor > 0:
            paid.setdefault(subscription_id, []).append(invoice.paid_at)
    for fact in facts:
        if isinstance(fact, SubscriptionCreated) and fact.trial_ends_at:
            yield Trial(
                subscription_id=fact.subscription_id,
                customer_id=fact.customer_id,
                started_at=fact.at,
                ends_at=fact.trial_ends_at,
                first_paid_at=min(paid.get(fact.subscription_id, []), default=None),
            )


def dunning_rows(cases: Iterable[Case], people: People) -> Iterator[Row]:
    """``fct_dunning_cases``."""
    for case in cases:
        yield {
            "invoice_id": case.invoice_id,
            "customer_key": people.key_of.get(case.customer_id),
            "opened_at": in_seconds(case.opened_at),
            "outcome": case.outcome,
            "closed_at": in_seconds(case.closed_at),
            "attempts": case.attempts,
            "is_recovered_in_time": case.is_recovered_in_time,
        }


def trial_rows(all_trials: Iterable[Trial], people: People, now: datetime) -> Iterator[Row]:
    """``fct_trials``."""
    for trial in all_trials:
        yield {
            "subscription_id": trial.subscription_id,
            "customer_key": people.key_of.get(trial.customer_id),
            "started_at": in_seconds(trial.started_at),
            "ends_at": in_seconds(trial.ends_at),
            "first_paid_at": in_seconds(trial.first_paid_at),
            "is_converted": trial.is_converted,
            "is_mature": trial.matures_at <= now,
        }


def rates(
    cases: Sequence[Case], all_trials: Sequence[Trial], people: People, first: date, last: date
) -> dict[date, dict[str, Decimal | None]]:
    """Return the rates of trials and failed invoices by month, None while they can change."""
    known_until = end_of(last)
    by_month = {}
    for month in months(first, last):
        over = end_of(last_day_of(month))
        begun = [t for t in all_trials if _counts(t.started_at, t.customer_id, month, people)]
        opened = [c for c in cases if _counts(c.opened_at, c.customer_id, month, people)]
        converted = sum(1 for trial in begun if trial.is_converted)
        recovered = sum(1 for case in opened if case.is_recovered_in_time)
        trials_over = all(t.matures_at <= known_until for t in begun) and over <= known_until
        cases_over = over + _PATIENCE <= known_until
        by_month[month] = {
            "trial_conversion_rate": ratio(converted, len(begun)) if trials_over else None,
            "recovery_rate": ratio(recovered, len(opened)) if cases_over else None,
        }
    return by_month


def _counts(at: datetime, customer_id: str, month: date, people: People) -> bool:
    is_internal = people.key_of.get(customer_id) in people.internal_keys
    return month_of(utc_day(at)) == month and not is_internal
