"""The page of the reader's API, from its own description."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reader.app import create_app
from reader.errors import ReaderError
from reader.scopes import SCOPES
from reader.surface import SURFACE
from warehouse.settings import load_settings

_BEFORE = Path(__file__).with_name("api_before.md")


def description() -> dict[str, Any]:
    """Return the API's description (OpenAPI) as it is before anything is published."""
    with TemporaryDirectory() as home:
        settings = load_settings(
            tillhouse_home=home, warehouse_url=f"duckdb:///{home}/warehouse.duckdb"
        )
        described: dict[str, Any] = create_app(settings).openapi()
        return described


def api_page(description: dict[str, Any]) -> str:
    """Render every route: what it serves, what it takes, and the scope it asks for."""
    paths = description["paths"]
    codes = sorted({f"`{error.code}` {error.status}" for error in _errors(ReaderError)})
    scopes = ", ".join(f"`{scope}`" for scope in SCOPES)
    before = _BEFORE.read_text().replace("{scopes}", scopes).replace("{codes}", ", ".join(codes))
    parts = [before]
    operations = [
        (path, method, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]
    by_tag = sorted(operations, key=lambda found: found[2]["tags"][0])
    for tag, found in groupby(by_tag, key=lambda one: one[2]["tags"][0]):
        parts.append(f"## {tag.replace('-', ' ').capitalize()}\n")
        parts += [_route(*one) for one in found]
    return "\n".join(parts)


def _errors(error: type[ReaderError]) -> Iterator[type[ReaderError]]:
    yield error
    for kind in error.__subclasses__():
        yield from _errors(kind)


def _route(path: str, method: str, operation: dict[str, Any]) -> str:
    lines = [f"### {method.upper()} {path}\n", f"{operation['description']}\n"]
    scope = operation.get("x-required-scope")
    told = f"Scope `{scope}`." if scope else "Open to everybody."
    if path in SURFACE and method == "get" and SURFACE[path].tables:
        tables = ", ".join(f"`{table}`" for table in dict.fromkeys(SURFACE[path].tables))
        told += f" Rows of {tables}."
    lines.append(f"{told}\n")
    parameters = operation.get("parameters", ())
    if parameters:
        lines += ["| parameter | values | meaning |", "| --- | --- | --- |"]
        lines += [_parameter(parameter) for parameter in parameters]
        lines.append("")
    return "\n".join(lines)


def _parameter(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    values = schema.get("format") or schema.get("type", "")
    if "enum" in schema or "const" in schema:
        values = ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if "minimum" in schema:
        values = f"{schema['minimum']}-{schema['maximum']}"
    default = f"; default `{schema['default']}`" if "default" in schema else ""
    meaning = schema.get("description") or parameter.get("description", "")
    return f"| `{parameter['name']}` | {values}{default} | {meaning} |"
