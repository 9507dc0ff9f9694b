"""A sandbox company's Stripe objects as a pull would land them, in any API version."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from ingest.stripe.specs import ALL_OBJECTS, EVENTS, ObjectSpec
from sandbox.stripe_api import ObjectStore
from sandbox.stripe_api.render import expand_tree, nested_rows, render
from sandbox.stripe_api.schema import FIELDS, NestedList
from sandbox.stripe_api.versions import PINNED_VERSION, downgrade

Json = dict[str, Any]


def shown_objects(store: ObjectStore, version: str) -> Iterator[tuple[str, Json]]:
    """Yield every object with its raw table, nested lists whole.

    Events are those made in the pinned version; their payloads are shown in ``version``.
    """
    for spec in ALL_OBJECTS:
        if spec.parents and spec.parents.membership:
            yield from ((spec.table, spec.listed(row, parent)) for parent, row in _paid_out(store))
            continue
        for row in store.table(spec.object).rows.values():
            if spec is EVENTS:
                event = row.load()
                if event["api_version"] == PINNED_VERSION:
                    downgrade(event["data"]["object"], version, store)
                    yield spec.table, event
            else:
                yield spec.table, downgrade(_whole(store, spec, row.load()), version, store)


def _paid_out(store: ObjectStore) -> Iterator[tuple[str, Json]]:
    """Yield each balance transaction that a payout paid out, behind the payout's id."""
    for row in store.table("balance_transaction").rows.values():
        transaction = row.load()
        if payout_id := transaction.get("_payout"):
            yield payout_id, transaction


def _whole(store: ObjectStore, spec: ObjectSpec, held: Json) -> Json:
    shown = render(copy.deepcopy(held), expand_tree(spec.object, spec.expand, in_list=False), store)
    for nested in spec.nested:
        kind = _kind_of(spec.object, nested.field)
        tree = expand_tree(kind, nested.expand, in_list=False)
        rows = [render(row, tree, store) for row in nested_rows(held, nested.field, store)]
        shown[nested.field] |= {"data": rows, "has_more": False}
    return shown


def _kind_of(parent: str, field: str) -> str:
    nested = FIELDS[parent][field]
    assert isinstance(nested, NestedList)
    return nested.kind
