"""Where a pull stands, as the pipeline's state keeps it from one process to the next."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ingest.stripe.changes import Anchor, Cursor
from ingest.stripe.position import Kind, OpenListing, Position
from ingest.stripe.slices import Slice

AT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
ANCHOR = Anchor("evt_1", 5_000)


def _listing(kind: Kind) -> OpenListing:
    slices = [Slice("charges", 10, 100, "ch_1", 50), Slice("meters", after="m_1")]
    return OpenListing(kind, AT, ANCHOR, slices, {"payout_transactions": "po_7"})


def _reloaded(position: Position) -> Position:
    return Position.load(json.loads(json.dumps(position.saved())))


def test_before_the_first_pull_nothing_is_known() -> None:
    assert Position.load({}) == Position()


def test_a_position_survives_being_saved() -> None:
    position = Position(
        cursor=Cursor(ANCHOR, AT),
        listing=_listing("first"),
        left_out=frozenset({"reviews"}),
        settled_at=AT,
        is_settled=True,
    )
    loaded = _reloaded(position)
    assert loaded.saved_before == position.saved()
    assert (loaded.cursor, loaded.listing) == (position.cursor, position.listing)
    assert loaded.left_out == position.left_out
    # This pull has still to settle; the last one had.
    assert (loaded.settled_at, loaded.was_settled, loaded.is_settled) == (AT, True, False)


@pytest.mark.parametrize("kind", ["first", "added"])
def test_a_listing_goes_on_where_it_was(kind: Kind) -> None:
    listing = _listing(kind)
    assert not listing.judges
    assert _reloaded(Position(listing=listing)).listing == listing


@pytest.mark.parametrize("kind", ["owed", "full", "heal", "nightly"])
def test_where_absence_is_judged_a_slice_begins_again(kind: Kind) -> None:
    listing = _listing(kind)
    assert listing.judges
    loaded = _reloaded(Position(listing=listing)).listing
    assert loaded is not None
    assert (loaded.kind, loaded.began, loaded.anchor) == (kind, AT, ANCHOR)
    assert loaded.slices == [Slice("charges", 10, 100), Slice("meters")]


def test_pages_move_a_listing_forward() -> None:
    listing = _listing("first")
    charges, meters = listing.slices
    later, earlier = Slice("charges", 30, 100, "ch_2", 45), Slice("charges", 10, 30)
    listing.advance(charges, (later, earlier))
    assert listing.slices == [meters, later, earlier]
    listing.advance(later, ())
    listing.advance(meters, (Slice("meters", after="m_2"),))
    assert listing.slices == [earlier, Slice("meters", after="m_2")]


def test_what_each_kind_of_listing_means() -> None:
    kinds: tuple[Kind, ...] = ("first", "added", "owed", "full", "heal", "nightly")
    made = {kind: _listing(kind) for kind in kinds}
    # The tail goes on from there where nothing has followed the events before.
    assert {kind for kind, one in made.items() if one.replaces_tail} == {"first", "heal"}
    assert {kind for kind, one in made.items() if not one.judges} == {"first", "added"}


def test_a_table_that_an_earlier_release_did_not_have_is_owed() -> None:
    saved = Position(cursor=Cursor(ANCHOR, AT)).saved()
    assert Position.load(saved).left_out == frozenset()
    saved["tables"].remove("coupons")
    assert Position.load(saved).left_out == {"coupons"}
