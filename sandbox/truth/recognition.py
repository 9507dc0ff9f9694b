"""Recognised revenue: told anew for every day from what was billed and taken back by then."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any

from sandbox.truth.billed import Reversal, Source
from sandbox.truth.calendar import ONE_DAY
from sandbox.truth.money import AMOUNT_PLACES, ZERO, round_half_even
from sandbox.truth.people import People

Row = dict[str, Any]
_MILLIONTH = Decimal(1).scaleb(-AMOUNT_PLACES)


@dataclass(frozen=True, slots=True)
class Told:
    """How a source stands at the end of a day; ``deferred_usd`` is what its plan still holds."""

    recognised_usd: Decimal = ZERO
    contra_usd: Decimal = ZERO
    cleared_usd: Decimal = ZERO
    deferred_usd: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Day:
    """What a day added to a source."""

    source: Source
    day: date
    recognised_usd: Decimal
    contra_usd: Decimal
    cleared_usd: Decimal


@dataclass(slots=True)
class _Plan:
    """A line's revenue by day, or a pack's for the credits that are left."""

    source: Source
    by_day: dict[date, Decimal] = field(default_factory=dict)
    earned: Decimal = ZERO
    to_earn: Decimal = ZERO
    credits_left: int = 0
    contra: Decimal = ZERO
    cleared: Decimal = ZERO
    run_days: list[date] = field(default_factory=list)
    run_sums: list[Decimal] = field(default_factory=list)

    def lay(self, amounts: dict[date, Decimal]) -> None:
        """Plan other amounts for some days, and sum up anew."""
        self.by_day.update(amounts)
        self.run_days = sorted(self.by_day)
        self.run_sums = [*accumulate(self.by_day[day] for day in self.run_days)]

    def recognised(self, day: date) -> Decimal:
        """Sum what is recognised through the day."""
        if self.source.pack is None:
            until = bisect_right(self.run_days, day)
            return self.run_sums[until - 1] if until else ZERO
        return self.earned + self.to_earn - self._for_credits(self.source.pack.remaining(day))

    def _for_credits(self, left: int) -> Decimal:
        if not self.credits_left:
            return ZERO
        share = Fraction(self.to_earn) * left / self.credits_left
        return round_half_even(share, AMOUNT_PLACES)

    @property
    def planned(self) -> Decimal:
        """What the whole plan comes to."""
        if self.source.pack is None:
            return self.run_sums[-1] if self.run_sums else ZERO
        return self.earned + self.to_earn

    def clear(self, day: date, amount: Decimal) -> None:
        """Take an amount from what is to come from the day on, in proportion."""
        before = self.recognised(day - ONE_DAY)
        rest = self.planned - before - amount
        if self.source.pack is None:
            coming = [when for when in self.by_day if when >= day]
            self.lay(_evenly(rest, coming))
        else:
            self.credits_left = self.source.pack.remaining(day - ONE_DAY)
            self.earned, self.to_earn = before, rest


def _evenly(amount: Decimal, over: Sequence[date]) -> dict[date, Decimal]:
    """Split an amount over days; what can't be split goes to the earliest, a millionth each."""
    if not over:
        return {}
    sign = -1 if amount < 0 else 1
    share, left_over = divmod(abs(int(amount / _MILLIONTH)), len(over))
    return {
        day: sign * (share + (number < left_over)) * _MILLIONTH
        for number, day in enumerate(sorted(over))
    }


def _plan(source: Source, holding: Sequence[Reversal]) -> _Plan:
    """Plan a source's revenue, given everything that is taken back and not undone."""
    plan = _Plan(source)
    if source.pack is not None:
        plan.to_earn, plan.credits_left = source.net_usd, source.pack.lot.credits
    else:
        plan.lay(_evenly(source.net_usd, _own_days(source)))
    for day in sorted({one.happened_on for one in holding}):
        by_then = [one for one in holding if one.happened_on <= day]
        amount = _taken_back(source, by_then) - plan.contra - plan.cleared
        kept = plan.recognised(day - ONE_DAY) - plan.contra
        towards_zero = max if source.net_usd < 0 else min
        back = towards_zero(amount, kept) if kept * source.net_usd > 0 else ZERO
        plan.clear(day, amount - back)
        plan.contra, plan.cleared = plan.contra + back, plan.cleared + amount - back
    return plan


