"""The API's description (OpenAPI): what FastAPI knows of the routes, made true of the answers.

FastAPI sees the parameters. What rows have (`reader.surface`, and the served generation for tables'
own rows), that every error is a problem, which scope is asked for and who may ask is added here.
"""

from __future__ import annotations

from typing import Any

from reader.database import Generation
from reader.errors import MEDIA_TYPE
from reader.examples import example_of, example_parameter
from reader.representations import MEDIA_TYPES, Names
from reader.scopes import required_scope
from reader.surface import SURFACE, Rows

Schema = dict[str, Any]

_TYPES: dict[str, Schema] = {
    "text": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "decimal": {"type": ["string", "null"], "pattern": r"^-?\d+(\.\d+)?$"},
    "date": {"type": ["string", "null"], "format": "date"},
    "boolean": {"type": ["boolean", "null"]},
    "timestamp": {"type": ["string", "null"], "format": "date-time"},
}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "param", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "param": {"type": ["string", "null"]},
        "request_id": {"type": "string"},
    },
    "example": {
        "type": "urn:tillhouse:problem:invalid_parameter",
        "title": "A parameter is wrong",
        "status": 400,
        "detail": "grain: Input should be 'day', 'week' or 'month'",
        "code": "invalid_parameter",
        "param": "grain",
        "request_id": "5f0c2b3e9a7d4c1f8e6b0a1d2c3e4f50",
    },
}
_META: Schema = {
    "type": "object",
    "required": [
        "generation",
        "as_of",
        "published_at",
        "expected_by",
        "checks",
        "sources",
        "currency",
        "unit",
        "partial_period",
    ],
    "properties": {
        "generation": {"type": "string", "description": "The generation that was read."},
        "as_of": {**_INSTANT, "description": "Everything up to here is in it."},
        "published_at": _INSTANT,
        "expected_by": {**_INSTANT, "description": "When the next one is due."},
        "checks": {"type": "object", "additionalProperties": {"type": "integer"}},
        "sources": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {"synced_through": _INSTANT},
            },
        },
        "currency": {"type": ["string", "null"]},
        "unit": {"enum": ["decimal", "minor"]},
        "partial_period": {"type": "boolean", "description": "A period is still running."},
    },
    "example": {
        "generation": "000042-20261122T020200Z",
        "as_of": "2026-11-22T02:00:00Z",
        "published_at": "2026-11-22T02:02:00Z",
        "expected_by": "2026-11-22T04:02:00Z",
        "checks": {"passed": 251, "warned": 0},
        "sources": {
            "stripe": {"synced_through": "2026-11-22T02:00:00Z"},
            "app": {"synced_through": "2026-11-22T02:00:00Z"},
        },
        "currency": "usd",
        "unit": "decimal",
        "partial_period": False,
    },
}
_HEADERS: Schema = {
    "ETag": {"description": "Of this answer; absent where answers change with the clock."},
    "X-Generation": {"description": "The generation that was read.", "required": True},
    "X-As-Of": {"description": "Everything up to here is in it.", "required": True},
    "X-Request-Id": {"description": "Names the request in logs.", "required": True},
}


def completed(
    description: Schema, public: frozenset[tuple[str, str]], generation: Generation | None
) -> Schema:
    """Return the description with rows, errors, examples, scopes and credentials added.

    Args:
        description: what FastAPI made of the routes.
        public: (method, path) of what is served without a credential.
        generation: what is served; before the first one, tables' own columns are not known.
    """
    components = description.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= {"Problem": _PROBLEM, "Meta": _META}
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "tillhouse_session"},
    }
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            _complete_operation(path, method.upper(), operation, public)
            if path in SURFACE and method == "get":
                _describe_rows(operation["responses"], SURFACE[path], generation)
    return description


def _complete_operation(
    path: str, method: str, operation: Schema, public: frozenset[tuple[str, str]]
) -> None:
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = {"description": "A problem.", "content": problem}
    is_public = (method, path) in public
    operation["security"] = [] if is_public else [{"bearer": []}, {"session": []}]
    if not is_public:
        operation["x-required-scope"] = required_scope(method, path)
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _without_null(parameter["schema"])
        example = example_parameter(parameter["name"], parameter["schema"])
        if example is not None:
            parameter["example"] = example


def _without_null(schema: Schema) -> Schema:
    """Return the schema of a parameter: one that is not given is left out, never null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**kinds[0], **rest}


def _describe_rows(responses: Schema, rows: Rows, generation: Generation | None) -> None:
    columns = rows.columns(generation)
    forms = ("json",) if rows.nested else tuple(MEDIA_TYPES)
    content: Schema = {MEDIA_TYPES[form]: {} for form in forms}
    content[MEDIA_TYPES["json"]] = {
        "schema": _envelope(columns, rows),
        "example": {
            "object": "list",
            "data": [{name: example_of(name, kind, rows.nested) for name, kind in columns}],
            "has_more": False,
            "next_cursor": None,
            "meta": _META["example"],
        },
    }
    tables = ", ".join(rows.tables)
    responses["200"] = {
        "description": f"Rows of {tables}." if tables else "Rows.",
        "headers": {
            name: {**header, "schema": {"type": "string"}} for name, header in _HEADERS.items()
        },
        "content": content,
    }
    responses["304"] = {"description": "Nothing has changed since that ETag."}


def _envelope(columns: Names, rows: Rows) -> Schema:
    properties: Schema = {
        name: {"type": rows.nested[name]} if name in rows.nested else _TYPES[kind]
        for name, kind in columns
    }
    row: Schema = {"type": "object", "properties": properties}
    if columns:
        row["additionalProperties"] = False
    if rows.is_compared:
        beside = {"type": ["object", "null"], "properties": dict(properties)}
        row["properties"] = {**properties, "compare": beside}
    return {
        "type": "object",
        "required": ["object", "data", "has_more", "next_cursor", "meta"],
        "additionalProperties": False,
        "properties": {
            "object": {"const": "list"},
            "data": {"type": "array", "items": row},
            "has_more": {"type": "boolean"},
            "next_cursor": {"type": ["string", "null"]},
            "meta": {"$ref": "#/components/schemas/Meta"},
        },
    }
