"""Pages of lists: newest first, cut by cursors, in time proportional to the page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from sandbox.stripe_api.errors import aged_out, no_such, not_automatic
from sandbox.stripe_api.filters import Filter, Interval, Match, accepts
from sandbox.stripe_api.params import ListRequest, Paging
from sandbox.stripe_api.render import Json
from sandbox.stripe_api.resources import Resource
from sandbox.stripe_api.store import ObjectStore
from sandbox.stripe_api.table import Entry, Row, Table

_INDEX_PAYS_BELOW = 8
"""An index is used if it leaves less than one in so many rows: its ids have to be sorted first."""


def page_of_rows(
    store: ObjectStore, resource: Resource, request: ListRequest, *, event_lag_seconds: int = 0
) -> tuple[list[Json], bool]:
    """Return one page of a stored type, newest first, and whether there are more in its direction.

    Args:
        store: the account.
        resource: the list's row in the table of endpoints.
        request: what was asked for.
        event_lag_seconds: how long every event stays invisible after it happened.

    Raises:
        ApiError: 400 for a cursor or filter that names an unknown object.
    """
    _refuse_unknown_names(store, request)
    if resource.kind == "event":
        store.forget_old_events()
    rows = store.table(resource.kind).rows
    entries = _candidates(store.table(resource.kind), request)
    passes = _test(resource, request, int(store.now().timestamp()) - event_lag_seconds)
    first, end = _span(entries, request.created)
    paging = request.paging
    places: Iterable[int]
    if paging.ending_before is not None:
        cursor = _cursor(store, resource, paging.ending_before, "ending_before")
        places = range(max(first, bisect_right(entries, cursor)), end)
    else:
        if paging.starting_after is not None:
            cursor = _cursor(store, resource, paging.starting_after, "starting_after")
            end = min(end, bisect_left(entries, cursor))
        places = range(end - 1, first - 1, -1)
    found = (rows[entries[place][2]] for place in places)
    taken = list(islice(filter(passes, found), paging.limit + 1))
    chosen = taken[: paging.limit]
    if paging.ending_before is not None:
        chosen.reverse()
    return [row.load() for row in chosen], len(taken) > paging.limit


def page_of_nested(rows: list[Json], paging: Paging, kind: str) -> tuple[list[Json], bool]:
    """Return one page of a list its parent holds whole, in the parent's order.

    Raises:
        ApiError: 400 for a cursor that is not in the list.
    """
    places = {row["id"]: place for place, row in enumerate(rows)}
    for cursor, name in (
        (paging.starting_after, "starting_after"),
        (paging.ending_before, "ending_before"),
    ):
        if cursor is not None and cursor not in places:
            raise no_such(kind, cursor, name, status=400)
    if paging.ending_before is not None:
        end = places[paging.ending_before]
        first = max(end - paging.limit, 0)
        return rows[first:end], first > 0
    first = 0 if paging.starting_after is None else places[paging.starting_after] + 1
    return rows[first : first + paging.limit], len(rows) > first + paging.limit


def _candidates(table: Table, request: ListRequest) -> Sequence[Entry]:
    """Return the entries worth looking at, oldest first: an index's few, or all."""
    best: list[str] | None = None
    for one, values in request.wanted:
        if one.match in (Match.EQUAL, Match.ANY_OF) and values:
            by_value = table.index.get(one.name, {})
            ids = [found for value in set(values) for found in by_value.get(value, ())]
            if best is None or len(ids) < len(best):
                best = ids
    if best is None or len(best) * _INDEX_PAYS_BELOW > len(table.rows):
        return table.order()
    return sorted({table.rows[one].entry for one in best})


def _span(entries: Sequence[Entry], created: Interval) -> tuple[int, int]:
    """Return the places of the entries inside an interval."""
    first = 0 if created.first is None else bisect_left(entries, (created.first, 0, ""))
    end = len(entries) if created.end is None else bisect_left(entries, (created.end, 0, ""))
    return first, max(first, end)


def _cursor(store: ObjectStore, resource: Resource, object_id: str, param: str) -> Entry:
    """Return the place a cursor marks."""
    row = store.table(resource.kind).rows.get(object_id)
    if row is None:
        if resource.kind == "event" and store.was_event(object_id):
            raise aged_out(object_id, param)
        raise no_such(resource.kind, object_id, param, status=400)
    return row.entry


def _refuse_unknown_names(store: ObjectStore, request: ListRequest) -> None:
    for one, values in request.wanted:
        if one.names and store.get(one.names, values[0]) is None:
            raise no_such(one.names, values[0], one.name, status=400)
        if one.automatic and not (store.get("payout", values[0]) or {}).get("automatic", True):
            raise not_automatic(one.name)


def _test(resource: Resource, request: ListRequest, second: int) -> Callable[[Row], bool]:
    """Return what decides whether a row is in the list at a moment."""
    wanted = [(one, values) for one, values in request.wanted if values]
    left_out = [one for one in resource.filters if one.unset and not request.asks_for(one.name)]
    ranges = [(one, interval) for one, interval in request.ranges if interval != Interval()]
    clocks = request.asks_for("test_clock") or request.asks_for("customer")

    def passes(row: Row) -> bool:
        if not row.listed or row.visible_at > second or (row.test_clock and not clocks):
            return False
        facets = row.facets
        return (
            all(accepts(one, values, facets[one.name]) for one, values in wanted)
            and not any(set(facets[one.name]) & set(one.unset) for one in left_out)
            and all(_in_range(one, interval, facets[one.name]) for one, interval in ranges)
        )

    return passes


def _in_range(one: Filter, interval: Interval, values: tuple[str, ...]) -> bool:
    if not values:
        return False
    moments = [int(value) for value in values]
    return interval.holds(min(moments) if one.match is Match.MIN_IN_RANGE else max(moments))
