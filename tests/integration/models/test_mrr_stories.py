"""Each story of a customer leads to its intervals, movements and churn, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.models import mrr_stories as told
from tests.integration.models.billing import Story, open_shop
from tests.integration.models.mrr_stories import COUPONS, PRICES
from tests.integration.models.project import Project
from tests.integration.models.raw_layer import RawLayer

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

#: First day, first day after, state, MRR, how its beginning is known.
INTERVALS = {
    told.upgraded: """
        08-10 09-25 active 8 line
        09-25 still active 26 proration""",
    told.tried: """
        08-01 08-15 trialing 0 line
        08-17 still active 8 line""",
    told.never_paid: "",
    told.recovered: """
        08-01 09-01 active 8 line
        09-01 09-13 past_due 8 line
        09-13 still active 8 line""",
    told.left_past_due: """
        07-01 08-01 active 8 line
        08-01 08-31 past_due 8 line""",
    told.unpaid: """
        07-01 08-01 active 8 line
        08-01 08-15 past_due 8 line""",
    told.without_card: """
        07-01 08-01 active 8 line
        08-01 08-31 past_due 8 line""",
    told.paused: """
        07-01 08-01 active 8 line
        08-01 10-01 paused 0 assumed
        10-01 still active 8 line""",
    told.paused_as_draft: """
        09-05 10-05 active 8 line
        10-05 still paused 0 assumed""",
    told.cancelled: "08-01 10-01 active 8 line",
    told.recreated: """
        08-01 08-20 active 8 line
        08-20 still active 26 line""",
    told.removed_item: """
        08-01 08-16 active 26 line
        08-01 still active 8 line""",
    told.lapsed_item: """
        08-01 09-01 active 26 line
        08-01 still active 8 line""",
    told.dearer_at_renewal: """
        08-01 09-01 active 8 line
        09-01 still active 26 assumed""",
    told.seen_to_change: """
        10-15 11-01 active 8 line
        11-01 still active 24 observed""",
    told.to_yearly: """
        08-01 08-16 active 8 line
        08-16 still active 8 line""",
    told.to_monthly: """
        08-01 09-16 active 8 line
        09-16 still active 10 line""",
    told.to_free: """
        08-01 09-01 active 8 line
        09-01 still active 0 assumed""",
    told.comped: """
        08-01 09-01 comped 0 line
        09-01 still active 8 line""",
    told.discounted: """
        08-01 08-10 active 8 line
        08-10 10-10 active 4 line
        10-10 still active 8 line""",
    told.three_off: """
        08-01 still active 4.94 line
        08-01 still active 6.86 line""",
    told.in_euros: """
        08-01 09-01 active 8.8 line
        09-01 still active 9.6 line""",
    told.billed_by_mail: """
        08-12 10-01 active 8 line
        10-01 10-20 past_due 8 line
        10-20 still active 8 line""",
    told.discount_taken_off: """
        08-01 10-01 active 5 line
        10-01 still active 8 line""",
    told.one_of_two_paused: """
        08-01 still active 26 line
        08-01 09-01 active 8 line
        09-01 still paused 0 assumed""",
    told.ended_while_paused: """
        07-01 08-01 active 8 line
        08-01 08-20 paused 0 assumed""",
    told.back_after_patience: """
        07-01 08-01 active 8 line
        08-01 08-31 past_due 8 line
        09-10 still active 8 line""",
    told.deleted: "08-01 09-05 active 8 line",
}
#: Day, what happened, by how much MRR moved, and how much of that the exchange rate did.
MOVEMENTS = {
    told.upgraded: """
        08-10 new 8 0
        09-25 expansion 18 0""",
    told.tried: "08-17 new 8 0",
    told.recovered: "08-01 new 8 0",
    told.paused: """
        07-01 new 8 0
        08-01 paused -8 0
        10-01 resumed 8 0""",
    told.recreated: """
        08-01 new 8 0
        08-20 expansion 18 0""",
    told.removed_item: """
        08-01 new 34 0
        08-16 contraction -26 0""",
    told.to_monthly: """
        08-01 new 8 0
        09-16 expansion 2 0""",
    told.comped: "09-01 new 8 0",
    told.discounted: """
        08-01 new 8 0
        08-10 contraction -4 0
        10-10 expansion 4 0""",
    told.in_euros: """
        08-01 new 8.8 0
        09-01 fx 0.8 0.8""",
    told.one_of_two_paused: """
        08-01 new 34 0
        09-01 paused -8 0""",
    told.ended_while_paused: """
        07-01 new 8 0
        08-01 paused -8 0""",
    told.back_after_patience: """
        07-01 new 8 0
        08-31 churn -8 0
        09-10 reactivation 8 0""",
}
#: Day, type, MRR lost, days since the first with MRR.
CHURN = {
    told.back_after_patience: "08-31 involuntary_payment 8 61",
    told.deleted: "09-05 admin 8 35",
    told.ended_while_paused: "08-20 voluntary 8 50",
    told.cancelled: "10-01 voluntary 8 61",
    told.left_past_due: "08-31 involuntary_payment 8 61",
    told.to_free: "09-01 to_free 8 31",
    told.unpaid: "08-15 involuntary_payment 8 45",
    told.without_card: "08-31 involuntary_payment 8 61",
}


def company(raw: RawLayer) -> None:
    """Put the prices, the coupons and every story into an empty warehouse."""
    open_shop(raw, NOW, prices=PRICES, coupons=COUPONS)
    for story in INTERVALS:
        story(Story(raw, story.__name__, observed=NOW))


def words(row: tuple[Any, ...]) -> str:
    """Return a row in the words of the expectations: no year, no trailing zeros."""
    return " ".join(map(word, row))


def word(value: object) -> str:
    if isinstance(value, date):
        return f"{value:%m-%d}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "still" if value is None else str(value)


def by_story(project: Project, sql: str) -> dict[str, list[str]]:
    """Return what each customer's rows say; the query's first column is the customer."""
    rows: dict[str, list[str]] = {}
    for name, *rest in project.rows(sql):
        rows.setdefault(name, []).append(words(tuple(rest)))
    return {name: sorted(lines) for name, lines in rows.items()}


def lines(text: str) -> list[str]:
    return sorted(line.strip() for line in text.splitlines() if line.strip())


def test_each_story_has_its_history(project: Project) -> None:
    with project.raw() as raw:
        company(raw)
    project.run("--select", "+fct_mrr_intervals", "+fct_churn_events", "+fct_mrr_movements")
    intervals = by_story(
        project,
        "select customer_key, valid_from, valid_to, state, mrr_usd, history_source"
        " from build.fct_mrr_intervals",
    )
    moved = by_story(
        project,
        "select customer_key, period_start, primary_movement, closing_usd - opening_usd, fx_usd"
        " from build.fct_mrr_movements where period_type = 'day'",
    )
    churned = by_story(
        project,
        "select customer_key, churned_on, churn_type, mrr_lost_usd, tenure_days"
        " from build.fct_churn_events",
    )
    assert intervals == {story.__name__: lines(text) for story, text in INTERVALS.items() if text}
    for story, text in MOVEMENTS.items():
        assert moved[story.__name__] == lines(text), story.__name__
    assert churned == {story.__name__: lines(text) for story, text in CHURN.items()}
