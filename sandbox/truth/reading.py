"""One reading of the ledger: what several tables are told from, read once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sandbox.ledger import (
    AccountExcluded,
    CouponPublished,
    Fact,
    FxRateSet,
    PricePublished,
    PromotionCodePublished,
    ProviderRateSet,
    TaxRatePublished,
)
from sandbox.truth import (
    accounts,
    billed,
    churn,
    credits,  # noqa: A004 - the word of the business
    lifecycle,
    lots,
    margin,
    movements,
    packs,
    provider_cost,
    recognition,
    videos,
)
from sandbox.truth.calendar import ONE_DAY, utc_day
from sandbox.truth.memory import known_facts
from sandbox.truth.people import identify
from sandbox.truth.policies import Policies
from sandbox.truth.states import CustomerHistory, customer_histories
from sandbox.truth.terms import Terms, read_terms

Row = dict[str, Any]

#: Facts that are there before the company does anything.
_CATALOGUE = (
    AccountExcluded,
    CouponPublished,
    FxRateSet,
    PricePublished,
    PromotionCodePublished,
    ProviderRateSet,
    TaxRatePublished,
)


class Reading:
    """What the warehouse can know at ``as_of``; see :func:`sandbox.truth.expected`."""

    def __init__(
        self,
        ledger: Iterable[Fact],
        as_of: datetime,
        pulls: Sequence[datetime],
        policies: Policies,
    ) -> None:
        self.now = as_of
        self.policies = policies
        self.pulls = [*sorted(pulls), as_of]
        self.facts = known_facts([fact for fact in ledger if fact.at <= as_of], self.pulls[0])
        self.people = identify(self.facts, self.pulls[0], policies)
        self.last = utc_day(as_of) - ONE_DAY
        self.first = self._first_day()

    def _first_day(self) -> date:
        """Find the first day with any data; after ``last`` if there is none."""
        happened = (f.at for f in self.facts if not isinstance(f, _CATALOGUE))
        return min(map(utc_day, happened), default=self.last + ONE_DAY)

    @cached_property
    def _terms(self) -> Terms:
        return read_terms(self.facts)

    @cached_property
    def _histories(self) -> list[CustomerHistory]:
        return customer_histories(self.facts, self.people, self._terms, self.last, self.policies)

    @cached_property
    def _movements(self) -> tuple[list[movements.Movement], list[movements.Movement]]:
        return movements.all_movements(self._histories, self.first, self.last)

    @cached_property
    def _churned(self) -> list[churn.Churn]:
        return [
            event
            for history in self._histories
            for event in churn.churn_events(history, self.people)
        ]

    @cached_property
    def _videos(self) -> dict[str, videos.Video]:
        return videos.read_videos(self.facts)

    @cached_property
    def _cases(self) -> list[lifecycle.Case]:
        return [*lifecycle.dunning_cases(self.facts, self.now)]

    @cached_property
    def _trials(self) -> list[lifecycle.Trial]:
        return [*lifecycle.trials(self.facts)]

    @cached_property
    def _accounts(self) -> list[lots.Account]:
        return lots.replay(credits.moved(self.facts), self.pulls[-1])

    @cached_property
    def _sales(self) -> list[packs.Sale]:
        return packs.read_sales(self.facts, self.people, self._terms)

    @cached_property
    def _packs(self) -> list[credits.PackLot]:
        return credits.price_packs(self._accounts, self._sales)

    @cached_property
    def _calls(self) -> list[provider_cost.RatedCall]:
        return [*provider_cost.rated_calls(self.facts, self._videos, self.people, self.policies)]

    @cached_property
    def _sources(self) -> list[billed.Source]:
        return billed.read_sources(self.facts, self.people, self._terms, self._sales, self._packs)

    @cached_property
    def _tellers(self) -> list[tuple[billed.Source, recognition.Teller]]:
        reversals = billed.read_reversals(self.facts, self.last)
        return recognition.tellers(self._sources, reversals, self.last)

    @cached_property
    def _recognised(self) -> list[recognition.Day]:
        return [*recognition.recognised_days(self._tellers, self.last)]

    @cached_property
    def _cash(self) -> list[accounts.Cash]:
        return accounts.read_cash(self.facts, self.people, self._terms, self.last)

    @cached_property
    def _parts(self) -> list[margin.Part]:
        return margin.read_parts(
            self._recognised, self._cash, self._calls, self._videos, self.people, self.last
        )
