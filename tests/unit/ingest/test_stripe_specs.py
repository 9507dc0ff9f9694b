"""The table of Stripe objects holds together."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.stripe.specs import BY_OBJECT, BY_TABLE, OBJECTS, REFERENCES, TOUCHES, ObjectSpec


def test_tables_and_types_are_named_once() -> None:
    assert len(BY_TABLE) == len(BY_OBJECT) == len(OBJECTS) + 1


def test_every_name_in_the_tables_is_a_table() -> None:
    parents = {spec.by_parent[1] for spec in OBJECTS if spec.by_parent}
    touched = {table for pairs in TOUCHES.values() for _, table in pairs}
    named = {table for pairs in REFERENCES.values() for _, table in pairs}
    assert parents | touched | named | set(REFERENCES) <= set(BY_TABLE)


def test_a_list_expands_inside_data() -> None:
    assert BY_TABLE["subscriptions"].list_expand == ["data.discounts", "data.items.data.discounts"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "/v2/core/events"},
        {"path": "v1/charges"},
        {"singleton": True, "deletable": True},
        {"expand": ("a.b.c.d",)},
    ],
)
def test_a_spec_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="things"):
        ObjectSpec(
            **{"table": "things", "object": "thing", "path": "/v1/x", "permission": "X"} | wrong
        )
