"""The made-up company by month and by further days: revenue, retention, cohorts, margin, credits.

All of it is worked out from the company's own days and movements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.e2e.dashboard_company import Company

Row = dict[str, Any]
ZERO = Decimal(0)
DEFINITIONS = ("ours", "stripe", "chartmogul", "baremetrics", "profitwell", "paddle")


def month_of(day: date) -> date:
    return day.replace(day=1)


def spells_of(company: Company) -> dict[str, tuple[date, date | None, Decimal]]:
    """Return from when to when each customer paid, and what in the end."""
    found: dict[str, tuple[date, date | None, Decimal]] = {}
    for row in company.tables["fct_mrr_movements"]:
        key, day = row["customer_key"], row["period_start"]
        began = found[key][0] if key in found else day
        gone = day if row["closing_usd"] == 0 else None
        worth = row["closing_usd"] or row["opening_usd"]
        found[key] = (began, gone, worth)
    return found


class Months:
    """Tables by month and by day."""

    def __init__(self, company: Company) -> None:
        self.kpis = company.tables["agg_kpis_daily"]
        self.months = company.tables["agg_mrr_monthly"]
        self.newest = company.newest
        self.spells = spells_of(company)

    def tables(self) -> dict[str, list[Row]]:
        """Return the rows of each table."""
        return {**self._by_month(), **self._by_day()}

    def _by_month(self) -> dict[str, list[Row]]:
        margin = list(self._margin())
        return {
            "agg_revenue_monthly": [self._recognised(row) for row in self.months],
            "agg_retention_monthly": [self._retained(row) for row in self.months],
            "fct_mrr_by_definition": [
                self._defined(row, name) for row in self.months for name in DEFINITIONS
            ],
            "agg_cohort_retention_monthly": list(self._cohorts()),
            "agg_margin_monthly": margin,
            "fct_customer_margin_months": [
                {**{k: v for k, v in row.items() if k not in ("dimension", "value")}}
                | {"customer_key": key}
                for row in margin
                if row["dimension"] == "total"
                for key in list(self.spells)[:12]
            ],
        }

    def _recognised(self, month: Row) -> Row:
        days = [row for row in self.kpis if month_of(row["date"]) == month["month"]]
        recognised = sum((row["recognised_revenue_usd"] for row in days), ZERO)
        return {
            "month": month["month"],
            "recognised_usd": recognised,
            "recognised_subscription_usd": recognised,
            "recognised_pack_usd": ZERO,
            "recognised_other_usd": ZERO,
            "contra_usd": Decimal(5),
            "deferred_closing_usd": month["closing_usd"] * 2,
            "is_final": month["is_final"],
        }

    def _retained(self, month: Row) -> Row:
        opening, people = month["opening_usd"], month["customers_opening"]
        rate = Decimal(month["customers_churned"]) / people if people else None
        lost = month["churn_usd"] + month["contraction_usd"]
        return {
            "month": month["month"],
            "logo_churn_rate": rate,
            "gross_mrr_churn_rate": lost / opening if opening else None,
            "net_mrr_churn_rate": (lost - month["expansion_usd"]) / opening if opening else None,
            "grr_3m": Decimal("0.91"),
            "nrr_3m": Decimal("0.98"),
            "grr_12m": Decimal("0.72"),
            "nrr_12m": Decimal("0.95"),
            "voluntary_churn_usd": month["churn_usd"],
            "involuntary_churn_usd": Decimal(8),
            "admin_churn_usd": ZERO,
            "trial_conversion_rate": Decimal("0.5"),
            "recovery_rate": Decimal("0.4"),
            "is_final": month["is_final"],
        }

    def _defined(self, month: Row, definition: str) -> Row:
        gap = {"stripe": Decimal("41.50"), "profitwell": Decimal("-18.25")}.get(definition, ZERO)
        gaps = ("awaiting_payment", "beyond_grace", "paused", "coupons", "fx", "cancellation")
        return {
            "month": month["month"],
            "definition": definition,
            "ours_usd": month["closing_usd"],
            "mrr_usd": month["closing_usd"] + gap,
            **{f"gap_{name}_usd": ZERO for name in gaps},
            "gap_coupons_usd": gap,
            "is_final": month["is_final"],
        }

    def _cohorts(self) -> Iterator[Row]:
        cohorts: dict[date, list[tuple[date | None, Decimal]]] = defaultdict(list)
        for began, gone, worth in self.spells.values():
            cohorts[month_of(began)].append((gone, worth))
        months = [row["month"] for row in self.months]
        for start, members in sorted(cohorts.items()):
            for age, month in enumerate(months[months.index(start) :]):
                left = [worth for gone, worth in members if not gone or month_of(gone) > month]
                yield {
                    "cohort_month": start,
                    "age_months": age,
                    "month": month,
                    "customers_start": len(members),
                    "customers_active": len(left),
                    "mrr_usd": sum(left, ZERO),
                    "mrr_start_usd": sum((worth for _, worth in members), ZERO),
                    "is_final": month < month_of(self.newest),
                }

    def _margin(self) -> Iterator[Row]:
        """Split each month's margin into two parts and what belongs to nobody."""
        values = {
            "total": {"total": 4},
            "plan": {"price_basic": 1, "price_studio": 2, "unallocated": 1},
            "provider": {"KLING_V1": 3, "unallocated": 1},
            "country": {"DE": 1, "US": 2, "unallocated": 1},
        }
        for month in self.months:
            days = [row for row in self.kpis if month_of(row["date"]) == month["month"]]
            revenue = sum((row["recognised_revenue_usd"] for row in days), ZERO)
            cost = sum((row["provider_cost_usd"] for row in days), ZERO)
            for dimension, parts in values.items():
                for value, quarters in parts.items():
                    share = Decimal(quarters) / 4
                    yield {
                        "month": month["month"],
                        "dimension": dimension,
                        "value": value,
                        "recognised_revenue_usd": revenue * share,
                        "net_cash_usd": revenue * share,
                        "stripe_fees_usd": ZERO,
                        "dispute_loss_usd": ZERO,
                        "provider_cost_usd": cost * share,
                        "gross_margin_usd": (revenue - cost) * share,
                        "gross_margin_pct": (revenue - cost) / revenue if revenue else None,
                        "is_final": month["is_final"],
                    }

    def _by_day(self) -> dict[str, list[Row]]:
        active = [
            {
                "date": row["date"],
                **{name: row[name] for name in ("dau", "wau", "mau")},
                "stickiness": Decimal(row["dau"]) / row["mau"],
            }
            for row in self.kpis
        ]
        owed = [
            {
                "date": row["date"],
                "credits_paid_outstanding": 1000 + n,
                "credits_free_outstanding": 500,
                "liability_usd": Decimal(80) + n,
                "cost_exposure_usd": Decimal(200) + 2 * n,
            }
            for n, row in enumerate(self.kpis)
        ]
        balance = [
            {
                "currency": "usd",
                "date": self.newest - timedelta(days=n),
                "opening_minor": 5000 - 100 * n,
                "net_minor": 100,
                "closing_minor": 5100 - 100 * n,
                "stripe_minor": 5100 if n == 0 else None,
            }
            for n in range(40)
        ]
        return {
            "agg_active_users_daily": active,
            "agg_credit_liability_daily": owed,
            "rec_stripe_balance": balance,
        }
