"""Every table that the truth knows, told from one reading of the ledger."""

from sandbox.truth import (
    accounts,
    activity,
    cash,
    cohorts,
    credits,  # noqa: A004 - the word of the business
    definitions,
    economics,
    happenings,
    invoices,
    lifecycle,
    margin,
    movements,
    outlook,
    payments,
    provider_cost,
    recognition,
    revenue,
    videos,
)
from sandbox.truth.reading import Reading, Row


class Oracle(Reading):
    """A method for each of :data:`sandbox.truth.TABLES`, which returns the rows it must hold."""

    def agg_mrr_monthly(self) -> list[Row]:
        _, monthly = self._movements
        wishes = outlook.wishes_to_leave(self.facts)
        rows = revenue.mrr_monthly(monthly, self.first, self.last)
        return [*outlook.with_outlook(rows, self._histories, wishes, self.last)]

    def fct_mrr_by_definition(self) -> list[Row]:
        return [
            *definitions.mrr_by_definition(
                self.facts,
                self.people,
                self._terms,
                (self.first, self.last),
                self.policies,
            )
        ]

    def agg_retention_monthly(self) -> list[Row]:
        _, monthly = self._movements
        rates = lifecycle.rates(self._cases, self._trials, self.people, self.first, self.last)
        return [
            *revenue.retention_monthly(
                self._histories, monthly, self._churned, rates, self.first, self.last
            )
        ]

    def fct_mrr_movements(self) -> list[Row]:
        """Return days and months."""
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

    def fct_churn_events(self) -> list[Row]:
        return [
            {
                "customer_key": event.customer_key,
                "churned_on": event.churned_on,
                "mrr_lost_usd": event.mrr_lost_usd,
                "churn_type": event.churn_type,
            }
            for event in self._churned
        ]

    def agg_cash_daily(self) -> list[Row]:
        return [*cash.cash_daily(self.facts, self.last)]

    def agg_usage_daily(self) -> list[Row]:
        return [*videos.usage_daily(self._videos, self.last)]

    def agg_active_users_daily(self) -> list[Row]:
        return [
            *activity.active_users_daily(
                self.facts,
                self._videos.values(),
                self.people,
                self.pulls,
                (self.first, self.last),
            )
        ]

    def agg_provider_daily(self) -> list[Row]:
        return [
            *provider_cost.provider_daily(
                self.facts, self._videos, self.people, self.last, self.policies
            )
        ]

    def fct_payments(self) -> list[Row]:
        return [*payments.payments(self.facts, self.people)]

    def fct_refunds(self) -> list[Row]:
        return payments.refunds(self.facts)

    def fct_disputes(self) -> list[Row]:
        return payments.disputes(self.facts)

    def fct_payouts(self) -> list[Row]:
        return [*payments.payouts(self.facts)]

    def rec_payouts(self) -> list[Row]:
        return [*payments.reconciled_payouts(self.facts)]

    def fct_balance_transactions(self) -> list[Row]:
        return [*payments.paid_out(self.facts)]

    def fct_invoices(self) -> list[Row]:
        return [*invoices.invoices(self.facts, self.people)]

    def fct_invoice_lines(self) -> list[Row]:
        return [*invoices.invoice_lines(self.facts)]

    def rec_invoices(self) -> list[Row]:
        return [*invoices.reconciled_invoices(self.facts, self.people)]

    def rec_stripe_balance(self) -> list[Row]:
        return [*cash.stripe_balance(self.facts, self.pulls, self.first, self.last)]

    def fct_subscription_events(self) -> list[Row]:
        return [
            *happenings.subscription_events(
                self.facts, self.people, self._terms, self.pulls[0], self.policies
            )
        ]

    def fct_dunning_cases(self) -> list[Row]:
        return [*lifecycle.dunning_rows(self._cases, self.people)]

    def fct_trials(self) -> list[Row]:
        return [*lifecycle.trial_rows(self._trials, self.people, self.now)]

    def agg_cohort_retention_monthly(self) -> list[Row]:
        return [*cohorts.cohort_retention(self._histories, self.last)]

    def fct_credit_entries(self) -> list[Row]:
        return [*credits.credit_entries(self._accounts, self.people)]

    def fct_credit_lots(self) -> list[Row]:
        return [*credits.credit_lots(self._accounts, self._packs, self.people)]

    def fct_credit_allocations(self) -> list[Row]:
        return [*credits.credit_allocations(self._accounts)]

    def agg_credit_liability_daily(self) -> list[Row]:
        span = (self.first, self.last)
        return [*credits.credit_liability_daily(self._accounts, self._packs, self._calls, span)]

    def fct_revenue_recognition_days(self) -> list[Row]:
        return [*recognition.revenue_recognition_days(self._recognised, self.people)]

    def rec_revenue_recognition(self) -> list[Row]:
        return [*recognition.revenue_recognition(self._tellers, self.last)]

    def agg_revenue_monthly(self) -> list[Row]:
        span = (self.first, self.last)
        return [*accounts.revenue_monthly(self._sources, self._recognised, self._cash, span)]

    def fct_customer_margin_months(self) -> list[Row]:
        return [*margin.customer_margin_months(self._parts, self.last)]

    def agg_margin_monthly(self) -> list[Row]:
        return [*margin.margin_monthly(self._parts, self.facts, self.people, self.last)]

    def agg_kpis_daily(self) -> list[Row]:
        span = (self.first, self.last)
        return [*margin.margin_daily(self._parts, self._recognised, span)]

    def agg_unit_economics_monthly(self) -> list[Row]:
        _, monthly = self._movements
        return [
            *economics.unit_economics(
                self._histories,
                monthly,
                self.agg_margin_monthly(),
                self.fct_customer_margin_months(),
                (self.first, self.last),
            )
        ]
