"""What a row of the tables of endpoints says, and the filters that many rows share."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.stripe_api.filters import Filter


@dataclass(frozen=True, slots=True)
class Resource:
    """One type of object behind ``GET path`` and ``GET path/{id}``.

    Args:
        path: such as ``/v1/checkout/sessions``.
        kind: the ``object`` value of its rows.
        filters: the list parameters beside limit, cursors, expand and ``created``.
        has_created: whether the list takes ``created`` filters.
        id_param: the name error answers give to the id in the path.
        required: a parameter the list cannot do without.
        owner: the reference to the object under whose path it stands, ``{id}`` in ``path``: its
            list holds only the rows that name that object.
        permission: what a restricted key must have (``rak_<permission>_read``); the kind if empty.
    """

    path: str
    kind: str
    filters: tuple[Filter, ...] = ()
    has_created: bool = True
    id_param: str = "id"
    required: str = ""
    owner: str = ""
    permission: str = ""

    @property
    def needs(self) -> str:
        """The permission a restricted key needs to read it."""
        return f"rak_{self.permission or self.kind.replace('.', '_')}_read"

    @property
    def indexed(self) -> tuple[Filter, ...]:
        """Every filter its rows are found by: the parameters, and the owner in the path."""
        return (*self.filters, Filter(self.owner)) if self.owner else self.filters


@dataclass(frozen=True, slots=True)
class Sublist:
    """A nested list under its own URL: ``GET parent/{id}/field``.

    Args:
        parent: path of the parent's resource.
        field: the parent's key that holds the rows.
        row_param: the name error answers give to a row's id in ``GET parent/{id}/field/{row}``;
            empty if rows have no URL of their own.
    """

    parent: str
    field: str
    row_param: str = ""


BOOLEAN = ("true", "false")
CUSTOMER = Filter("customer", names="customer")
CUSTOMER_ACCOUNT = Filter("customer_account")
ACTIVE = Filter("active", choices=BOOLEAN)
INTENT = Filter("payment_intent")
