"""The cursor that is kept between two pulls, and what of an event can be taken at its word."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.stripe.changes import Anchor, Change, Changes, Cursor, usable_payload
from ingest.stripe.specs import API_VERSION, BY_TABLE

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


def _event(created: int = 5_100, **fields: Any) -> dict[str, Any]:
    payload = {"id": "ch_1", "object": "charge", "amount": 5}
    event = {
        "id": "evt_1",
        "type": "charge.updated",
        "created": created,
        "api_version": API_VERSION,
    }
    return {**event, "data": {"object": payload}, **fields}


def test_a_payload_beyond_doubt_is_used() -> None:
    payload = usable_payload(BY_TABLE["charges"], Change(_event()), after=5_000)
    assert payload == {"id": "ch_1", "object": "charge", "amount": 5}


@pytest.mark.parametrize(
    ("change", "after"),
    [
        # Of another version than is asked for.
        (Change(_event(api_version="2024-06-20")), 5_000),
        (Change(_event(api_version=None)), 5_000),
        # Another event of the same second may tell of what came after.
        (Change(_event(), alone=False), 5_000),
        # Older than what was read before, or of the same second: seen late.
        (Change(_event(created=5_000)), 5_000),
        (Change(_event(created=4_000)), 5_000),
        # The object is no more.
        (Change(_event(type="charge.deleted")), 5_000),
        # The event is about something else, which the object belongs to.
        (Change(_event(data={"object": {"id": "di_1", "object": "discount"}})), 5_000),
        (Change(_event(data={})), 5_000),
    ],
)
def test_a_payload_in_doubt_is_read_again(change: Change, after: int) -> None:
    assert usable_payload(BY_TABLE["charges"], change, after) is None


@pytest.mark.parametrize(
    "table",
    [
        "invoices",  # is read with expansions
        "balance_transactions",  # changes without an event
        "invoice_items",  # joins its invoice without one
        "balances",  # there is one, without an id
        "customer_balance_transactions",  # is there under its parent only
        "payout_transactions",  # is there under its parent only
    ],
)
def test_payloads_of_some_types_always_lack_something(table: str) -> None:
    spec = BY_TABLE[table]
    event = _event(data={"object": {"id": "one", "object": spec.object}})
    assert usable_payload(spec, Change(event), after=5_000) is None


def test_a_payload_whose_inner_list_is_cut_is_read_again() -> None:
    spec = BY_TABLE["transfers"]
    assert spec.nested

    def given(more: object) -> dict[str, Any] | None:
        inner = {"reversals": {"data": [], "has_more": more}}
        event = _event(data={"object": {"id": "tr_1", "object": "transfer", **inner}})
        return usable_payload(spec, Change(event), after=5_000)

    assert given(more=False) is not None
    assert given(more=True) is None


def test_events_of_one_second_cast_doubt_on_each_other() -> None:
    changes = Changes()
    changes.add([_event(5_100), _event(5_100, id="evt_2"), _event(5_050, id="evt_0")])
    (change,) = changes.of("charges").values()
    assert (change.event["created"], change.alone) == (5_100, False)
    # A later one is beyond it again.
    changes.add([_event(5_101, id="evt_3")])
    (change,) = changes.of("charges").values()
    assert (change.event["id"], change.alone) == ("evt_3", True)
