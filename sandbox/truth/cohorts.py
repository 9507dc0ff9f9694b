"""Cohorts: the customers who first paid in one month, and what is left of them later."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sandbox.truth.calendar import last_day_of, month_of, months
from sandbox.truth.money import ZERO
from sandbox.truth.states import CustomerHistory


def cohort_retention(histories: Sequence[CustomerHistory], last: date) -> Iterator[dict[str, Any]]:
    """``agg_cohort_retention_monthly``: every cohort looked at again at each month's end."""
    cohorts: dict[date, list[CustomerHistory]] = defaultdict(list)
    for history in histories:
        first_day = history.first_earning_day
        if first_day is not None:
            cohorts[month_of(first_day)].append(history)
    for cohort_month, members in sorted(cohorts.items()):
        start = ZERO
        for age, month in enumerate(months(cohort_month, last)):
            day = min(last_day_of(month), last)
            earned = [history.at_end_of(day).mrr for history in members]
            mrr = sum(earned, ZERO)
            start = mrr if age == 0 else start
            yield {
                "cohort_month": cohort_month,
                "age_months": age,
                "customers_start": len(members),
                "customers_active": sum(1 for amount in earned if amount),
                "mrr_usd": mrr,
                "mrr_start_usd": start,
                "is_final": last_day_of(month) <= last,
            }
