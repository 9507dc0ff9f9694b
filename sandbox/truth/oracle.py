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
    accounts,
    activity,
    billed,
    cash,
    churn,
    cohorts,
    credits,  # noqa: A004 - the word of the business
    economics,
    invoices,
    lifecycle,
    lots,
    margin,
    movements,
    outlook,
    packs,
    payments,
    provider_cost,
    recognition,
    revenue,
    videos,
)
from sandbox.truth.calendar import ONE_DAY, utc_day
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

    def mrr_monthly(self) -> list[Row]:
        """``agg_mrr_monthly``."""
        _, monthly = self._movements
        wishes = outlook.known_wishes(self.facts, self.pulls[0])
        rows = revenue.mrr_monthly(monthly, self.first, self.last)
        return [*outlook.with_outlook(rows, self._histories, wishes, self.last)]

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

    def credit_entries(self) -> list[Row]:
        """``fct_credit_entries``."""
        return [*credits.credit_entries(self._accounts, self.people)]

    def credit_lots(self) -> list[Row]:
        """``fct_credit_lots``."""
        return [*credits.credit_lots(self._accounts, self._packs, self.people)]

    def credit_allocations(self) -> list[Row]:
        """``fct_credit_allocations``."""
        return [*credits.credit_allocations(self._accounts)]

    def credit_liability_daily(self) -> list[Row]:
        """``agg_credit_liability_daily``."""
        span = (self.first, self.last)
        return [*credits.credit_liability_daily(self._accounts, self._packs, self._calls, span)]

    def revenue_recognition_days(self) -> list[Row]:
        """``fct_revenue_recognition_days``."""
        return [*recognition.revenue_recognition_days(self._recognised, self.people)]

    def revenue_recognition(self) -> list[Row]:
        """``rec_revenue_recognition``."""
        return [*recognition.revenue_recognition(self._tellers, self.last)]

    def revenue_monthly(self) -> list[Row]:
        """``agg_revenue_monthly``."""
        span = (self.first, self.last)
        return [*accounts.revenue_monthly(self._sources, self._recognised, self._cash, span)]

    def customer_margin_months(self) -> list[Row]:
        """``fct_customer_margin_months``."""
        return [*margin.customer_margin_months(self._parts, self.last)]

    def margin_monthly(self) -> list[Row]:
        """``agg_margin_monthly``."""
        return [*margin.margin_monthly(self._parts, self.facts, self.people, self.last)]

    def kpis_daily(self) -> list[Row]:
        """``agg_kpis_daily``."""
        span = (self.first, self.last)
        return [*margin.margin_daily(self._parts, self._recognised, span)]

    def unit_economics(self) -> list[Row]:
        """``agg_unit_economics_monthly``."""
        _, monthly = self._movements
        return [
            *economics.unit_economics(
                self._histories,
                monthly,
                self.margin_monthly(),
                self.customer_margin_months(),
                (self.first, self.last),
            )
        ]
