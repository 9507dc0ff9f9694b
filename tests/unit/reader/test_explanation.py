"""A figure is explained by its definition and by the objects that sum to it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from figures import publish_figures

from reader.explanation import Explanation, explain
from reader.objects import Part
from reader.questions import QuestionError
from warehouse.generations import PinnedConnection, open_reader
from warehouse.settings import Settings


@pytest.fixture
def connection(settings: Settings) -> Iterator[PinnedConnection]:
    """Yield a connection to a published generation of a few days."""
    publish_figures(settings)
    with open_reader(settings) as reader, reader.connect() as opened:
        yield opened


def parts(found: Explanation) -> list[tuple[str, str, Decimal]]:
    return [(part.type, part.id, part.amount) for part in found.parts or ()]


def test_a_state_is_its_objects_on_any_day(connection: PinnedConnection) -> None:
    item = "subscription_item"
    expected = {
        "2026-01-31": [(item, "si_1", 8)],
        "2026-02-01": [(item, "si_2", 26), (item, "si_1", 8)],
        # Two days after the full list: the figure that was carried on is resolved.
        "2026-02-02": [(item, "si_2", 26)],
    }
    for day, objects in expected.items():
        found = explain(connection, "mrr_usd", day)
        assert parts(found) == objects
        assert found.figure == sum(amount for *_, amount in objects)
    assert (found.parts or ())[0].stripe_id == "sub_2"


def test_a_month_of_days_is_their_sum_or_the_last_of_them(connection: PinnedConnection) -> None:
    volume = explain(connection, "gross_volume_usd", "2026-02")
    assert volume.figure == 11
    assert [part.id for part in volume.parts or ()] == ["txn_2", "txn_1"]
    assert explain(connection, "mrr_usd", "2026-01").figure == 8
    assert explain(connection, "mrr_usd", "2026-02").figure == 26


def test_a_month_has_its_customers(connection: PinnedConnection) -> None:
    for period in ("2026-01", "2026-01-01"):
        found = explain(connection, "new_usd", period)
        assert (found.figure, found.period) == (8, "2026-01")
        assert found.parts == [Part("customer", "u1", Decimal(8), "cus_1")]
    count = explain(connection, "customers_new", "2026-01").figure
    assert isinstance(count, int)
    assert count == 1


def test_revenue_leads_to_invoices_and_margin_to_metrics(connection: PinnedConnection) -> None:
    day = explain(connection, "earned", "2026-02-01")
    assert day.parts == [
        Part("invoice_line", "il_1", Decimal("1.5"), "in_1"),
        Part("credit_lot", "lot_1", Decimal("-0.5"), "pi_1"),
    ]
    month = explain(connection, "margin", "2026-02")
    assert parts(month) == [("metric", "earned", 2), ("customer", "u1", -1)]
    assert month.figure == 1


def test_a_slice_is_a_part(connection: PinnedConnection) -> None:
    assert explain(connection, "calls", "2026-02-01").figure == 5
    assert explain(connection, "calls", "2026-02-01", "LUMA_V1").figure == 2
    assert explain(connection, "cost_each", "2026-02-01", "KLING_V1").figure == Decimal("0.25")
    assert explain(connection, "calls", "2026-02-01").parts is None


def test_the_objects_of_a_figure_are_split_by_what_they_belong_to(
    connection: PinnedConnection,
) -> None:
    item = "subscription_item"
    expected = {
        # On the day on which the plan changed it is the new one that counts.
        ("2026-02-01", "plan=price_yearly"): [(item, "si_1", 8)],
        ("2026-02-01", "plan=starter"): [(item, "si_1", 8)],
        ("2026-02-01", "plan=price_big"): [(item, "si_2", 26)],
        ("2026-01-31", "plan=Starter"): [(item, "si_1", 8)],
        # Carried on from the end of the month before.
        ("2026-02-02", "plan=O'Pro"): [(item, "si_2", 26)],
        ("2026-02-01", "country=DE"): [(item, "si_1", 8)],
        ("2026-02-01", "country=unallocated"): [(item, "si_2", 26)],
    }
    for (day, slice_), objects in expected.items():
        found = explain(connection, "mrr_usd", day, slice_)
        assert parts(found) == objects
        assert found.figure == sum(amount for *_, amount in objects)
        assert found.slice == slice_
    assert explain(connection, "gross_volume_usd", "2026-01-31", "country=DE").figure == 0
    count = explain(connection, "customers_new", "2026-01", "country=DE").figure
    assert isinstance(count, int)
    assert count == 1


def test_what_is_scheduled_is_of_the_plans_that_it_will_be(connection: PinnedConnection) -> None:
    expected = {
        "total": [
            Part("scheduled_item", "sub_sched_1/1", Decimal(26), "sub_sched_1"),
            Part("scheduled_item", "sub_sched_1/2", Decimal(11), "sub_sched_1"),
            Part("subscription_item", "si_1", Decimal(8), "sub_1"),
        ],
        # In another month the schedule named another plan in that place.
        "plan=O'Pro": [Part("scheduled_item", "sub_sched_1/1", Decimal(26), "sub_sched_1")],
        "plan=Starter": [
            Part("scheduled_item", "sub_sched_1/2", Decimal(11), "sub_sched_1"),
            Part("subscription_item", "si_1", Decimal(8), "sub_1"),
        ],
    }
    for slice_, objects in expected.items():
        found = explain(connection, "committed", "2026-01", slice_)
        assert found.parts == objects
        assert found.figure == sum(part.amount for part in objects)


def test_a_figure_comes_with_the_query_that_gives_it(connection: PinnedConnection) -> None:
    for name, period, slice_ in (
        ("gross_volume_usd", "2026-02", "total"),
        ("mrr_usd", "2026-02", "total"),
        ("new_usd", "2026-01", "total"),
        ("calls", "2026-02-01", "LUMA_V1"),
        ("cost_each", "2026-02-01", "KLING_V1"),
        ("mrr_usd", "2026-02-02", "plan=O'Pro"),
    ):
        found = explain(connection, name, period, slice_)
        assert connection.execute(found.sql).fetchall() == [(found.figure,)]


def test_a_day_without_a_row_by_provider_is_a_day_of_nothing(connection: PinnedConnection) -> None:
    assert explain(connection, "calls", "2026-02-02").figure == 0
    assert explain(connection, "calls", "2026-02-03", "LUMA_V1").figure == 0
    assert explain(connection, "cost_each", "2026-02-02", "KLING_V1").figure is None


@pytest.mark.parametrize(
    ("metric", "period", "slice_", "message"),
    [
        ("mrr_us", "2026-02-01", "total", "there is no metric mrr_us: there are mrr_usd"),
        ("mrr_usd", "yesterday", "total", "yesterday is no period of mrr_usd: give a day"),
        ("mrr_usd", "2026-02-30", "total", "no period of mrr_usd"),
        ("new_usd", "2026-01-15", "total", "no period of new_usd: give a month"),
        ("mrr_usd", "2027-01-01", "total", "kpis reaches from 2026-01-30 to 2026-02-02"),
        ("mrr_usd", "2025-01", "total", "kpis reaches from"),
        ("mrr_usd", "2026-02-01", "LUMA_V1", "no slice LUMA_V1: its slices are total"),
        ("mrr_usd", "2026-02-01", "provider=LUMA_V1", "its slices are country=…, plan=…"),
        ("mrr_usd", "2026-02-01", "country=FR", "there are country=unallocated, country=DE"),
        ("mrr_usd", "2026-02-01", "plan=Gold", "there are plan=O'Pro, plan=Starter"),
        ("mrr_usd", "2027-01-01", "country=DE", "kpis reaches from 2026-01-30 to 2026-02-02"),
        ("earned", "2026-02-01", "plan=price_big", "its slices are total only"),
        ("calls", "2026-02-01", "country=DE", "slices are total, KLING_V1, LUMA_V1"),
        ("calls", "2026-02-01", "SORA", "slices are total, KLING_V1, LUMA_V1"),
        ("cost_each", "2026-02-01", "total", "slices are KLING_V1, LUMA_V1"),
        ("cost_each", "2026-02", "LUMA_V1", "give a day"),
    ],
)
def test_a_wrong_question_is_told_what_there_is(
    metric: str, period: str, slice_: str, message: str, connection: PinnedConnection
) -> None:
    with pytest.raises(QuestionError, match=message):
        explain(connection, metric, period, slice_)


@pytest.mark.parametrize(
    ("stripe_id", "page"),
    [
        ("sub_1", "subscriptions/sub_1"),
        ("sub_sched_1", "subscription_schedules/sub_sched_1"),
        ("ch_1", "payments/ch_1"),
        ("py_1", "payments/py_1"),
        ("re_1", "refunds/re_1"),
        ("du_1", "disputes/du_1"),
        ("po_1", "payouts/po_1"),
        ("cus_1", "customers/cus_1"),
        ("in_1", "invoices/in_1"),
        ("pi_1", "payments/pi_1"),
    ],
)
def test_objects_of_stripe_have_their_page(stripe_id: str, page: str) -> None:
    part = Part("any", "id", Decimal(1), stripe_id)
    assert part.link(live_mode=True) == f"https://dashboard.stripe.com/{page}"
    assert part.link(live_mode=False) == f"https://dashboard.stripe.com/test/{page}"


@pytest.mark.parametrize("stripe_id", [None, "", "fee_odd"])
def test_what_has_no_page_has_no_link(stripe_id: str | None) -> None:
    assert Part("video", "v1", Decimal(1), stripe_id).link(live_mode=True) is None
