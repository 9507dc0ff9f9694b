"""The types of the API's routes for TypeScript, made from what the reader serves.

Parameters come from the API's description (OpenAPI), rows from `reader.surface` and, for lists that
are a table's own rows, from the models' declarations.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reader.columns import ValueType
from reader.surface import SURFACE, Rows
from warehouse.generations import Column, Generation, Table

# The client reads JSON, so it never asks for another form.
_LEFT_OUT = {"format"}
_TYPES: Mapping[ValueType, str] = {
    "text": "string",
    "integer": "number",
    "decimal": "Decimal",
    "date": "Day",
    "boolean": "boolean",
    "timestamp": "Instant",
}

# What is in lists and objects has types of its own.
_NESTED = {"array": "unknown[]", "object": "Record<string, unknown>"}


def client_types(description: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]]) -> str:
    """Render the routes' parameters and rows.

    Args:
        description: the API's.
        models: the declaration of every published table, by its name.
    """
    paths = description["paths"]
    generation = _declared(models)
    routes = "\n".join(
        _route(path, paths[path]["get"], rows, generation) for path, rows in SURFACE.items()
    )
    return f"""// Written by tools/generate_docs.py; change what it is made from.

/** An exact decimal, as text: "5198.323832". See decimal.ts. */
export type Decimal = string;
/** A day, UTC: "2026-11-25". A month is its first day. */
export type Day = string;
/** An instant, UTC: "2026-11-25T14:00:00Z". */
export type Instant = string;

/** A row, and beside it what it is compared with (`compare=previous` or `year`). */
export type Compared<R> = R & {{ compare?: R | null }};

/**
 * What each route takes and what its rows hold. A column is null where there is no value, and
 * absent where the shape asked for (a grain, a split) or the generation does not have it.
 */
export interface Routes {{
{routes}
}}
"""


def _declared(models: Mapping[str, Mapping[str, Any]]) -> Generation:
    """Return a generation that has every table as it is declared."""
    epoch = datetime.fromtimestamp(0, UTC)
    tables = {
        name: Table(
            rows=0,
            columns={
                column["name"]: Column(column["name"], _sql_type(column["data_type"]), "")
                for column in model["columns"]
            },
            description="",
            hash="",
        )
        for name, model in models.items()
    }
    return Generation(
        id="",
        as_of=epoch,
        published_at=epoch,
        expected_by=epoch,
        schema_version=0,
        mode="",
        run_id="",
        fingerprint="",
        checks={},
        sources={},
        tables=tables,
        location="",
    )


def _sql_type(declared: str) -> str:
    return "timestamp with time zone" if declared == "timestamptz" else declared


def _route(path: str, operation: Mapping[str, Any], rows: Rows, generation: Generation) -> str:
    query = [
        _parameter(parameter)
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and parameter["name"] not in _LEFT_OUT
    ]
    columns = [
        f"{name}?: {_NESTED[rows.nested[name]] if name in rows.nested else _TYPES[kind]} | null;"
        for name, kind in rows.columns(generation)
    ]
    row = f"Compared<{_block(columns)}>" if rows.is_compared else _block(columns)
    summary = operation["description"].splitlines()[0]
    return f"""  /** {summary} */
  {json.dumps(path)}: {{
    query: {_block(query)};
    row: {row};
  }};"""


def _block(lines: list[str]) -> str:
    inner = "".join(f"      {line}\n" for line in lines)
    return f"{{\n{inner}    }}" if lines else "{}"


def _parameter(parameter: Mapping[str, Any]) -> str:
    mark = "" if parameter.get("required") else "?"
    return f"{parameter['name']}{mark}: {_schema(parameter['schema'])};"


def _schema(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_schema(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    return {"string": "string", "integer": "number", "boolean": "boolean"}[schema["type"]]
