"""When events in the inbox lead to a refresh: once each, one at a time, at most one a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from warehouse.operations import Decision, early_refresh

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def decide(
    position: int, cursor: str | None, seconds: float = 0, *, busy: bool = False
) -> Decision:
    return early_refresh(position, cursor, NOON + timedelta(seconds=seconds), is_busy=busy)


def test_an_empty_inbox_asks_for_nothing() -> None:
    for cursor in (None, "", decide(7, None).cursor):
        decision = decide(0, cursor, 600)
        assert not decision.is_due
        assert decision.reason_to_wait == "no new events"
        assert decision.cursor == cursor


def test_events_are_answered_once() -> None:
    first = decide(3, None)
    assert first.is_due
    again = decide(3, first.cursor, 3600)
    assert not again.is_due
    assert again.cursor == first.cursor
    assert decide(4, first.cursor, 3600).is_due


def test_what_arrives_during_a_refresh_leads_to_the_next() -> None:
    waiting = decide(5, None, busy=True)
    assert waiting == Decision("a refresh is queued or running", None)
    assert decide(9, waiting.cursor, 1).is_due
    asked = decide(9, None).cursor
    during = decide(10, asked, 100, busy=True)
    assert during.cursor == asked
    after = decide(10, during.cursor, 130)
    assert after.is_due
    assert not decide(10, after.cursor, 500).is_due


@pytest.mark.parametrize(("seconds", "is_due"), [(0, False), (59.9, False), (60, True)])
def test_at_most_one_a_minute(seconds: float, is_due: bool) -> None:
    asked = decide(1, None).cursor
    assert decide(2, asked, seconds).is_due is is_due


def test_a_clock_set_back_holds_up_nothing() -> None:
    asked = decide(1, None).cursor
    assert decide(2, asked, -3600).is_due


def test_an_inbox_that_was_lost_begins_again() -> None:
    asked = decide(900, None).cursor
    assert decide(2, asked, 3600).is_due


def test_a_storm_costs_a_refresh_a_minute() -> None:
    cursor, requested = None, 0
    for second in range(0, 600, 30):
        decision = decide(500 * (second + 1), cursor, second)
        cursor, requested = decision.cursor, requested + decision.is_due
    assert requested == 10
