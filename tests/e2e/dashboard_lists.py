"""What the page lists of the made-up company: customers, documents, losses, health, metrics.

A handful of rows each. Some names are what nobody should be able to call themselves.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tests.e2e.dashboard_company import PLANS, Company
from tests.e2e.dashboard_months import month_of, spells_of

Row = dict[str, Any]
HOSTILE = '"><img src="x" onerror="window.hacked=1">'


def at(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), UTC)


class Lists:
    """Tables whose rows are shown one by one, as of an instant."""

    def __init__(self, company: Company, as_of: datetime) -> None:
        self.company = company
        self.as_of = as_of
        self.newest = company.newest
        self.spells = spells_of(company)
        self.first = next(iter(self.spells))

    def tables(self) -> dict[str, list[Row]]:
        """Return the rows of each table."""
        return {**self._customers(), **self._lists(), **self._health(), **self._metrics()}

    def _customers(self) -> dict[str, list[Row]]:
        prices = {Decimal(price): key for key, (price, _) in PLANS.items()}
        customers, bridge, intervals = [], [], []
        for key, (began, gone, worth) in self.spells.items():
            customers.append(
                {
                    "customer_key": key,
                    "user_id": key,
                    "primary_stripe_customer_id": f"cus_{key}",
                    "link_status": "linked",
                    "email_hash": f"p1_{key}",
                    "country": "DE" if len(customers) % 3 else "US",
                    "created_at": at(began),
                    "first_paid_at": at(began),
                    "cohort_month": month_of(began),
                    "current_plan_key": None if gone else prices[worth],
                    "is_internal": False,
                    "is_deleted": False,
                }
            )
            bridge.append({"stripe_customer_id": f"cus_{key}", "customer_key": key})
            intervals.append(
                {
                    "subscription_item_id": f"si_{key}",
                    "subscription_id": f"sub_{key}",
                    "customer_key": key,
                    "plan_key": prices[worth],
                    "valid_from": began,
                    "valid_to": gone,
                    "state": "active",
                    "mrr_usd": worth,
                }
            )
        customers.append(
            {
                "customer_key": HOSTILE,
                "country": "XX",
                "created_at": at(self.newest),
                "is_internal": False,
                "is_deleted": False,
            }
        )
        plans = [
            {
                "plan_key": key,
                "kind": "plan",
                "name": name,
                "interval": "month",
                "interval_count": 1,
                "unit_amount_minor": price * 100,
                "currency": "usd",
            }
            for key, (price, name) in PLANS.items()
        ]
        return {
            "dim_customers": customers,
            "dim_stripe_customers": bridge,
            "fct_mrr_intervals": intervals,
            "dim_plans": plans,
            "dim_currencies": [{"currency": "usd", "exponent": 2}],
        }

    def _lists(self) -> dict[str, list[Row]]:
        days = [self.newest - timedelta(days=9 * n) for n in range(60)]
        outcomes = ("recovered", "lost", "pending")
        churned = [
            {
                "customer_key": key,
                "churned_on": gone,
                "mrr_lost_usd": worth,
                "churn_type": "voluntary",
                "reason": HOSTILE,
                "tenure_days": (gone - began).days,
                "subscription_id": f"sub_{key}",
            }
            for key, (began, gone, worth) in self.spells.items()
            if gone
        ]
        dunning = [
            {
                "invoice_id": f"in_{n}",
                "customer_key": self.first,
                "opened_at": at(day),
                "outcome": outcomes[n % 3],
            }
            for n, day in enumerate(days)
        ]
        trials = [
            {
                "subscription_id": f"sub_{n}",
                "customer_key": self.first,
                "started_at": at(day),
                "is_converted": n % 2 == 0,
                "is_mature": n > 1,
            }
            for n, day in enumerate(days)
        ]
        return {
            "fct_churn_events": churned,
            "fct_dunning_cases": dunning,
            "fct_trials": trials,
            **self._documents(days),
            "fct_videos": [
                {**row, "customer_key": self.first} for row in self.company.tables["fct_videos"]
            ],
            "dim_provider_rates": [
                {
                    "rate_id": f"r_{provider}",
                    "provider": provider,
                    "usd_per_credit": Decimal("0.004"),
                    "valid_from": at(date(2024, 1, 1)),
                    "bills_failures": True,
                }
                for provider in ("KLING_V1", "KLING_V2", "LUMA_V1", "LUMA_V2")
            ],
        }

    def _documents(self, days: list[date]) -> dict[str, list[Row]]:
        customers = list(self.spells)
        money = {"currency": "usd", "amount_due_minor": 2600, "amount_remaining_minor": 2600}
        invoices = [
            {
                "invoice_id": f"in_{n}",
                "customer_key": customers[n % len(customers)],
                "status": "open" if n < 40 else "paid",
                "created_at": at(day),
                **money,
            }
            for n, day in enumerate(days)
        ]
        payouts = [
            {
                "payout_id": f"po_{n}",
                "created_at": at(day),
                "arrives_at": at(day),
                "status": "paid",
                "currency": "usd",
                "amount_minor": 9900,
            }
            for n, day in enumerate(days)
        ]
        payments = [
            {
                "charge_id": f"ch_{n}",
                "customer_key": self.first,
                "created_at": at(day),
                "status": "succeeded",
                "currency": "usd",
                "captured_minor": 800,
                "refunded_minor": 0,
                "retained_minor": 800,
            }
            for n, day in enumerate(days[:5])
        ]
        lots = [
            {
                "lot_id": "lot_1",
                "customer_key": self.first,
                "kind": "pack",
                "credits": 100,
                "remaining": 40,
                "liability_usd": Decimal("3.20"),
                "granted_at": at(days[0]),
            }
        ]
        return {
            "fct_invoices": invoices,
            "fct_payouts": payouts,
            "fct_payments": payments,
            "fct_credit_lots": lots,
        }

    def _health(self) -> dict[str, list[Row]]:
        alerts = [
            {
                "alert_id": f"a_{n}",
                "origin": "application",
                "type": "LOW_PROVIDER_BALANCE",
                "severity": severity,
                "message": f"Credits run out {HOSTILE}",
                "raised_at": self.as_of - timedelta(hours=n + 1),
                "resolved_at": self.as_of if n == 2 else None,
            }
            for n, severity in enumerate(("CRITICAL", "WARNING", "INFO"))
        ]
        checks = [
            {
                "check_name": f"check_{n}",
                "table_name": "agg_mrr_monthly",
                "status": "warned" if n == 3 else "passed",
                "severity": "error",
                "failures": 2 if n == 3 else 0,
                "description": "MRR rolls forward.",
            }
            for n in range(4)
        ]
        restated = {
            "metric": "churn_usd",
            "month": self.company.tables["agg_mrr_monthly"][-3]["month"],
            "run_id": "run",
            "restated_at": self.as_of,
            "before": Decimal(12),
            "after": Decimal(20),
            "cause": "late_event",
        }
        sources = ("stripe.charges", "app.videos", "marts.agg_kpis_daily")
        fresh = [
            {"source": name, "synced_through": self.as_of, "expected_every": "1 hour", "rows": 1}
            for name in sources
        ]
        return {
            "fct_alerts": alerts,
            "agg_data_quality": checks,
            "fct_restatements": [restated],
            "agg_freshness": fresh,
        }

    def _metrics(self) -> dict[str, list[Row]]:
        def metric(name: str, label: str, table: str, kind: str) -> Row:
            is_month = table == "agg_mrr_monthly"
            return {
                "metric": name,
                "label": label,
                "definition": f"{label}, as it is defined.",
                "formula": "A sum.",
                "unit": "US dollars",
                "table_name": table,
                "column_name": name,
                "period_column": "month" if is_month else "date",
                "period_type": "month" if is_month else "day",
                "kind": kind,
                "has_objects": name == "churn_usd",
            }

        behind = [
            {
                "metric": "churn_usd",
                "period": month_of(gone),
                "slice": "total",
                "object_type": "customer",
                "object_id": key,
                "amount": worth,
                "period_type": "month",
            }
            for key, (_, gone, worth) in self.spells.items()
            if gone
        ]
        return {
            "dim_metrics": [
                metric("mrr_usd", "MRR", "agg_kpis_daily", "state"),
                metric("net_volume_usd", "Net volume", "agg_kpis_daily", "flow"),
                metric("churn_usd", "Churned MRR", "agg_mrr_monthly", "flow"),
                metric("new_usd", "New MRR", "agg_mrr_monthly", "flow"),
            ],
            "drill_metric_objects": behind,
        }
