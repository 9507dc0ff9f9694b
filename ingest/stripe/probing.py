"""May the key read everything that a type of object needs? Asked for the price of a row a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from ingest.stripe.client import StripeReader
from ingest.stripe.specs import BY_TABLE, ObjectSpec, ParentList

_ONE: Final = {"limit": 1}
_SOME: Final = {"limit": 100}


def probe(reader: StripeReader, spec: ObjectSpec) -> str:
    """Read one row of a type's list and of each list that hangs on it; return how it went.

    Raises:
        SettingsError: the key is refused.
        SourceError: the key may not read it (the permission is named), or Stripe doesn't answer.
    """
    if spec.singleton:
        reader.get(spec, spec.object)
        return "may be read"
    if spec.parents:
        parent = _first_parent(reader, spec.parents)
        if parent is None:
            return f"can't be tried before there are {spec.parents.table}{_such(spec.parents)}"
        under = {spec.parents.param: parent["id"]} if spec.parents.param else {}
        spec = replace(spec, path=spec.list_path(parent["id"]), list_params=under, parents=None)
    row = _first(reader, spec)
    for inner in _inner_lists(spec, row) if row else ():
        _first(reader, inner)
    return "may be read"


def _first_parent(reader: StripeReader, parents: ParentList) -> dict[str, Any] | None:
    """Return the newest parent of which Stripe gives the list: one of the newest, if not all do."""
    own = [sign for sign in parents.signs if sign.table == parents.table]
    limits = _SOME if _such(parents) else _ONE
    page = next(reader.pages(replace(BY_TABLE[parents.table], nested=()), limits), [])
    return next((row for row in page if all(sign.applies(row) for sign in own)), None)


def _such(parents: ParentList) -> str:
    return " that have such a list" if any(sign.where for sign in parents.signs) else ""


def _first(reader: StripeReader, spec: ObjectSpec) -> dict[str, Any] | None:
    """Return the first row of a list as Stripe gives it, expansions included."""
    page = next(reader.pages(replace(spec, nested=()), _ONE), [])
    return page[0] if page else None


def _inner_lists(spec: ObjectSpec, row: dict[str, Any]) -> Iterator[ObjectSpec]:
    for nested in spec.nested:
        params = {nested.parent_param: row["id"]} if nested.parent_param else {}
        path = nested.path.format(id=row["id"])
        yield replace(
            spec, path=path, list_params=params, expand=nested.expand, references=(), nested=()
        )
