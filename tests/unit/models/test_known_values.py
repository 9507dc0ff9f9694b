"""The values that staging knows are those of the pinned API version, as its SDK's classes say."""

from __future__ import annotations

import inspect
import re
import typing
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pytest
import stripe
from stripe._stripe_object import StripeObject

from tests.unit.sandbox.stripe_sdk_schema import class_of, fields_of

KNOWN_VALUES = Path(__file__).parents[3] / "dbt_project" / "macros" / "known_values.sql"
OBJECTS = {"checkout_sessions": "checkout.session"}
# The SDK refers to Stripe's documentation of them.
UNTYPED = {"reporting_category"}


@cache
def known_values() -> dict[str, list[list[Any]]]:
    """Return what the macro of that name returns."""
    returned: list[Any] = []
    environment = jinja2.Environment(autoescape=False)
    environment.globals |= {
        "return": returned.append,
        "reporting_categories": lambda: {"sale": ["charge"]},
    }
    template = environment.from_string(KNOWN_VALUES.read_text())
    template.module.known_values()  # type: ignore[attr-defined]
    found: dict[str, list[list[Any]]] = returned[-1]
    return found


DECLARED = [
    pytest.param(table, path, values, id=f"{table}-{path}")
    for table, fields in known_values().items()
    for _, path, values in fields
    if path not in UNTYPED
]


def options(hint: Any) -> list[Any]:
    """Return what a type may be."""
    if typing.get_origin(hint) is typing.Union:
        return [one for option in typing.get_args(hint) for one in options(option)]
    return [hint]


def documented(cls: type[StripeObject], path: str) -> set[str]:
    """Return the values of a field: the literals of its type, else the words its text names."""
    name, _, rest = path.partition(".")
    hints = options(fields_of(cls)[name])
    if rest:
        inner = next(h for h in hints if inspect.isclass(h) and issubclass(h, StripeObject))
        return documented(inner, rest)
    literals = {
        value
        for hint in hints
        if typing.get_origin(hint) is typing.Literal
        for value in typing.get_args(hint)
    }
    if literals:
        return literals
    text = re.search(rf'\n    {name}: .*?\n    """(.*?)"""', inspect.getsource(cls), re.DOTALL)
    assert text is not None
    return set(re.findall(r"`([a-z_]+)`", text.group(1)))


@pytest.mark.parametrize(("table", "path", "values"), DECLARED)
def test_known_values_are_the_sdks(table: str, path: str, values: list[str]) -> None:
    cls = class_of(OBJECTS.get(table, table[:-1]))
    assert set(values) == documented(cls, path)
    assert len(values) == len(set(values))


def test_the_values_are_of_the_pinned_version() -> None:
    assert stripe.api_version == "2026-10-28.endive"
