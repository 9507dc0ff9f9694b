"""Two years of a made-up company in the shape of the marts, for looking at the dashboard.

The amounts follow from one seed; every identity that the page shows holds: movements lead from
opening to closing, days sum to months, providers to the cost of the company. A plan is called what
nobody should be able to call one: the page must show it as text.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
MARKUP = '<img src="x" onerror="window.hacked=1">'
PLANS = {
    "price_basic": (8, "Basic"),
    "price_pro": (26, "Pro"),
    "price_studio": (68, f"Studio {MARKUP}"),
}
PROVIDERS = {"KLING_V1": "0.0040", "KLING_V2": "0.0060", "LUMA_V1": "0.0032", "LUMA_V2": "0.0045"}
ZERO = Decimal(0)


def cents(value: float) -> Decimal:
    return Decimal(round(value * 100)).scaleb(-2)


@dataclass
class Company:
    """The company day by day; `tables` holds its marts."""

    newest: date
    days: int = 740
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.customers: dict[str, str] = {}
        self.mrr = ZERO
        for name in (
            "agg_kpis_daily",
            "fct_mrr_movements",
            "agg_mrr_monthly",
            "agg_cash_daily",
            "agg_provider_daily",
            "fct_provider_usage",
            "fct_videos",
            "agg_usage_daily",
        ):
            self.tables[name] = []
        for n in range(self.days):
            self._live(self.newest - timedelta(days=self.days - 1 - n), n)
        self._months()

    def _live(self, day: date, n: int) -> None:
        moved = list(self._move(day, n))
        self.tables["fct_mrr_movements"] += moved
        total = {name: sum((row[name] for row in moved), ZERO) for name in _AMOUNTS}
        self.mrr += _change(total)
        gross = cents(float(self.mrr) / 24 * self.chance.uniform(0.5, 1.5) + 20)
        refunds = cents(float(gross) * self.chance.choice([0, 0, 0, 0.09, 0.16]))
        disputes = Decimal("26.00") if self.chance.random() < 0.02 else ZERO
        fees = cents(float(gross) * 0.031 + 2)
        videos, failed, spent, cost = self._generate(day, n)
        self.tables["agg_kpis_daily"].append(
            {
                "date": day,
                "mrr_usd": self.mrr,
                "arr_usd": 12 * self.mrr,
                "paying_customers": len(self.customers),
                "new_mrr_usd": total["new_usd"],
                "expansion_mrr_usd": total["expansion_usd"],
                "reactivation_mrr_usd": total["reactivation_usd"],
                "contraction_mrr_usd": total["contraction_usd"],
                "churn_mrr_usd": total["churn_usd"],
                "gross_volume_usd": gross,
                "refunds_usd": refunds,
                "disputes_usd": disputes,
                "stripe_fees_usd": fees,
                "net_volume_usd": gross - refunds - disputes,
                "recognised_revenue_usd": self.mrr / 30,
                "gross_margin_usd": self.mrr / 30 - cost - fees,
                "dau": 12 + n // 20,
                "wau": 40 + n // 9,
                "mau": 90 + n // 4,
                "videos_completed": videos,
                "videos_failed": failed,
                "credits_used": spent,
                "provider_cost_usd": cost,
                "open_alerts": n % 3,
            }
        )
        self.tables["agg_cash_daily"].append(
            {
                "date": day,
                "currency": "usd",
                "cash_class": "sale",
                "transactions": 3,
                "amount_minor": int(gross * 100),
                "fee_minor": int(fees * 100),
                "net_minor": int((gross - fees) * 100),
                "amount_usd": gross,
                "fee_usd": fees,
                "net_usd": gross - fees,
            }
        )

    def _move(self, day: date, n: int) -> Iterator[Row]:
        for k in range(self.chance.choices([0, 1, 2, 3], [70, 40, 12 + n / 40, n / 90])[0]):
            plan = self.chance.choices(list(PLANS), [6, 3, 1])[0]
            key = f"u_{n}_{k}"
            self.customers[key] = plan
            yield _movement(day, key, ZERO, Decimal(PLANS[plan][0]), "new")
        for key in [key for key in self.customers if self.chance.random() < 0.0013]:
            plan = self.customers.pop(key)
            yield _movement(day, key, Decimal(PLANS[plan][0]), ZERO, "churn")
        for key in [key for key in self.customers if self.chance.random() < 0.0006]:
            before = self.customers[key]
            after = self.chance.choice([plan for plan in PLANS if plan != before])
            self.customers[key] = after
            old, new = Decimal(PLANS[before][0]), Decimal(PLANS[after][0])
            yield _movement(day, key, old, new, "expansion" if new > old else "contraction")

    def _generate(self, day: date, n: int) -> tuple[int, int, int, Decimal]:
        done = failed = spent = 0
        cost = ZERO
        for p, (provider, rate) in enumerate(PROVIDERS.items()):
            begun = max(0, n - 200 * (p % 2))
            calls = int(self.chance.uniform(0.6, 1.4) * (2 + begun / 60) * (1.4 - 0.25 * p))
            if not begun or not calls:
                continue
            wasted = sum(self.chance.random() < 0.06 for _ in range(calls))
            used = calls * (40 + 20 * p)
            amount = (used * Decimal(rate)).quantize(Decimal("0.000000001"))
            done, failed, spent, cost = (
                done + calls - wasted,
                failed + wasted,
                spent + used,
                cost + amount,
            )
            waste = (amount * wasted / calls).quantize(Decimal("0.000000001"))
            good = calls - wasted
            self.tables["agg_provider_daily"].append(
                {
                    "date": day,
                    "provider": provider,
                    "calls": calls,
                    "videos": calls,
                    "completed_videos": good,
                    "credits": used,
                    "cost_usd": amount,
                    "wasted_cost_usd": waste,
                    "app_reported_cost_usd": amount,
                    "variance_usd": ZERO,
                    "cost_per_completed_video_usd": (amount / good).quantize(Decimal("0.000000001"))
                    if good
                    else None,
                    "internal_cost_usd": ZERO,
                }
            )
            self.tables["agg_usage_daily"].append(
                {
                    "date": day,
                    "provider": provider,
                    "videos_requested": calls,
                    "videos_completed": good,
                    "videos_failed": wasted,
                    "credits_used": used,
                    "credits_refunded": used * wasted // calls,
                }
            )
            at = datetime.combine(day, time(12), UTC)
            for k in range(calls):
                video = f"v_{provider}_{n}_{k}"
                status = "FAILED" if k < wasted else "COMPLETED"
                self.tables["fct_videos"].append(
                    {
                        "video_id": video,
                        "provider": provider,
                        "status": status,
                        "created_at": at,
                        "credits_used": 40 + 20 * p,
                    }
                )
                self.tables["fct_provider_usage"].append(
                    {
                        "usage_log_id": f"l_{video}",
                        "video_id": video,
                        "provider": provider,
                        "occurred_at": at,
                    }
                )
        return done, failed, spent, cost.quantize(Decimal("0.000001"))

    def _months(self) -> None:
        kpis = self.tables["agg_kpis_daily"]
        opening, people = ZERO, 0
        for month in sorted({row["date"].replace(day=1) for row in kpis}):
            moved = [
                row
                for row in self.tables["fct_mrr_movements"]
                if row["period_start"].replace(day=1) == month
            ]
            amounts = {name: sum((row[name] for row in moved), ZERO) for name in _AMOUNTS}
            last = [row for row in kpis if row["date"].replace(day=1) == month][-1]
            gone = sum(row["churn_usd"] > 0 for row in moved)
            self.tables["agg_mrr_monthly"].append(
                {
                    "month": month,
                    "opening_usd": opening,
                    **amounts,
                    "closing_usd": last["mrr_usd"],
                    "customers_opening": people,
                    "customers_new": sum(row["new_usd"] > 0 for row in moved),
                    "customers_reactivated": 0,
                    "customers_resumed": 0,
                    "customers_churned": gone,
                    "customers_paused": 0,
                    "customers_closing": last["paying_customers"],
                    "arr_usd": last["arr_usd"],
                    "arpa_usd": last["mrr_usd"] / max(1, last["paying_customers"]),
                    "quick_ratio": amounts["new_usd"] / max(Decimal(1), amounts["churn_usd"]),
                    "committed_mrr_usd": last["mrr_usd"] - 8,
                    "at_risk_mrr_usd": Decimal(26),
                    "is_final": month < self.newest.replace(day=1),
                }
            )
            opening, people = last["mrr_usd"], last["paying_customers"]


_AMOUNTS = (
    "new_usd",
    "expansion_usd",
    "reactivation_usd",
    "resumed_usd",
    "contraction_usd",
    "churn_usd",
    "paused_usd",
    "fx_usd",
)


def _change(amounts: Row) -> Decimal:
    gained = amounts["new_usd"] + amounts["expansion_usd"] + amounts["reactivation_usd"]
    return gained - amounts["contraction_usd"] - amounts["churn_usd"]


def _movement(day: date, key: str, opening: Decimal, closing: Decimal, kind: str) -> Row:
    amounts = dict.fromkeys(_AMOUNTS, ZERO) | {f"{kind}_usd": abs(closing - opening)}
    return {
        "customer_key": key,
        "period_type": "day",
        "period_start": day,
        "opening_usd": opening,
        **amounts,
        "closing_usd": closing,
        "primary_movement": kind,
    }
