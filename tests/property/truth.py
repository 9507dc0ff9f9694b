"""What Stripe holds, taken from the sandbox's own store and not through its HTTP lists."""

from __future__ import annotations

from random_business import Business

from ingest.personal_data import Pseudonymiser
from ingest.stripe.landing import Landing, ids_at
from ingest.stripe.object_spec import ObjectSpec
from ingest.stripe.specs import BY_TABLE
from sandbox.stripe_api.render import Json, expand_tree, nested_rows, render
from warehouse.settings import Settings


class Truth:
    """The account as it is.

    Args:
        business: whose account.
        settings: have the key of pseudonyms.
    """

    def __init__(self, business: Business, settings: Settings) -> None:
        self._store = business.store
        cleaned = Pseudonymiser(settings.pseudonym_key_value())
        self._landing = Landing(cleaned, business.account_id, settings.now)

    def listed(self, spec: ObjectSpec) -> set[str]:
        """Return the ids that a list holds."""
        rows = self._store.table(spec.object).rows
        return {object_id for object_id, row in rows.items() if row.listed}

    def named(self, spec: ObjectSpec) -> dict[str, set[str]]:
        """Return, by table, the ids of living objects that the objects of a list name."""
        found: dict[str, set[str]] = {}
        for object_id in self.listed(spec):
            held = self._store.get(spec.object, object_id)
            assert held is not None, object_id
            for reference in spec.references:
                named = set(ids_at(held, reference.path))
                there = self._store.table(BY_TABLE[reference.table].object).rows.keys()
                found.setdefault(reference.table, set()).update(named & there)
        return found

    def members(self, spec: ObjectSpec) -> set[str]:
        """Return the ids of what the lists of parents hold of objects with another table."""
        booked = self._store.table("balance_transaction").rows
        held = [self._store.get("balance_transaction", one) or {} for one in booked]
        return {f"{one['_payout']}/{one['id']}" for one in held if "_payout" in one}

    def is_there(self, spec: ObjectSpec, object_id: str) -> bool:
        if _is_membership(spec):
            return object_id in self.members(spec)
        return object_id in self._store.table(spec.object).rows

    def hash(self, spec: ObjectSpec, object_id: str) -> str:
        """Return the hash of an object with all that belongs to it; empty if it is gone."""
        if _is_membership(spec):
            parent_id, _, member_id = object_id.partition("/")
            held = self._store.get("balance_transaction", member_id) or {}
            member = spec.listed(render(held, {}, self._store), parent_id)
            return self._landing.rows(spec, [member])[0].hash
        held = self._store.get(spec.object, object_id)
        if held is None or held.get("deleted"):
            return ""
        return self._landing.rows(spec, [self._whole(spec, held)])[0].hash

    def _whole(self, spec: ObjectSpec, held: Json) -> Json:
        tree = expand_tree(spec.object, spec.expand, in_list=False)
        rows = {
            nested.field: nested_rows(held, nested.field, self._store) for nested in spec.nested
        }
        shown = render(held, tree, self._store)
        for field, found in rows.items():
            if field in shown:
                branch = tree.get(field) or {}
                shown[field]["data"] = [render(row, branch, self._store) for row in found]
                shown[field]["has_more"] = False
        return shown


def _is_membership(spec: ObjectSpec) -> bool:
    return spec.parents is not None and spec.parents.membership is not None
