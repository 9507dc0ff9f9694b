"""From what the store holds to what Stripe answers: references to ids, lists to ten rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.stripe_api.errors import ApiError, invalid_request
from sandbox.stripe_api.schema import (
    FIELDS,
    MAX_EXPAND_LEVELS,
    NESTED_ROWS,
    Embedded,
    Field,
    NestedList,
    OnRequest,
    Reference,
)

Json = dict[str, Any]
ExpandTree = dict[str, Any]
"""Field path of a type to the tree of what to expand inside it."""


class Lookup(Protocol):
    """What rendering needs to know of the account's other objects."""

    def get(self, kind: str, object_id: str) -> Json | None:
        """Return the object, its tombstone if it left one, or None."""

    def related(self, kind: str, name: str, value: str) -> list[Json]:
        """Return the objects whose filter ``name`` has this value, newest first."""


def expand_tree(kind: str, paths: Sequence[str], *, in_list: bool) -> ExpandTree:
    """Turn ``expand[]`` into a tree, checked against the fields of the type.

    Args:
        kind: type of the object, or of the rows of the list.
        paths: as sent; in lists each begins with ``data.``.
        in_list: whether a list is asked for.

    Raises:
        ApiError: 400, for a path deeper than four levels or one that can't be expanded.
    """
    tree: ExpandTree = {}
    for path in paths:
        steps = path.split(".")
        if len(steps) > MAX_EXPAND_LEVELS:
            raise invalid_request(
                f"You cannot expand more than {MAX_EXPAND_LEVELS} levels of a property. "
                f"Property: {path}",
                code="property_expansion_max_depth",
                param="expand",
            )
        inner = steps
        if in_list:
            if steps[0] != "data" or len(steps) == 1:
                raise _unexpandable(path, hint=_expandable(kind, steps))
            inner = steps[1:]
        if not _grow(tree, (kind,), inner):
            raise _unexpandable(path)
    return tree


def _unexpandable(path: str, *, hint: bool = False) -> ApiError:
    advice = f" You may want to try expanding 'data.{path}' instead." if hint else ""
    return invalid_request(f"This property cannot be expanded ({path}).{advice}", param="expand")


def _expandable(kind: str, steps: list[str]) -> bool:
    return _grow({}, (kind,), steps)


def _grow(tree: ExpandTree, kinds: tuple[str, ...], steps: list[str]) -> bool:
    """Add one path to the tree; False if no type it could mean has such a field."""
    if not steps:
        return True
    grown = False
    for kind in kinds:
        fields = FIELDS.get(kind, {})
        for length in range(1, len(steps) + 1):
            path = ".".join(steps[:length])
            if path in fields:
                branch = tree.get(path, {})
                if _grow_field(branch, fields[path], steps[length:]):
                    tree[path] = branch
                    grown = True
    return grown


def _grow_field(branch: ExpandTree, field: Field, steps: list[str]) -> bool:
    if isinstance(field, NestedList):
        return not steps or (steps[0] == "data" and _grow(branch, (field.kind,), steps[1:]))
    if isinstance(field, Embedded):
        return _grow(branch, (field.kind,), steps)
    if isinstance(field, Reference):
        return _grow(branch, field.kinds, steps)
    return not steps


@dataclass(frozen=True, slots=True)
class _Shape:
    """A type's fields sorted for rendering: every object of every page goes through this."""

    lists: tuple[tuple[str, NestedList], ...]
    hidden: tuple[str, ...]
    fields: tuple[tuple[str, Field], ...]
    deep_fields: tuple[tuple[str, tuple[str, ...], str, Field], ...]

    @staticmethod
    def of(fields: dict[str, Field]) -> _Shape:
        """Sort the fields of a type."""
        plain = [(path, one) for path, one in fields.items() if isinstance(one, _PLAIN)]
        deep = [(path, *path.rpartition(".")[::2], one) for path, one in plain if "." in path]
        return _Shape(
            lists=tuple((path, one) for path, one in fields.items() if isinstance(one, NestedList)),
            hidden=tuple(path for path, one in fields.items() if isinstance(one, OnRequest)),
            fields=tuple((path, one) for path, one in plain if "." not in path),
            deep_fields=tuple(
                (path, tuple(above.split(".")), leaf, one) for path, above, leaf, one in deep
            ),
        )