def _own_days(source: Source) -> list[date]:
    return [source.first_day + number * ONE_DAY for number in range(source.days)]


def _taken_back(source: Source, reversals: Sequence[Reversal]) -> Decimal:
    """Return the source's part of what was taken back of its document."""
    if any(one.amount_minor is None for one in reversals):
        return source.net_usd
    taken = sum(one.amount_minor or 0 for one in reversals)
    if source.total_minor <= 0:
        return ZERO
    share = Fraction(min(taken, source.total_minor), source.total_minor)
    return round_half_even(Fraction(source.net_usd) * share, AMOUNT_PLACES)


class Teller:
    """Tells how a source stands at the end of any day."""

    def __init__(self, source: Source, reversals: Sequence[Reversal]) -> None:
        self._source = source
        self._reversals = reversals
        self._plans: dict[tuple[Reversal, ...], _Plan] = {}

    def tell(self, day: date) -> Told:
        """Tell from the start, with what was known by the end of the day."""
        holding = tuple(one for one in self._reversals if one.holds_on(day))
        if holding not in self._plans:
            self._plans[holding] = _plan(self._source, holding)
        plan = self._plans[holding]
        recognised = plan.recognised(day)
        planned = plan.planned
        if self._source.pack is None and not self._source.days:
            planned = self._source.net_usd - plan.cleared
        return Told(recognised, plan.contra, plan.cleared, planned - recognised)

    def days_to_tell(self, last: date) -> list[date]:
        """Return the days on which anything can have changed."""
        told = {one.happened_on for one in self._reversals}
        told |= {one.undone_on for one in self._reversals if one.undone_on}
        pack = self._source.pack
        told |= set(_own_days(self._source) if pack is None else pack.remaining_on)
        return sorted(day for day in told if day <= last)


def tellers(
    sources: Sequence[Source], reversals: Sequence[Reversal], last: date
) -> list[tuple[Source, Teller]]:
    """Pair what was billed by the last day with what was taken back of it."""
    of_document: dict[str | None, list[Reversal]] = defaultdict(list)
    for reversal in reversals:
        of_document[reversal.document_id].append(reversal)
    return [
        (source, Teller(source, of_document[source.document_id]))
        for source in sources
        if source.billed_on <= last
    ]


def recognised_days(told: Sequence[tuple[Source, Teller]], last: date) -> Iterator[Day]:
    """Tell every source's days on which anything changed, up to the last."""
    for source, teller in told:
        before = Told()
        for day in teller.days_to_tell(last):
            now = teller.tell(day)
            yield Day(
                source,
                day,
                now.recognised_usd - before.recognised_usd,
                now.contra_usd - before.contra_usd,
                now.cleared_usd - before.cleared_usd,
            )
            before = now


def revenue_recognition_days(recognised: Sequence[Day], people: People) -> Iterator[Row]:
    """``fct_revenue_recognition_days``."""
    for day in recognised:
        if day.recognised_usd or day.contra_usd:
            yield {
                "source_object_id": day.source.source_id,
                "date": day.day,
                "stream": day.source.stream,
                "recognised_usd": day.recognised_usd,
                "contra_usd": day.contra_usd,
                "method": _method(day),
                "customer_key": day.source.customer_key,
                "plan_key": day.source.plan_key,
                "is_internal": day.source.customer_key in people.internal_keys,
            }


def _method(day: Day) -> str:
    if day.source.pack is None:
        return "ratable"
    return "breakage" if day.day in day.source.pack.expired_on else "usage"


def revenue_recognition(told: Sequence[tuple[Source, Teller]], last: date) -> Iterator[Row]:
    """``rec_revenue_recognition``: how everything billed stands at the last day's end."""
    for source, teller in told:
        now = teller.tell(last)
        yield {
            "source_object_id": source.source_id,
            "line_usd": source.net_usd,
            "recognised_usd": now.recognised_usd,
            "deferred_usd": now.deferred_usd,
            "cleared_usd": now.cleared_usd,
            "contra_usd": now.contra_usd,
        }
