"""JSON in SQL, as each engine says it: fragments about the column `object` of a raw table."""

from __future__ import annotations

from typing import Literal

EngineName = Literal["duckdb", "postgres"]


def elements_at(engine: EngineName, path: str) -> str:
    """Return an expression of the JSON values at a path (`a.*.b`), one row each."""
    json_path = "$." + path.replace(".*", "[*]")
    if engine == "postgres":
        return f"jsonb_path_query(object::jsonb, '{json_path}')"
    found = f"json_extract(object, '{json_path}')"
    return f"unnest({found})" if "*" in json_path else found


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
