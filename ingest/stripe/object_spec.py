"""What a row of the table of Stripe objects says: where objects are, and what changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NamedTuple

# Long enough for a card payment to become available and a bank debit to be paid.
WINDOW: Final = timedelta(days=10)


@dataclass(frozen=True)
class NestedList:
    """A list inside an object, of which Stripe gives the first ten rows.

    Attributes:
        field: the key that holds it.
        path: where the whole list is; `{id}` is the parent's id.
        parent_param: the query parameter that names the parent, where the path does not.
        expand: what to expand in each row.
    """

    field: str
    path: str
    parent_param: str | None = None
    expand: tuple[str, ...] = ()


class Reference(NamedTuple):
    """What an object names, to be fetched if it was never seen.

    Inline prices and deleted customers are in no list, and a balance transaction has no event.

    Attributes:
        path: where in the object the ids or whole objects lie; `*` goes through a list.
        table: what they are.
        again: it can change with the object that names it and without an event of its own: when
            that object has changed, it is read again although it is known.
    """

    path: str
    table: str
    again: bool = False


CUSTOMER: Final = Reference("customer", "customers")


@dataclass(frozen=True)
class ParentSign:
    """Objects that tell of something new in the list of a parent.

    Attributes:
        table: theirs; when one of them has changed, the list of its parent is read again.
        parent: the key in them that holds the parent's id.
        amounts: keys of amounts in minor units, one or one a currency: if all are zero, a
            backfill, which can't ask for the list of every parent, passes the parent over.
        where: keys and the texts that must be under them: without these there is no such list.
    """

    table: str
    parent: str
    amounts: tuple[str, ...]
    where: tuple[tuple[str, str], ...] = ()

    def parent_id(self, obj: Mapping[str, Any]) -> str | None:
        """Return the id of an object's parent; None if it has none."""
        found = obj.get(self.parent)
        return found if isinstance(found, str) else None

    def applies(self, obj: Mapping[str, Any]) -> bool:
        """Return whether Stripe gives the list of the object's parent at all."""
        return all(_text(obj.get(key)) == text for key, text in self.where)

    def tells(self, obj: Mapping[str, Any]) -> bool:
        """Return whether the list of the object's parent has rows in all likelihood."""
        if not self.applies(obj):
            return False
        found = [obj.get(name) for name in self.amounts]
        return any(any(part.values()) if isinstance(part, dict) else part for part in found)


@dataclass(frozen=True)
class Membership:
    """What is landed of a list whose objects have a table of their own: that they are in it.

    A second copy of each would say nothing new, and would have to be kept up to date as well.

    Attributes:
        field: the key under which a row holds the object's id.
        kept: the keys that a row takes over from the object.
    """

    field: str
    kept: tuple[str, ...]


@dataclass(frozen=True)
class ParentList:
    """A list that is there only under each of its parents.

    Attributes:
        table: the parents'.
        field: the key of an object that holds its parent's id.
        signs: what tells that a parent's list has to be read.
        param: the query parameter that names the parent, where not the path's `{id}` does.
        membership: what is landed, where that is not the objects themselves.
    """

    table: str
    field: str
    signs: tuple[ParentSign, ...]
    param: str | None = None
    membership: Membership | None = None


@dataclass(frozen=True)
class ObjectSpec:
    """One type of Stripe object and its table in `raw_stripe`.

    Attributes:
        table: the table's name.
        object: the type as Stripe writes it in `object`; events are routed by it.
        path: the list's path; one object is at `{path}/{id}`, but for a `singleton`.
        permission: what a restricted key must be allowed to read, as the Stripe dashboard says it.
        events: the families of events (their types without the last part) that are about it;
            none where Stripe tells of no change.
        has_created: whether the list takes `created` filters.
        expand: what to expand in each object.
        nested: the lists to complete inside it.
        list_params: parameters without which the list hides rows.
        singleton: there is one object, at `path` itself; its id where it has none is `object`.
        bounded: the list can be large and old rows are not needed to understand newer ones:
            STRIPE_ACCOUNT_START applies.
        window: no event tells of every change, so the list's newest part is read again each time.
        deletable: it can vanish from the list for good, so that absence has to be looked into.
        by_parent: the parameter that lists what belongs to a changed parent, and its table.
        parents: the only lists there are, one under each parent.
        references: what it names.
    """

    table: str
    object: str
    path: str
    permission: str
    events: tuple[str, ...] = ()
    has_created: bool = True
    expand: tuple[str, ...] = ()
    nested: tuple[NestedList, ...] = ()
    list_params: dict[str, str] = field(default_factory=dict)
    singleton: bool = False
    bounded: bool = False
    window: timedelta | None = None
    deletable: bool = False
    by_parent: tuple[str, str] | None = None
    parents: ParentList | None = None
    references: tuple[Reference, ...] = ()

    def __post_init__(self) -> None:
        """Reject a spec that can't work."""
        if not self.path.startswith("/v1/"):
            raise ValueError(f"{self.table}: {self.path} is not a path of the v1 API")
        if self.singleton and (self.nested or self.bounded or self.deletable or self.list_params):
            raise ValueError(f"{self.table}: a single object has no list")
        if (self.bounded or self.window) and not self.has_created:
            raise ValueError(f"{self.table}: a list without `created` filters has no newest part")
        if ("{id}" in self.path) != (self.parents is not None and self.parents.param is None):
            raise ValueError(f"{self.table}: a list under parents names them, and no other does")
        if any(len(path.split(".")) > 3 for path in self.expand):
            raise ValueError(f"{self.table}: Stripe expands four levels, `data` included")

    @property
    def list_expand(self) -> list[str]:
        """The expansions in the form that a list takes."""
        return [f"data.{path}" for path in self.expand]

    def list_path(self, parent_id: str = "") -> str:
        """Return the path of the list, of one parent's where there are `parents`."""
        return self.path.format(id=parent_id)

    def listed(self, obj: Mapping[str, Any], parent_id: str) -> dict[str, Any]:
        """Return what is landed of an object in the list of a parent."""
        member = self.parents.membership if self.parents else None
        if self.parents is None or member is None:
            return dict(obj)
        return {
            "id": f"{parent_id}/{obj['id']}",
            "object": self.object,
            self.parents.field: parent_id,
            member.field: obj["id"],
            **{key: obj.get(key) for key in member.kept},
        }

    def url(self, object_id: str, parent_id: str = "") -> str:
        """Return the path of one object."""
        return self.path if self.singleton else f"{self.list_path(parent_id)}/{object_id}"


def _text(value: object) -> str | None:
    """Return a value of JSON as a database gives it as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
