"""Days drawn together: flows summed, states last, openings first, ratios worked out again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.columns import Column, Kind, Series
from reader.fold import divide, fold
from reader.periods import split
from reader.series import MOVEMENTS_DAILY, PROVIDERS

FIRST = date(2026, 11, 1)
SERIES = Series(
    "t",
    "date",
    (
        Column("key", Kind.KEY, "text"),
        Column("flow", Kind.FLOW, "decimal"),
        Column("state", Kind.STATE, "integer"),
        Column("opening", Kind.OPENING, "integer"),
        Column("share", Kind.RATIO, "decimal", "flow", "state"),
    ),
)


def row(day: int, key: str = "a", flow: str | None = "1.5", state: int = 3, opening: int = 2):
    return {
        "date": FIRST + timedelta(days=day),
        "key": key,
        "flow": None if flow is None else Decimal(flow),
        "state": state,
        "opening": opening,
        "share": Decimal(99),
    }


def test_each_kind_of_column_is_drawn_together_in_its_own_way():
    periods = split(FIRST, FIRST + timedelta(days=29), "month")
    folded = fold(SERIES, [row(0, opening=1), row(1, state=5), row(2, state=4)], periods)
    assert folded[FIRST, "a"] == {
        "date": FIRST,
        "first_day": FIRST,
        "last_day": FIRST + timedelta(days=29),
        "is_partial": False,
        "key": "a",
        "flow": Decimal("4.5"),
        "state": 4,
        "opening": 1,
        "share": Decimal("1.125000"),
    }


def test_keys_stay_apart_and_days_outside_are_left_out():
    periods = split(FIRST + timedelta(days=1), FIRST + timedelta(days=2), "month")
    folded = fold(SERIES, [row(0), row(1, "a"), row(1, "b", "7"), row(2), row(9)], periods)
    assert {key: r["flow"] for key, r in folded.items()} == {
        (FIRST, "a"): Decimal("3.0"),
        (FIRST, "b"): Decimal(7),
    }


def test_what_is_unknown_every_day_is_unknown_in_sum():
    periods = split(FIRST, FIRST, "month")
    assert fold(SERIES, [row(0, flow=None)], periods)[FIRST, "a"]["flow"] is None
    assert fold(SERIES, [row(0, flow=None), row(0)], periods)[FIRST, "a"]["flow"] == Decimal("1.5")


def test_different_things_are_counted_again_and_never_added_up():
    columns = {c.name: 1 for c in PROVIDERS.columns if c.kind is not Kind.KEY}
    days = [{"date": FIRST + timedelta(days=n), "provider": "LUMA_V1", **columns} for n in (0, 1)]
    periods = split(FIRST, FIRST + timedelta(days=29), "month")
    counts = {(FIRST, "LUMA_V1"): {"videos": 1, "completed_videos": 8}}
    folded = fold(PROVIDERS, days, periods, counts)[FIRST, "LUMA_V1"]
    assert (folded["calls"], folded["videos"]) == (2, 1)
    assert folded["cost_per_completed_video_usd"] == Decimal("0.25")


@given(st.lists(st.decimals(0, 10**12, places=6), min_size=1, max_size=40))
def test_a_roll_forward_still_adds_up_after_drawing_together(amounts):
    opening, days = Decimal(0), []
    for n, amount in enumerate(amounts):
        values = {c.name: Decimal(0) for c in MOVEMENTS_DAILY.columns}
        values |= {"opening_usd": opening, "new_usd": amount, "closing_usd": opening + amount}
        days.append({"date": FIRST + timedelta(days=n), **values})
        opening += amount
    for folded in fold(MOVEMENTS_DAILY, days, split(FIRST, days[-1]["date"], "week")).values():
        assert folded["closing_usd"] == folded["opening_usd"] + folded["new_usd"]


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (1, 3, "0.333333"),
        (2, 3, "0.666667"),
        (Decimal("0.000001"), 2, "0.000000"),
        (Decimal("0.000003"), 2, "0.000002"),
        (0, 5, "0.000000"),
    ],
)
def test_division_is_exact_and_half_even(numerator, denominator, expected):
    assert str(format(divide(numerator, denominator), "f")) == expected


def test_nothing_is_divided_by_nothing():
    assert divide(Decimal(1), 0) is None
    assert divide(None, 1) is None
    assert divide(Decimal(1), None) is None
