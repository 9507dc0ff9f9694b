"""What of the MRR at a month's end was asked to end by then, and what of it is owed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sandbox.ledger import CancelRequested, CancelRescinded, Fact
from sandbox.truth.calendar import end_of, last_day_of
from sandbox.truth.money import ZERO
from sandbox.truth.states import CustomerHistory

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wanted out, until it came true or was taken back."""

    subscription_id: str
    since: datetime
    until: datetime | None

    def holds(self, instant: datetime) -> bool:
        """Whether it was open just before an instant."""
        return self.since < instant and (self.until is None or self.until >= instant)


def wishes_to_leave(facts: Iterable[Fact]) -> list[Wish]:
    """Find every wish, and until when it was open."""
    open_since: dict[str, datetime] = {}
    wishes: list[Wish] = []
    for fact in facts:
        if isinstance(fact, CancelRequested):
            open_since[fact.subscription_id] = fact.at
        elif isinstance(fact, CancelRescinded):
            since = open_since.pop(fact.subscription_id)
            wishes.append(Wish(fact.subscription_id, since, fact.at))
    return wishes + [Wish(name, since, None) for name, since in open_since.items()]


def with_outlook(
    rows: Iterable[Row], histories: Sequence[CustomerHistory], wishes: Sequence[Wish], last: date
) -> Iterator[Row]:
    """Add committed MRR and MRR at risk to the rows of months."""
    for row in rows:
        day = min(last_day_of(row["month"]), last)
        wanting = {wish.subscription_id for wish in wishes if wish.holds(end_of(day))}
        committed, at_risk = ZERO, ZERO
        for history in histories:
            for name, state in history.at_end_of(day).subscriptions.items():
                committed += ZERO if name in wanting else state.mrr
                at_risk += state.mrr if state.is_failing else ZERO
        yield row | {"committed_mrr_usd": committed, "at_risk_mrr_usd": at_risk}
