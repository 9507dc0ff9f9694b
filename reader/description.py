"""The API's description (OpenAPI): what FastAPI knows of the routes, made true of the answers.

FastAPI sees the parameters; that rows have the columns of `reader.series`, that every error is a
problem, and who may ask, is added here.
"""

from __future__ import annotations

from typing import Any

from reader.errors import MEDIA_TYPE
from reader.representations import MEDIA_TYPES
from reader.series import (
    CASH,
    FRESHNESS,
    KPIS,
    MOVEMENTS_MONTHLY,
    MRR_MONTHLY,
    PROVIDERS,
    Column,
    Series,
)

Schema = dict[str, Any]

ROWS: dict[str, Series] = {
    "/v1/kpis": KPIS,
    "/v1/kpis/summary": KPIS,
    "/v1/revenue/mrr": MRR_MONTHLY,
    "/v1/revenue/movements": MOVEMENTS_MONTHLY,
    "/v1/revenue/cash": CASH,
    "/v1/costs/providers": PROVIDERS,
    "/v1/costs/providers/summary": PROVIDERS,
    "/v1/freshness": FRESHNESS,
}

_TYPES: dict[str, Schema] = {
    "text": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "decimal": {"type": ["string", "null"], "format": "decimal"},
    "date": {"type": ["string", "null"], "format": "date"},
    "boolean": {"type": ["boolean", "null"]},
    "timestamp": {"type": ["string", "null"], "format": "date-time"},
}
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
}


def completed(description: Schema, public: frozenset[tuple[str, str]]) -> Schema:
    """Return the description with rows, errors and credentials added.

    Args:
        description: what FastAPI made of the routes.
        public: (method, path) of what is served without a credential.
    """
    schemas = description.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    description["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "tillhouse_session"},
    }
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            responses = operation["responses"]
            responses.pop("422", None)
            responses["default"] = {"description": "A problem.", "content": problem}
            is_public = (method.upper(), path) in public
            operation["security"] = [] if is_public else [{"bearer": []}, {"session": []}]
            if path in ROWS:
                responses["200"]["content"] = _forms(ROWS[path])
                responses["304"] = {"description": "Nothing has changed since that ETag."}
    return description


def _forms(series: Series) -> Schema:
    content: Schema = {media_type: {} for media_type in MEDIA_TYPES.values()}
    content[MEDIA_TYPES["json"]] = {"schema": _envelope(series)}
    return content


def _envelope(series: Series) -> Schema:
    row = {series.time: _TYPES["date"], **{c.name: _type_of(c) for c in series.columns}}
    return {
        "type": "object",
        "required": ["object", "data", "has_more", "next_cursor", "meta"],
        "properties": {
            "object": {"const": "list"},
            "data": {"type": "array", "items": {"type": "object", "properties": row}},
            "has_more": {"type": "boolean"},
            "next_cursor": {"type": ["string", "null"]},
            "meta": {"type": "object"},
        },
    }


def _type_of(column: Column) -> Schema:
    return _TYPES[column.type]
