"""JSON in SQL, as each engine says it: fragments about the column `object` of a raw table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

EngineName = Literal["duckdb", "postgres"]


def labelled_values(engine: EngineName, rows: str, paths: Sequence[tuple[str, str]]) -> str:
    """Return a query of the JSON values in rows, one row each, with a label; JSON is parsed once.

    Args:
        engine: which one answers.
        rows: what is to be looked through, as it stands behind `from`, with its condition.
        paths: labels, and paths `a.*.b`, where `*` goes through every element of a list.
    """
    if engine == "postgres":
        told = ", ".join(f"('{label}', '{_json_path(path)}'::jsonpath)" for label, path in paths)
        # Behind an offset the column is worked out once a row, not again for every path.
        return f"""
            select told.label, jsonb_path_query(objects.parsed, told.path) as value
            from (select object::jsonb as parsed from {rows} offset 0) as objects
            cross join (values {told}) as told (label, path)
        """  # noqa: S608  paths come from specs
    # DuckDB takes several paths at a time only without wildcards.
    heads = ", ".join(f"'$.{path.partition('.*')[0]}'" for _, path in paths)
    parts = ", ".join(
        f"{{'label': '{label}', 'found': {_found(f'parts[{number}]', path)}}}"
        for number, (label, path) in enumerate(paths, start=1)
    )
    return f"""
        select told.label, unnest(told.found) as value
        from (
            select unnest([{parts}]) as told
            from (select json_extract(object, [{heads}]) as parts from {rows}) as objects
        ) as labelled
    """  # noqa: S608  paths come from specs


def _found(part: str, path: str) -> str:
    _, wildcard, rest = path.partition(".*")
    return f"json_extract({part}, '$[*]{rest.replace('.*', '[*]')}')" if wildcard else f"[{part}]"


def _json_path(path: str) -> str:
    return "$." + path.replace(".*", "[*]")


def id_of(engine: EngineName, value: str) -> str:
    """Return an expression of the id that a JSON value is, or that the object it is has."""
    if engine == "postgres":
        return f"coalesce({value} ->> 'id', {value} #>> '{{}}')"
    return f"coalesce(json_extract_string({value}, '$.id'), json_extract_string({value}, '$'))"


def text_at(engine: EngineName, key: str) -> str:
    """Return an expression of the text under a key."""
    if engine == "postgres":
        return f"(object::jsonb ->> '{key}')"
    return f"json_extract_string(object, '$.{key}')"


def has_amount(engine: EngineName, key: str) -> str:
    """Return a condition: the amount under a key, or one of several by currency, is not zero."""
    text = text_at(engine, key)
    return f"{text} ~ '[1-9]'" if engine == "postgres" else f"regexp_matches({text}, '[1-9]')"
