"""Ranges of lists: cut in two, gone on with, and weighed by what is left of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.stripe.slices import Outlook, Slice, created_of, load_slices

NOW = 1_795_000_000
DAY = 24 * 3600


@pytest.mark.parametrize(
    ("part", "params"),
    [
        (Slice("charges"), {}),
        (Slice("charges", 10), {"created": {"gte": 10}}),
        (Slice("charges", None, 20, "ch_1", 15), {"created": {"lt": 20}}),
        (Slice("charges", 0, 20), {"created": {"gte": 0, "lt": 20}}),
    ],
)
def test_a_slice_asks_for_its_range(part: Slice, params: dict[str, Any]) -> None:
    assert part.params == params


def test_what_is_left_goes_on_after_the_last_row() -> None:
    part = Slice("charges", 10, 100)
    rest = part.rest("ch_80", [90, 80, 80])
    assert rest == Slice("charges", 10, 100, "ch_80", 80)
    # Every row of a page can have been deleted since it was listed: the place in the list stays.
    assert rest.rest("ch_75", []) == Slice("charges", 10, 100, "ch_75", 80)
    assert Slice("meters").rest("m_1", [None]) == Slice("meters", after="m_1")


def test_halves_are_the_whole_and_share_nothing() -> None:
    part = Slice("charges", 1_000, 2_000, "ch_1600", 1_600)
    later, earlier = part.halved() or pytest.fail("it can be halved")
    assert (later.lt, later.after, later.last) == (2_000, "ch_1600", 1_600)
    assert earlier == Slice("charges", 1_000, later.gte)
    assert later.gte == 1_300
    # What is as new as the last row is in the later half: rows of one second stay together.
    assert later.gte <= part.last  # type: ignore[operator]


@pytest.mark.parametrize("gte", [None, 1_700_000_000])
def test_halving_ends_where_a_second_is_left(gte: int | None) -> None:
    part: Slice = Slice("charges", gte, None, "ch_1", 1_700_000_100)
    halvings = 0
    while (halves := part.halved()) is not None:
        later, earlier = halves
        assert (later.gte, earlier.lt, earlier.gte) == (earlier.lt, later.gte, gte)
        assert later.gte is not None
        assert (gte or 0) < later.gte <= 1_700_000_100
        # As if the later half had been read to its end.
        part = Slice("charges", earlier.gte, earlier.lt, "ch_2", later.gte - 1)
        halvings += 1
    assert 3 < halvings < 40


@pytest.mark.parametrize(
    "part", [Slice("charges"), Slice("charges", 99, None, "ch_1", 100), Slice("charges", 100, 101)]
)
def test_what_is_not_begun_or_within_a_second_is_not_halved(part: Slice) -> None:
    assert part.halved() is None


def test_a_lost_cursor_begins_at_the_last_second_that_was_read() -> None:
    part = Slice("charges", 10, 100, "ch_gone", 50)
    assert part.begun_anew == Slice("charges", 10, 51)
    assert Slice("meters", after="m_gone").begun_anew == Slice("meters")


def test_slices_survive_being_saved() -> None:
    slices = [Slice("charges", 10, 100, "ch_1", 50), Slice("meters", after="m_1"), Slice("events")]
    saved = json.loads(json.dumps([part.saved() for part in slices]))
    assert load_slices(saved) == slices


def test_an_object_is_dated_by_created_or_date() -> None:
    assert created_of({"created": 5}) == 5
    assert created_of({"date": 6}) == 6
    assert created_of({"created": "2026-01-01"}) is None
    assert created_of({}) is None


def test_nobody_can_say_what_is_left_before_a_list_has_been_read_to_its_end() -> None:
    slices = [Slice("charges"), Slice("products")]
    outlook = Outlook(slices, NOW)
    outlook.note(slices[0], [NOW, NOW - DAY], ended=False)
    assert outlook.objects_left([Slice("charges", None, None, "ch_1", NOW - DAY)]) is None


def test_what_is_left_is_as_dense_as_what_was_read() -> None:
    """A hundred charges a day for a hundred days, of which thirty have been read."""
    slices = [Slice("charges"), Slice("products")]
    outlook = Outlook(slices, NOW)
    outlook.note(slices[1], [NOW - 50 * DAY, NOW - 100 * DAY], ended=True)
    outlook.note(slices[0], [NOW - day * DAY for day in range(30) for _ in range(100)], ended=False)
    rest = Slice("charges", None, None, "ch_1", NOW - 30 * DAY)
    assert outlook.objects_left([rest]) == pytest.approx(7_000)
    # Cut in two it is as much, and with the later part read it is less.
    middle = NOW - 65 * DAY
    later = Slice("charges", middle, None, "ch_1", NOW - 30 * DAY)
    earlier = Slice("charges", None, middle)
    assert outlook.objects_left([later, earlier]) == pytest.approx(7_000)
    outlook.note(later, [NOW - day * DAY for day in range(30, 65) for _ in range(100)], ended=True)
    assert outlook.objects_left([earlier]) == pytest.approx(3_500)
    assert outlook.objects_left([]) == 0


def test_halves_before_the_first_object_tell_where_a_list_begins() -> None:
    """Cut in two without knowing the account's age, a list has parts with nothing in them."""
    whole = Slice("charges")
    outlook = Outlook([whole], NOW)
    outlook.note(whole, [NOW - DAY * day for day in range(5)], ended=False)
    rest = Slice("charges", None, None, "ch_4", NOW - 4 * DAY)
    later, first = rest.halved() or pytest.fail("it can be halved")
    later, second = later.halved() or pytest.fail("it can be halved")
    # In the order in which their answers come.
    outlook.note(second, [], ended=True)
    assert outlook.objects_left([later, first]) is None
    outlook.note(first, [], ended=True)
    third = Slice("charges", second.lt, NOW - 9 * DAY)
    outlook.note(third, [NOW - 10 * DAY], ended=True)
    fourth = Slice("charges", NOW - 9 * DAY, None, "ch_4", NOW - 4 * DAY)
    assert outlook.objects_left([fourth]) == pytest.approx(6)


