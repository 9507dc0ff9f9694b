"""JSON in SQL, as each engine says it: fragments about the column `object` of a raw table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal

import duckdb

EngineName = Literal["duckdb", "postgres"]

Rows = list[tuple[Any, ...]]

_PARTS: Final = 32


def labelled_ids(engine: EngineName, rows: str, paths: Sequence[tuple[str, str]]) -> str:
    """Return a query of `label` and `id` of what stands at paths in objects, as an id or whole.

    What is no id, as an object without one, may be among them.

    Args:
        engine: which one answers.
        rows: what has the objects, as it stands behind `from`.
        paths: labels, and paths `a.*.b`, where `*` goes through every element of a list.
    """
    if engine == "postgres":
        told = ", ".join(f"('{label}', '{_json_path(path)}'::jsonpath)" for label, path in paths)
        # Behind an offset the column is worked out once a row, not again for every path.
        return f"""
            select label, coalesce(value ->> 'id', value #>> '{{}}') as id
            from (
                select told.label, jsonb_path_query(objects.parsed, told.path) as value
                from (select object::jsonb as parsed from {rows} offset 0) as objects
                cross join (values {told}) as told (label, path)
            ) as named
        """  # noqa: S608  paths come from specs
    # Each expression of JSON holds two thousand parsed objects in each thread, tens of MB, and of
    # a million objects one a path took more than a pull lets DuckDB have (`benchmarks/tail.py` has
    # as many). So one takes all paths at once.
    leaves = {path: _leaf(path, [other for _, other in paths]) for _, path in paths}
    shape = json.dumps(_shape(leaf.split(".") for leaf in leaves.values()))
    told = ", ".join(
        f"{{'label': '{label}', 'found': {_found(leaves[path], path)}}}" for label, path in paths
    )
    return f"""
        select label, case when value[1] = '{{' then value ->> '$.id' else value end as id
        from (
            select told.label, unnest(told.found) as value
            from (
                select unnest([{told}]) as told
                from (select json_transform(object, '{shape}') as parsed from {rows}) as objects
            ) as labelled
        ) as named
    """  # noqa: S608  paths come from specs


def _leaf(path: str, paths: Iterable[str]) -> str:
    """Return where a path begins that is a path itself: what stands there is taken as it is."""
    return min((one for one in paths if f"{path}.".startswith(f"{one}.")), key=len)


def _shape(leaves: Iterable[list[str]]) -> Any:
    """Return what DuckDB is to take out of an object: the texts at some places of it."""
    inside: dict[str, list[list[str]]] = {}
    for first, *rest in leaves:
        inside.setdefault(first, []).append(rest)
    shapes = {
        key: _shape(rest for rest in below if rest) if any(below) else "VARCHAR"
        for key, below in inside.items()
    }
    return [shapes["*"]] if "*" in shapes else shapes


def _found(leaf: str, path: str) -> str:
    """Return an expression of the list of texts at a path, by way of a leaf of the shape."""
    first, *lists = leaf.split(".*")
    found = f"parsed.{_quoted(first)}"
    if not lists:
        found = f"[{found}]"
    for depth, key in enumerate(filter(None, lists)):
        within = f"list_transform({found}, lambda one: one.{_quoted(key.removeprefix('.'))})"
        found = f"flatten({within})" if depth < len(lists) - 1 else within
    if path == leaf:
        return found
    inner = f"one ->> '$.{path.removeprefix(leaf + '.')}'"
    return f"list_transform({found}, lambda one: case when one[1] = '{{' then {inner} end)"


def _quoted(keys: str) -> str:
    return ".".join(f'"{key}"' for key in keys.split("."))


def _json_path(path: str) -> str:
    return "$." + path.replace(".*", "[*]")


def text_at(engine: EngineName, key: str) -> str:
    """Return an expression of the text under a key."""
    if engine == "postgres":
        return f"(object::jsonb ->> '{key}')"
    return f"json_extract_string(object, '$.{key}')"


def mentions_amount(engine: EngineName, key: str) -> str:
    """Return a condition: under a key, at any depth, may stand an amount that is not zero.

    To search the text of an object costs a fraction of what it costs to parse it.
    """
    # Without a question mark, which would be taken for a parameter's place.
    return matches(engine, f'"{key}":(-|[1-9]|[{{][^}}]*[1-9])')


def has_amount(engine: EngineName, key: str) -> str:
    """Return a condition: the amount under a key, or one of several by currency, is not zero."""
    text = text_at(engine, key)
    exact = f"{text} ~ '[1-9]'" if engine == "postgres" else f"regexp_matches({text}, '[1-9]')"
    # The text of most objects says that none of theirs is.
    return f"{mentions_amount(engine, key)} and {exact}"


def matches(engine: EngineName, pattern: str) -> str:
    """Return a condition: the text of an object has a part that matches a pattern."""
    if engine == "postgres":
        return f"object ~ '{pattern}'"
    return f"regexp_matches(object, '{pattern}')"


def all_or_in_parts(ask: Callable[[str], Rows]) -> Rows:
    """Ask for all rows at a time, or for one part after the other where memory is too small.

    DuckDB takes two thousand rows at a time in each thread. Of large objects, as invoices with many
    lines, so many do not fit; of a part of all rows there are fewer among them.

    Args:
        ask: returns the rows of a query, with a condition put into it; the rows of all parts must
            be those of the whole, but may be repeated.

    Raises:
        duckdb.OutOfMemoryException: a part does not fit, either.
    """
    try:
        return ask("true")
    except duckdb.OutOfMemoryException:
        conditions = [f"hash(id) % {_PARTS} = {part}" for part in range(_PARTS)]
        return [row for condition in conditions for row in ask(condition)]
