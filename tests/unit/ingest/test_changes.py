"""The cursor that is kept between two pulls."""

from __future__ import annotations

from datetime import UTC, datetime

from ingest.stripe.changes import Anchor, Cursor

AT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)


def test_a_cursor_survives_being_saved() -> None:
    for anchor in (None, Anchor("evt_1", 5_000)):
        cursor = Cursor(anchor, AT)
        assert Cursor.load(cursor.saved()) == cursor


def test_before_the_first_pull_there_is_none() -> None:
    assert Cursor.load({}) is None


def test_the_overlap_does_not_begin_before_time() -> None:
    assert Anchor("evt_1", 30).overlap_start == 0
    assert Anchor("evt_1", 1_600).overlap_start == 1_000
