"""What a request asks for, checked as Stripe checks it: anything it does not know is a 400."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from sandbox.stripe_api.errors import ApiError, invalid_request
from sandbox.stripe_api.filters import Filter, Interval, Match
from sandbox.stripe_api.resources import Resource

DEFAULT_LIMIT: Final = 10
MAX_LIMIT: Final = 100

_ARRAY_INDEX = re.compile(r"\[\d*\]$")
_BOUND = re.compile(r"(?P<name>\w+)\[(?P<bound>gt|gte|lt|lte)\]")
_ARRAYS = ("expand", "ids", "lookup_keys", "types")

Params = dict[str, list[str]]
"""Parameter names, array indexes removed, to the values sent."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a list, and how long."""

    limit: int = DEFAULT_LIMIT
    starting_after: str | None = None
    ending_before: str | None = None


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list request that has been understood.

    Args:
        paging: which page.
        expand: the ``expand[]`` paths.
        created: bounds on ``created``.
        wanted: filters asked for, with the field values that pass; no values: all pass.
        ranges: filters on other moments.
    """

    paging: Paging
    expand: tuple[str, ...]
    created: Interval
    wanted: tuple[tuple[Filter, tuple[str, ...]], ...]
    ranges: tuple[tuple[Filter, Interval], ...]

    def asks_for(self, name: str) -> bool:
        """Return whether a filter was given."""
        return any(one.name == name for one, _ in self.wanted)


def parse_query(query: str) -> Params:
    """Read a query string into parameters.

    Raises:
        ApiError: 400 for an empty value.
    """
    params: Params = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if value == "":
            raise invalid_request(
                f"You passed an empty string for '{name}'. We assume empty values are an attempt "
                f"to unset a parameter; however '{name}' cannot be unset. You should remove "
                f"'{name}' from your request or supply a non-empty value.",
                code="parameter_invalid_empty",
                param=name,
            )
        bare = _ARRAY_INDEX.sub("", name)
        params.setdefault(bare if bare in _ARRAYS else name, []).append(value)
    return params


def only_expand(params: Params) -> tuple[str, ...]:
    """Return the expand paths of a request that takes nothing else.

    Raises:
        ApiError: 400 for any other parameter.
    """
    _refuse_unknown(params, ("expand",))
    return tuple(params.get("expand", ()))


def parse_paging(params: Params) -> Paging:
    """Return the page asked for.

    Raises:
        ApiError: 400 for a limit outside 1 to 100 or for both cursors at once.
    """
    limit = _integer(params["limit"][-1], "limit") if "limit" in params else DEFAULT_LIMIT
    if limit < 1:
        raise _bad_integer("This value must be greater than or equal to 1.")
    if limit > MAX_LIMIT:
        raise _bad_integer(
            f"This value must be less than or equal to {MAX_LIMIT} (it currently is '{limit}')."
        )
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise invalid_request(
            "Received both starting_after and ending_before parameters. Please pass in only one.",
            param="starting_after",
        )
    return Paging(limit, after[-1] if after else None, before[-1] if before else None)


def parse_nested(params: Params) -> tuple[Paging, tuple[str, ...]]:
    """Return page and expand paths of a list that takes no filters.

    Raises:
        ApiError: 400 for any other parameter.
    """
    _refuse_unknown(params, ("expand", "limit", "starting_after", "ending_before"))
    return parse_paging(params), tuple(params.get("expand", ()))


def parse_list(resource: Resource, params: Params) -> ListRequest:
    """Understand a list request by the resource's row in the table.

    Raises:
        ApiError: 400 for unknown parameters and for values Stripe does not take.
    """
    ranged = {one.name: one for one in resource.filters if _is_range(one)}
    moments = {**({"created": None} if resource.has_created else {}), **ranged}
    plain = {one.name: one for one in resource.filters if not _is_range(one)}
    known = ["expand", "limit", "starting_after", "ending_before", *plain]
    known += [name for name in params if _moment_of(name) in moments]
    _refuse_unknown(params, known)
    if resource.required and resource.required not in params:
        raise invalid_request(
            f"Missing required param: {resource.required}.",
            code="parameter_missing",
            param=resource.required,
        )
    if "type" in params and "types" in params:
        raise invalid_request("You may only specify one of these parameters: type, types.")
    wanted = [(one, _values(one, params[name])) for name, one in plain.items() if name in params]
    return ListRequest(
        paging=parse_paging(params),
        expand=tuple(params.get("expand", ())),
        created=_interval("created", params),
        wanted=tuple(wanted),
        ranges=tuple((one, _interval(name, params)) for name, one in ranged.items()),
    )


def _is_range(one: Filter) -> bool:
    return one.match in (Match.MIN_IN_RANGE, Match.MAX_IN_RANGE)


def _moment_of(name: str) -> str:
    bound = _BOUND.fullmatch(name)
    return bound["name"] if bound else name


def _refuse_unknown(params: Params, known: Iterable[str]) -> None:
    unknown = [name for name in params if name not in known]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise invalid_request(
            f"Received unknown parameter{plural}: {', '.join(unknown)}",
            code="parameter_unknown",
            param=unknown[0],
        )


def _interval(name: str, params: Params) -> Interval:
    interval = Interval()
    if name in params:
        interval = interval.narrowed("is", _integer(params[name][-1], name))
    for bound in ("gt", "gte", "lt", "lte"):
        bounded = f"{name}[{bound}]"
        if bounded in params:
            interval = interval.narrowed(bound, _integer(params[bounded][-1], bounded))
    return interval


def _values(one: Filter, sent: list[str]) -> tuple[str, ...]:
    """Return the field values that pass a filter as sent."""
    values = tuple(sent) if one.match is Match.ANY_OF else (sent[-1],)
    if one.at_most and len(values) > one.at_most:
        raise invalid_request(
            f"You may only specify up to {one.at_most} values for {one.name}.", param=one.name
        )
    for value in values:
        if one.choices and value not in one.choices:
            *others, last = one.choices
            raise invalid_request(
                f"Invalid {one.name}: must be one of {', '.join(others)}, or {last}", param=one.name
            )
    return dict(one.widened).get(values[0], values)


def _integer(text: str, name: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise _bad_integer(f"Invalid integer: {text}", name)
    return int(text)


def _bad_integer(message: str, name: str = "limit") -> ApiError:
    return invalid_request(message, code="parameter_invalid_integer", param=name)