_PLAIN = (Reference, Embedded)
_SHAPES = {kind: _Shape.of(fields) for kind, fields in FIELDS.items()}
_NO_SHAPE = _Shape.of({})


def render(obj: Json, tree: ExpandTree, lookup: Lookup) -> Json:
    """Turn a held object into Stripe's answer, in place, and return it.

    Args:
        obj: a copy of the caller's own, as held by the store.
        tree: what to expand, from :func:`expand_tree`.
        lookup: where expanded objects are found.
    """
    shape = _SHAPES.get(obj.get("object", ""), _NO_SHAPE)
    _hide(obj, shape, tree)
    if obj.get("deleted") is True:
        return obj
    for name, nested in shape.lists:
        _render_list(obj, name, nested, tree.get(name), lookup)
    for name, field in shape.fields:
        if obj.get(name) is not None:
            _render_leaf(obj, name, field, tree.get(name), lookup)
    for path, above, leaf, field in shape.deep_fields:
        for holder in _holders(obj, above):
            if holder.get(leaf) is not None:
                _render_leaf(holder, leaf, field, tree.get(path), lookup)
    return obj


def _hide(obj: Json, shape: _Shape, tree: ExpandTree) -> None:
    """Take out what is private, and what is shown on request only and was not requested."""
    for key in [key for key in obj if key[0] == "_"]:
        del obj[key]
    for name in shape.hidden:
        if name in obj and name not in tree:
            del obj[name]


def _holders(obj: Json, above: tuple[str, ...]) -> list[Json]:
    """Return every dict at the end of a path, arrays passed through."""
    found = [obj]
    for step in above:
        inner = [one[step] for one in found if one.get(step)]
        found = [one for one in inner if isinstance(one, dict)]
        for one in inner:
            if isinstance(one, list):
                found += [row for row in one if isinstance(row, dict)]
        if not found:
            break
    return found


def _render_leaf(
    holder: Json, leaf: str, field: Field, branch: ExpandTree | None, lookup: Lookup
) -> None:
    value = holder[leaf]
    if isinstance(value, list):
        holder[leaf] = [_render_one(one, field, branch, lookup) for one in value]
    elif branch is not None or isinstance(value, dict):
        holder[leaf] = _render_one(value, field, branch, lookup)


def _render_one(value: Any, field: Field, branch: ExpandTree | None, lookup: Lookup) -> Any:
    if isinstance(field, Embedded):
        return render(value, branch or {}, lookup) if isinstance(value, dict) else value
    if branch is None:
        return value["id"] if isinstance(value, dict) else value
    if isinstance(value, dict):
        return render(value, branch, lookup)
    for kind in field.kinds if isinstance(field, Reference) else ():
        found = lookup.get(kind, value)
        if found is not None:
            return render(found, branch, lookup)
    return value


def list_url(field: NestedList, parent: Json) -> str:
    """Return where a nested list is paged; an invoice that is only announced has no id yet."""
    return field.url.format(id=parent.get("id", "upcoming"))


def nested_rows(parent: Json, name: str, lookup: Lookup) -> list[Json]:
    """Return all rows of a parent's nested list, in the order Stripe lists them."""
    field = FIELDS[parent["object"]][name]
    if isinstance(field, NestedList) and field.filled_by:
        rows = lookup.related(field.kind, field.filled_by, parent["id"])
        return [row for row in rows if not _is_canceled_subscription(row)]
    held: list[Json] = (parent.get(name) or {}).get("data", [])
    return held


def _is_canceled_subscription(row: Json) -> bool:
    return bool(row["object"] == "subscription" and row["status"] == "canceled")


def _render_list(
    obj: Json, name: str, field: NestedList, branch: ExpandTree | None, lookup: Lookup
) -> None:
    if field.on_request and branch is None:
        obj.pop(name, None)
        return
    rows = nested_rows(obj, name, lookup)
    obj[name] = {
        "object": "list",
        "data": [render(row, branch or {}, lookup) for row in rows[:NESTED_ROWS]],
        "has_more": len(rows) > NESTED_ROWS,
        "url": list_url(field, obj),
    }