def test_what_an_interrupted_pull_has_left_has_bounds_of_its_own() -> None:
    left = [Slice("charges", NOW - 30 * DAY, NOW - 10 * DAY, "ch_1", NOW - 20 * DAY)]
    outlook = Outlook(left, NOW)
    outlook.note(left[0], [NOW - 20 * DAY - at for at in range(0, 5 * DAY, DAY // 10)], ended=False)
    rest = Slice("charges", NOW - 30 * DAY, NOW - 10 * DAY, "ch_2", NOW - 25 * DAY)
    assert outlook.objects_left([rest]) == pytest.approx(50)


def test_a_page_of_minutes_says_nothing_about_years() -> None:
    slices = [Slice("charges"), Slice("products")]
    outlook = Outlook(slices, NOW)
    outlook.note(slices[1], [NOW - 1_000 * DAY], ended=True)
    outlook.note(slices[0], [NOW] * 100, ended=False)
    rest = Slice("charges", None, None, "ch_1", NOW)
    assert outlook.objects_left([rest]) == pytest.approx(100 * 24 * 1_000)


def test_a_list_that_goes_back_further_moves_the_beginning() -> None:
    slices = [Slice("charges"), Slice("products"), Slice("prices")]
    outlook = Outlook(slices, NOW)
    outlook.note(slices[0], [NOW - DAY] * 10, ended=False)
    rest = Slice("charges", None, None, "ch_1", NOW - DAY)
    outlook.note(slices[1], [NOW - 3 * DAY], ended=True)
    assert outlook.objects_left([rest]) == pytest.approx(20)
    outlook.note(slices[2], [NOW - 5 * DAY], ended=True)
    assert outlook.objects_left([rest]) == pytest.approx(40)
    # Only a slice without a beginning of its own tells of the account's.
    outlook.note(Slice("products", NOW - 9 * DAY), [NOW - 9 * DAY], ended=True)
    assert outlook.objects_left([rest]) == pytest.approx(40)


def test_a_list_without_a_beginning_is_cut_by_the_age_of_its_account() -> None:
    part = Slice("charges", after="ch_1", last=1_790_000_000)
    later, earlier = part.halved(1_780_000_000) or pytest.fail("it can be halved")
    assert (later.gte, earlier.gte, earlier.lt) == (1_785_000_000, None, 1_785_000_000)
