"""How ranges are cut into periods, and what each is compared with."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reader.periods import Period, add_months, compared_range, compared_with, split

DATES = st.dates(date(1980, 1, 1), date(2100, 1, 1))
GRAINS = st.sampled_from(["day", "week", "month"])


def d(text: str) -> date:
    return date.fromisoformat(text)


@given(DATES, st.integers(0, 900), GRAINS)
def test_periods_cover_each_day_of_a_range_once(first, days, grain):
    last = first + timedelta(days=days)
    periods = split(first, last, grain)
    covered = [
        p.first + timedelta(days=n) for p in periods for n in range((p.last - p.first).days + 1)
    ]
    assert covered == [first + timedelta(days=n) for n in range(days + 1)]
    assert all(p.start <= p.first <= p.last for p in periods)


@given(DATES, st.integers(0, 900), GRAINS, st.sampled_from(["previous", "year"]))
def test_every_period_is_compared_with_an_earlier_one_that_is_no_longer(first, days, grain, mode):
    periods = split(first, first + timedelta(days=days), grain)
    others = compared_with(periods, grain, mode)
    assert len(others) == len(periods)
    for period, other in zip(periods, others, strict=True):
        assert other.start < period.start
        if period.is_partial:
            assert other.last - other.first <= period.last - period.first + timedelta(days=3)


def test_weeks_begin_on_monday():
    assert [p.start for p in split(d("2026-11-21"), d("2026-11-23"), "week")] == [
        d("2026-11-16"),
        d("2026-11-23"),
    ]


def test_the_edges_of_a_range_are_partial():
    jan, feb, mar = split(d("2026-01-15"), d("2026-03-03"), "month")
    assert jan == Period(d("2026-01-01"), d("2026-01-15"), d("2026-01-31"), is_partial=True)
    assert feb == Period(d("2026-02-01"), d("2026-02-01"), d("2026-02-28"), is_partial=False)
    assert mar == Period(d("2026-03-01"), d("2026-03-01"), d("2026-03-03"), is_partial=True)


def test_a_running_month_is_compared_with_the_same_elapsed_days():
    [other] = compared_with(split(d("2026-11-01"), d("2026-11-21"), "month"), "month", "previous")
    assert (other.first, other.last) == (d("2026-10-01"), d("2026-10-21"))


def test_a_whole_month_is_compared_with_a_whole_month_whatever_their_lengths():
    [other] = compared_with(split(d("2026-03-01"), d("2026-03-31"), "month"), "month", "previous")
    assert (other.first, other.last) == (d("2026-02-01"), d("2026-02-28"))


def test_more_elapsed_days_than_the_other_month_has_are_all_of_it():
    [other] = compared_with(split(d("2026-03-01"), d("2026-03-30"), "month"), "month", "previous")
    assert other.last == d("2026-02-28")


def test_a_range_of_months_goes_back_by_its_length():
    others = compared_with(split(d("2026-09-01"), d("2026-11-21"), "month"), "month", "previous")
    assert [o.start for o in others] == [d("2026-06-01"), d("2026-07-01"), d("2026-08-01")]
    assert others[-1].last == d("2026-08-21")


def test_a_year_ago_is_the_same_day_and_for_weeks_the_same_weekday():
    [day] = compared_with(split(d("2024-02-29"), d("2024-02-29"), "day"), "day", "year")
    assert day.start == d("2023-02-28")
    [week] = compared_with(split(d("2026-11-16"), d("2026-11-22"), "week"), "week", "year")
    assert week.start == d("2025-11-17")


def test_months_are_added_within_the_shorter_month():
    assert add_months(d("2026-03-31"), -1) == d("2026-02-28")
    assert add_months(d("2026-01-15"), -13) == d("2024-12-15")


def test_a_range_is_compared_with_as_many_days_before_it():
    assert compared_range(d("2026-11-10"), d("2026-11-21"), "previous") == (
        d("2026-10-29"),
        d("2026-11-09"),
    )


def test_a_range_that_begins_with_a_month_keeps_to_months():
    assert compared_range(d("2026-11-01"), d("2026-11-21"), "previous") == (
        d("2026-10-01"),
        d("2026-10-21"),
    )
    assert compared_range(d("2026-02-01"), d("2026-02-28"), "previous") == (
        d("2026-01-01"),
        d("2026-01-31"),
    )
    assert compared_range(d("2026-07-01"), d("2026-09-30"), "previous") == (
        d("2026-04-01"),
        d("2026-06-30"),
    )
    assert compared_range(d("2026-10-23"), d("2026-11-21"), "year") == (
        d("2025-10-23"),
        d("2025-11-21"),
    )
