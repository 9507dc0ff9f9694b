"""One reading of the ledger, and every table told from it."""

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
    activity,
    cash,
    churn,
    cohorts,
    invoices,
    lifecycle,
    movements,
    payments,
    provider_cost,
    revenue,
    videos,
)
from sandbox.truth.calendar import ONE_DAY, utc_day
from sandbox.truth.people import identify
from sandbox.truth.policies import Policies
from sandbox.truth.states import CustomerHistory, customer_histories
from sandbox.truth.terms import read_terms

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


class Oracle:
    """What the warehouse can know at ``as_of``; see :func:`sandbox.truth.expected`."""

    def __init__(
        self,
        ledger: Iterable[Fact],
        as_of: datetime,
        pulls: Sequence[datetime],
        policies: Policies,
    ) -> None:
        self.facts = [fact for fact in ledger if fact.at <= as_of]
        self.now = as_of
        self.policies = policies
        self.pulls = [*sorted(pulls), as_of]
        self.people = identify(self.facts, self.pulls[0], policies)
        self.last = utc_day(as_of) - ONE_DAY
        self.first = self._first_day()

    def _first_day(self) -> date:
        """Find the first day with any data; after ``last`` if there is none."""
        happened = (f.at for f in self.facts if not isinstance(f, _CATALOGUE))
        return min(map(utc_day, happened), default=self.last + ONE_DAY)

    @cached_property
    def _histories(self) -> list[CustomerHistory]:
        terms = read_terms(self.facts)
        return customer_histories(self.facts, self.people, terms, self.last, self.policies)

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

    def mrr_monthly(self) -> list[Row]:
        """``agg_mrr_monthly``."""
        _, monthly = self._movements
        return [*revenue.mrr_monthly(monthly, self.first, self.last)]

    def retention_monthly(self) -> list[Row]:
        """``agg_retention_monthly``."""
        _, monthly = self._movements
        rates = lifecycle.rates(self._cases, self._trials, self.people, self.first, self.last)
        return [
            *revenue.retention_monthly(
                self._histories, monthly, self._churned, rates, self.first, self.last
            )
        ]

    def mrr_movements(self) -> list[Row]:
        """``fct_mrr_movements``, days and months."""
        daily, monthly = self._movements
        return [
            {
                "customer_key": movement.customer_key,
                "period_type": movement.period_type,
                "period_start": movement.period_start,
                **{amount: getattr(movement, amount) for amount in movements.AMOUNTS},
            }
            for movement in sorted(
                daily + monthly, key=lambda m: (m.customer_key, m.period_type, m.period_start)
            )
        ]

    def churn_events(self) -> list[Row]:
        """``fct_churn_events``."""
        return [
            {
                "customer_key": event.customer_key,
                "churned_on": event.churned_on,
                "mrr_lost_usd": event.mrr_lost_usd,
                "churn_type": event.churn_type,
            }
            for event in self._churned
        ]

    def cash_daily(self) -> list[Row]:
        """``agg_cash_daily``."""
        return [*cash.cash_daily(self.facts, self.last)]

    def usage_daily(self) -> list[Row]:
        """``agg_usage_daily``."""
        return [*videos.usage_daily(self._videos, self.last)]

    def active_users_daily(self) -> list[Row]:
        """``agg_active_users_daily``."""
        return [
            *activity.active_users_daily(
                self.facts,
                self._videos.values(),
                self.people,
                self.pulls,
                (self.first, self.last),
            )
        ]

    def provider_daily(self) -> list[Row]:
        """``agg_provider_daily``."""
        return [
            *provider_cost.provider_daily(
                self.facts, self._videos, self.people, self.last, self.policies
            )
        ]

    def payments(self) -> list[Row]:
        """``fct_payments``."""
        return [*payments.payments(self.facts, self.people)]

    def refunds(self) -> list[Row]:
        """``fct_refunds``."""
        return payments.refunds(self.facts)

    def disputes(self) -> list[Row]:
        """``fct_disputes``."""
        return payments.disputes(self.facts)

    def payouts(self) -> list[Row]:
        """``fct_payouts``."""
        return [*payments.payouts(self.facts)]

    def invoices(self) -> list[Row]:
        """``fct_invoices``."""
        return [*invoices.invoices(self.facts, self.people)]

    def invoice_lines(self) -> list[Row]:
        """``fct_invoice_lines``."""
        return [*invoices.invoice_lines(self.facts)]

    def stripe_balance(self) -> list[Row]:
        """``rec_stripe_balance``."""
        return [*cash.stripe_balance(self.facts, self.pulls, self.first, self.last)]

    def dunning_cases(self) -> list[Row]:
        """``fct_dunning_cases``."""
        return [*lifecycle.dunning_rows(self._cases, self.people)]

    def trials(self) -> list[Row]:
        """``fct_trials``."""
        return [*lifecycle.trial_rows(self._trials, self.people, self.now)]

    def cohort_retention(self) -> list[Row]:
        """``agg_cohort_retention_monthly``."""
        return [*cohorts.cohort_retention(self._histories, self.last)]
