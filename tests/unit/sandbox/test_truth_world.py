"""The truth of a whole company: figures that must agree with each other, and cases that occur."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from sandbox.company.company import Company
from sandbox.company.world import world_start
from sandbox.ledger import Fact, StripeCustomerCreated
from sandbox.truth import OURS, expected
from sandbox.truth.movements import AMOUNTS

TODAY = datetime(2026, 11, 22, tzinfo=UTC)
Rows = list[dict[str, Any]]


SEEDS = [
    7,
    *(pytest.param(seed, marks=[pytest.mark.slow, pytest.mark.thorough]) for seed in (11, 23)),
]


@pytest.fixture(scope="module", params=SEEDS)
def ledger(request: pytest.FixtureRequest) -> list[Fact]:
    company = Company(request.param, 250, world_start(TODAY))
    company.kernel.run(TODAY)
    return company.kernel.ledger


@pytest.fixture(scope="module")
def truth(ledger: list[Fact]) -> dict[str, Rows]:
    return expected(ledger, TODAY)


def movements(truth: dict[str, Rows], period_type: str) -> Rows:
    return [row for row in truth["fct_mrr_movements"] if row["period_type"] == period_type]


def total(rows: Iterable[dict[str, Any]], column: str) -> Decimal:
    return sum((row[column] for row in rows), Decimal(0))


class TestIdentities:
    def test_mrr_rolls_forward_per_customer(self, truth: dict[str, Rows]) -> None:
        for row in truth["fct_mrr_movements"]:
            up = sum(row[name] for name in AMOUNTS[:5]) + row["fx_usd"]
            assert row["closing_usd"] == up - sum(row[name] for name in AMOUNTS[5:8])
            assert all(row[name] >= 0 for name in AMOUNTS if name != "fx_usd")

    def test_a_days_opening_is_the_last_closing(self, truth: dict[str, Rows]) -> None:
        for period_type in ("day", "month"):
            closings: dict[str, Decimal] = defaultdict(Decimal)
            for row in movements(truth, period_type):
                assert row["opening_usd"] == closings[row["customer_key"]]
                closings[row["customer_key"]] = row["closing_usd"]

    def test_days_net_to_months(self, truth: dict[str, Rows]) -> None:
        nets: dict[Any, Decimal] = defaultdict(Decimal)
        for sign, period_type in ((1, "day"), (-1, "month")):
            for row in movements(truth, period_type):
                month = (row["customer_key"], row["period_start"].replace(day=1))
                nets[month] += sign * (row["closing_usd"] - row["opening_usd"])
        assert not any(nets.values())

    def test_months_are_the_sums_of_customers(self, truth: dict[str, Rows]) -> None:
        for month in truth["agg_mrr_monthly"]:
            rows = [r for r in movements(truth, "month") if r["period_start"] == month["month"]]
            assert all(month[name] == total(rows, name) for name in AMOUNTS)

    def test_customers_roll_forward(self, truth: dict[str, Rows]) -> None:
        closing = 0
        for row in truth["agg_mrr_monthly"]:
            came = row["customers_new"] + row["customers_reactivated"] + row["customers_resumed"]
            left = row["customers_churned"] + row["customers_paused"]
            assert row["customers_opening"] == closing
            closing = row["customers_closing"]
            assert closing == row["customers_opening"] + came - left

    def test_by_day_the_first_movement_is_new_and_new_happens_once(
        self, truth: dict[str, Rows]
    ) -> None:
        seen: set[str] = set()
        for row in movements(truth, "day"):
            assert bool(row["new_usd"]) is (row["customer_key"] not in seen)
            seen.add(row["customer_key"])

    def test_churned_mrr_is_that_of_the_churn_events(self, truth: dict[str, Rows]) -> None:
        lost = {
            (row["customer_key"], row["period_start"]): row["churn_usd"]
            for row in movements(truth, "day")
            if row["churn_usd"]
        }
        events = {
            (row["customer_key"], row["churned_on"]): row["mrr_lost_usd"]
            for row in truth["fct_churn_events"]
        }
        assert lost.items() <= events.items()

    def test_churn_by_kind_sums_to_churn(self, truth: dict[str, Rows]) -> None:
        kinds = ("voluntary_churn_usd", "involuntary_churn_usd", "admin_churn_usd")
        for mrr, kept in zip(truth["agg_mrr_monthly"], truth["agg_retention_monthly"], strict=True):
            assert mrr["month"] == kept["month"]
            assert mrr["churn_usd"] == sum(kept[kind] for kind in kinds)

    def test_retention_stays_in_its_bounds(self, truth: dict[str, Rows]) -> None:
        for row in truth["agg_retention_monthly"]:
            for k in (1, 3, 12):
                grr, nrr = row[f"grr_{k}m"], row[f"nrr_{k}m"]
                assert (grr is None and nrr is None) or 0 <= grr <= min(1, nrr)
            assert row["logo_churn_rate"] is None or 0 <= row["logo_churn_rate"] <= 1

    def test_active_users_grow_with_the_window(self, truth: dict[str, Rows]) -> None:
        for row in truth["agg_active_users_daily"]:
            assert row["dau"] <= row["wau"] <= row["mau"]

    def test_cash_is_amount_less_fee(self, truth: dict[str, Rows]) -> None:
        for row in truth["agg_cash_daily"]:
            assert row["net_minor"] == row["amount_minor"] - row["fee_minor"]
            assert row["cash_class"] != "other"

    def test_wasted_and_internal_cost_are_parts(self, truth: dict[str, Rows]) -> None:
        for row in truth["agg_provider_daily"]:
            assert 0 <= row["wasted_cost_usd"] <= row["cost_usd"]
            assert 0 <= row["internal_cost_usd"] <= row["cost_usd"]


OTHERS = {
    "grace of 31 days": replace(OURS, grace=timedelta(days=31)),
    "52 weeks are 13 months": replace(
        OURS, months_in_an_interval=OURS.months_in_an_interval | {"week": Fraction(1, 4)}
    ),
    "once coupons count": replace(OURS, once_coupons_reduce_mrr=True),
    "trials count once they are over": replace(OURS, waits_for_first_payment=False),
    "an instant belongs to what ends at it": replace(OURS, limits_are_half_open=False),
    "paused subscriptions count": replace(OURS, paused_counts=True),
    "unpaid subscriptions count": replace(OURS, unpaid_counts=True),
    "a wish to cancel is an end": replace(OURS, requests_end_mrr=True),
    "deleted customers are forgotten": replace(OURS, deleted_customers_count=False),
    "internal accounts are customers": replace(OURS, internal_accounts_count=True),
    "tax inside prices is revenue": replace(OURS, inclusive_tax_counts=True),
}

#: Where it must be seen, if not in MRR.
SEEN_IN = {"an instant belongs to what ends at it": "agg_provider_daily"}


@pytest.mark.parametrize("name", OTHERS)
def test_every_policy_decides_something_in_every_world(
    name: str, ledger: list[Fact], truth: dict[str, Rows]
) -> None:
    table = SEEN_IN.get(name, "agg_mrr_monthly")
    assert expected(ledger, TODAY, [table], policies=OTHERS[name])[table] != truth[table]


def test_customers_of_one_user_are_one_in_every_world(
    ledger: list[Fact], truth: dict[str, Rows]
) -> None:
    """Without the links of metadata, one person would be several customers."""
    cut = [
        replace(fact, user_id=None, linked_by="none")
        if isinstance(fact, StripeCustomerCreated) and fact.linked_by == "metadata"
        else fact
        for fact in ledger
    ]
    table = "agg_mrr_monthly"
    assert expected(cut, TODAY, [table])[table] != truth[table]
