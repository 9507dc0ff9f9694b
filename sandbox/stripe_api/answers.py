"""The body of each endpoint's answer, made from the store by the table of resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sandbox.stripe_api.errors import no_such
from sandbox.stripe_api.listing import page_of_nested, page_of_rows
from sandbox.stripe_api.params import Params, only_expand, parse_list, parse_nested
from sandbox.stripe_api.render import ExpandTree, Json, expand_tree, nested_rows, render
from sandbox.stripe_api.resources import BY_KIND, BY_PATH, RESOURCES, SUBLISTS, Resource, Sublist
from sandbox.stripe_api.schema import FIELDS, NestedList
from sandbox.stripe_api.store import ObjectStore
from sandbox.stripe_api.versions import downgrade

Answer = Callable[[str, Params, str], Json]
"""From the id in the path, the parameters and the API version to the body."""


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
    """

    def __init__(self, store: ObjectStore, event_lag_seconds: int = 0) -> None:
        self._store = store
        self._event_lag_seconds = event_lag_seconds

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield every URL there is, the longer before the shorter that would swallow it."""
        account = BY_KIND["account"]
        yield Endpoint("/v1/account", account.needs, partial(self._own, "account"))
        yield Endpoint("/v1/balance", "rak_balance_read", partial(self._own, "balance"))
        for sublist in SUBLISTS:
            parent = BY_PATH[sublist.parent]
            path = f"{sublist.parent}/{{id}}/{sublist.field}"
            yield Endpoint(path, parent.needs, partial(self._sublist, sublist))
        for resource in RESOURCES:
            if resource.has_list:
                answer = partial(self._nested if resource.inside[0] else self._list, resource)
                yield Endpoint(resource.path, resource.needs, answer)
            yield Endpoint(f"{resource.path}/{{id}}", resource.needs, partial(self._one, resource))

    def _own(self, kind: str, _: str, params: Params, version: str) -> Json:
        """Answer with the only (or first) object of a type."""
        tree = expand_tree(kind, only_expand(params), in_list=False)
        order = self._store.table(kind).order()
        found = self._store.get(kind, order[0][2]) if order else None
        if found is None:
            raise no_such(kind, kind, kind)
        return self._show(found, tree, version)

    def _one(self, resource: Resource, object_id: str, params: Params, version: str) -> Json:
        tree = expand_tree(resource.kind, only_expand(params), in_list=False)
        return self._show(self._find(resource, object_id), tree, version)

    def _list(self, resource: Resource, _: str, params: Params, version: str) -> Json:
        request = parse_list(resource, params)
        tree = expand_tree(resource.kind, request.expand, in_list=True)
        rows, more = page_of_rows(
            self._store, resource, request, event_lag_seconds=self._event_lag_seconds
        )
        return self._page(resource.path, rows, tree, version, more=more)

    def _nested(self, resource: Resource, _: str, params: Params, version: str) -> Json:
        """Answer a list whose rows its parent holds, named by a required filter."""
        parent_kind, name = resource.inside
        request = parse_list(resource, params)
        tree = expand_tree(resource.kind, request.expand, in_list=True)
        parent_id = params[resource.required][-1]
        parent = self._store.get(parent_kind, parent_id)
        if parent is None:
            raise no_such(parent_kind, parent_id, resource.required)
        rows = nested_rows(parent, name, self._store)
        chosen, more = page_of_nested(rows, request.paging, resource.kind)
        return self._page(resource.path, chosen, tree, version, more=more)

    def _sublist(self, sublist: Sublist, object_id: str, params: Params, version: str) -> Json:
        parent = self._find(BY_PATH[sublist.parent], object_id)
        field = FIELDS[parent["object"]][sublist.field]
        kind = field.kind if isinstance(field, NestedList) else ""
        paging, expand = parse_nested(params)
        tree = expand_tree(kind, expand, in_list=True)
        rows = nested_rows(parent, sublist.field, self._store)
        chosen, more = page_of_nested(rows, paging, kind)
        url = f"{sublist.parent}/{object_id}/{sublist.field}"
        return self._page(url, chosen, tree, version, more=more)

    def _find(self, resource: Resource, object_id: str) -> Json:
        found = self._store.get(resource.kind, object_id)
        if found is None:
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
