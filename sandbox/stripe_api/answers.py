"""The body of each endpoint's answer, made from the store by the table of resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from sandbox.stripe_api.errors import no_such
from sandbox.stripe_api.filters import Filter, read_path
from sandbox.stripe_api.listing import page_of_nested, page_of_rows
from sandbox.stripe_api.params import ListRequest, Params, only_expand, parse_list, parse_nested
from sandbox.stripe_api.render import ExpandTree, Json, expand_tree, nested_rows, render
from sandbox.stripe_api.resources import (
    BY_KIND,
    BY_PATH,
    HELD_IN,
    OWNED,
    RESOURCES,
    SUBLISTS,
    Resource,
    Sublist,
)
from sandbox.stripe_api.schema import FIELDS, NestedList
from sandbox.stripe_api.store import ObjectStore
from sandbox.stripe_api.versions import downgrade

Ids = Mapping[str, str]
"""The ids in a path: ``id``, and ``row`` for what stands below it."""

Answer = Callable[[Ids, Params, str], Json]
"""From the ids in the path, the parameters and the API version to the body."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One URL: its path with ``{id}``, what a restricted key needs, and what answers it."""

    path: str
    permission: str
    answer: Answer


class Answers:
    """Reads of one account.

    Args:
        store: the account.
        event_lag_seconds: how long after its moment an event appears in lists.
        connected: the accounts connected to it, by id; none if it is no platform.
    """

    def __init__(
        self,
        store: ObjectStore,
        event_lag_seconds: int = 0,
        connected: Mapping[str, ObjectStore] | None = None,
    ) -> None:
        self._store = store
        self._event_lag_seconds = event_lag_seconds
        self._connected = connected or {}

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield every URL there is, the longer before the shorter that would swallow it."""
        account = BY_KIND["account"]
        yield Endpoint("/v1/account", account.needs, partial(self._own, "account"))
        yield Endpoint("/v1/balance", "rak_balance_read", partial(self._own, "balance"))
        for sublist in SUBLISTS:
            parent = BY_PATH[sublist.parent]
            path = f"{sublist.parent}/{{id}}/{sublist.field}"
            yield Endpoint(path, parent.needs, partial(self._sublist, sublist))
            if sublist.row_param:
                row = partial(self._sublist_row, sublist)
                yield Endpoint(f"{path}/{{row}}", parent.needs, row)
        for resource in OWNED:
            yield Endpoint(resource.path, resource.needs, partial(self._owned, resource))
            row = partial(self._owned_row, resource)
            yield Endpoint(f"{resource.path}/{{row}}", resource.needs, row)
        yield Endpoint(account.path, account.needs, self._accounts)
        for resource in RESOURCES:
            if resource is not account:
                answer = partial(self._nested if resource.kind in HELD_IN else self._list, resource)
                yield Endpoint(resource.path, resource.needs, answer)
            yield Endpoint(f"{resource.path}/{{id}}", resource.needs, partial(self._one, resource))

    # -- single objects ----------------------------------------------------------------------------

    def _own(self, kind: str, _: Ids, params: Params, version: str) -> Json:
        """Answer with the only (or first) object of a type."""
        tree = expand_tree(kind, only_expand(params), in_list=False)
        order = self._store.table(kind).order()
        found = self._store.get(kind, order[0][2]) if order else None
        if found is None:
            raise no_such(kind, kind, kind)
        return self._show(found, tree, version)

    def _one(self, resource: Resource, ids: Ids, params: Params, version: str) -> Json:
        tree = expand_tree(resource.kind, only_expand(params), in_list=False)
        return self._show(self._find(resource, ids["id"]), tree, version)

    def _owned_row(self, resource: Resource, ids: Ids, params: Params, version: str) -> Json:
        tree = expand_tree(resource.kind, only_expand(params), in_list=False)
        owner = self._find_alive(BY_KIND[resource.owner], ids["id"])
        row = self._store.get(resource.kind, ids["row"])
        if row is None or read_path(row, resource.owner) != (owner["id"],):
            raise no_such(resource.kind, ids["row"], resource.id_param)
        return self._show(row, tree, version)

    def _sublist_row(self, sublist: Sublist, ids: Ids, params: Params, version: str) -> Json:
        parent = self._find_alive(BY_PATH[sublist.parent], ids["id"])
        kind = _kind_of_rows(parent, sublist.field)
        tree = expand_tree(kind, only_expand(params), in_list=False)
        rows = nested_rows(parent, sublist.field, self._store)
        found = next((row for row in rows if row["id"] == ids["row"]), None)
        if found is None:
            raise no_such(kind, ids["row"], sublist.row_param)
        return self._show(found, tree, version)

    # -- lists -------------------------------------------------------------------------------------

    def _list(self, resource: Resource, _: Ids, params: Params, version: str) -> Json:
        request = parse_list(resource, params)
        return self._listed(self._store, resource, request, resource.path, version)

    def _owned(self, resource: Resource, ids: Ids, params: Params, version: str) -> Json:
        """Answer a list of the rows that name the object in the path."""
        owner = self._find_alive(BY_KIND[resource.owner], ids["id"])
        request = parse_list(resource, params)
        named = (Filter(resource.owner), (owner["id"],))
        request = replace(request, wanted=(*request.wanted, named))
        url = resource.path.format(id=owner["id"])
        return self._listed(self._store, resource, request, url, version)

    def _accounts(self, _: Ids, params: Params, version: str) -> Json:
        """Answer the list of connected accounts, each of which holds its own account object."""
        directory = ObjectStore(self._store.now)
        for account_id, store in self._connected.items():
            found = store.get("account", account_id)
            if found is not None:
                directory.put(found)
        resource = BY_KIND["account"]
        request = parse_list(resource, params)
        return self._listed(directory, resource, request, resource.path, version)

    def _listed(
        self, store: ObjectStore, resource: Resource, request: ListRequest, url: str, version: str
    ) -> Json:
        tree = expand_tree(resource.kind, request.expand, in_list=True)
        lag = self._event_lag_seconds
        rows, more = page_of_rows(store, resource, request, event_lag_seconds=lag)
        return self._page(url, rows, tree, version, more=more)

    def _nested(self, resource: Resource, _: Ids, params: Params, version: str) -> Json:
        """Answer a list whose rows its parent holds, named by a required filter."""
        parent_kind, name = HELD_IN[resource.kind]
        request = parse_list(resource, params)
        tree = expand_tree(resource.kind, request.expand, in_list=True)
        parent_id = params[resource.required][-1]
        parent = self._store.get(parent_kind, parent_id)
        if parent is None:
            raise no_such(parent_kind, parent_id, resource.required)
        rows = nested_rows(parent, name, self._store)
        chosen, more = page_of_nested(rows, request.paging, resource.kind)
        return self._page(resource.path, chosen, tree, version, more=more)

    def _sublist(self, sublist: Sublist, ids: Ids, params: Params, version: str) -> Json:
        parent = self._find_alive(BY_PATH[sublist.parent], ids["id"])
        kind = _kind_of_rows(parent, sublist.field)
        paging, expand = parse_nested(params)
        tree = expand_tree(kind, expand, in_list=True)
        rows = nested_rows(parent, sublist.field, self._store)
        chosen, more = page_of_nested(rows, paging, kind)
        url = f"{sublist.parent}/{parent['id']}/{sublist.field}"
        return self._page(url, chosen, tree, version, more=more)

    # -- both --------------------------------------------------------------------------------------

    def _find(self, resource: Resource, object_id: str) -> Json:
        found = self._store.get(resource.kind, object_id)
        if found is None and resource.kind == "account" and object_id in self._connected:
            found = self._connected[object_id].get("account", object_id)
        if found is None:
            raise no_such(resource.kind, object_id, resource.id_param)
        return found

    def _find_alive(self, resource: Resource, object_id: str) -> Json:
        """Return an object that lists hang on: nothing hangs on a tombstone."""
        found = self._find(resource, object_id)
        if found.get("deleted") is True:
            raise no_such(resource.kind, object_id, resource.id_param)
        return found

    def _page(
        self, url: str, rows: list[Json], tree: ExpandTree, version: str, *, more: bool
    ) -> Json:
        data = [self._show(row, tree, version) for row in rows]
        return {"object": "list", "data": data, "has_more": more, "url": url}

    def _show(self, obj: Json, tree: ExpandTree, version: str) -> Json:
        """Render for a version; an event keeps the version it was created in."""
        shown = render(obj, tree, self._store)
        return shown if obj.get("object") == "event" else downgrade(shown, version, self._store)


def _kind_of_rows(parent: Json, name: str) -> str:
    field = FIELDS[parent["object"]][name]
    return field.kind if isinstance(field, NestedList) else ""
