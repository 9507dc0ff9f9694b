"""Stripe objects measured by the official SDK's own classes.

The SDK says in annotations which fields a type has, which of them are never null, and of what type.
``problems`` compares an object with that; ``minimal`` makes the smallest object that passes.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import sys
import types
import typing
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import stripe
from stripe._list_object import ListObject
from stripe._object_classes import get_object_class
from stripe._stripe_object import StripeObject, UntypedStripeObject

ON_REQUEST = {
    "charge": {"refunds"},
    "checkout.session": {"line_items"},
    "coupon": {"applies_to", "currency_options"},
    "customer": {"cash_balance", "sources", "subscriptions", "tax", "tax_ids"},
    "invoice": {"confirmation_secret", "payments"},
    "plan": {"tiers"},
    "price": {"currency_options", "tiers"},
}
"""Fields Stripe leaves out unless they are expanded."""

NOT_SENT = {"deleted"}


def class_of(kind: str) -> type[StripeObject]:
    """Return the SDK's class of an ``object`` value."""
    return get_object_class("V1", kind)


@functools.cache
def _names_of(module_name: str) -> dict[str, Any]:
    """Return what annotations in a module may name, imports for type checkers included."""
    module = sys.modules[module_name]
    names = dict(vars(module))
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stripe"):
            imported = importlib.import_module(str(node.module))
            for alias in node.names:
                names[alias.asname or alias.name] = getattr(imported, alias.name)
    return names


def _qualified(cls: type) -> Iterator[type]:
    """Yield a nested class's outer classes and itself."""
    found: Any = sys.modules[cls.__module__]
    for part in cls.__qualname__.split("."):
        found = getattr(found, part)
        yield found


@functools.cache
def fields_of(cls: type[StripeObject]) -> dict[str, Any]:
    """Return the fields of a class with their types, references resolved."""
    names = dict(_names_of(cls.__module__))
    for outer in _qualified(cls):
        names.update({k: v for k, v in vars(outer).items() if inspect.isclass(v)})
    annotations: dict[str, Any] = vars(cls).get("__annotations__", {})
    hints = {}
    for name, annotation in annotations.items():
        if typing.get_origin(annotation) is typing.ClassVar or name.startswith("_"):
            continue
        hints[name] = _resolve(annotation, names)
    return hints


def _resolve(annotation: Any, names: dict[str, Any]) -> Any:
    if isinstance(annotation, typing.ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        return _resolve(eval(annotation, dict(names)), names)
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if not arguments or origin is typing.Literal:
        return annotation
    resolved = tuple(_resolve(one, names) for one in arguments)
    if origin in (typing.Union, types.UnionType):
        return typing.Union[resolved]  # noqa: UP007 - made of values
    return origin[resolved] if origin is not None else annotation


def problems(obj: dict[str, Any]) -> list[str]:
    """Return what the SDK's class would not expect in an object, one line each; best is none."""
    kind = obj.get("object", "")
    return list(_in_object(obj, class_of(kind), kind))


def _in_object(obj: dict[str, Any], cls: type[StripeObject], path: str) -> Iterator[str]:
    if obj.get("deleted") is True:
        for name in sorted(obj.keys() - {"id", "object", "deleted"}):
            yield f"{path}.{name}: not in a tombstone"
        return
    fields = fields_of(cls)
    for name in obj.keys() - fields.keys():
        yield f"{path}.{name}: unknown to the SDK"
    for name, hint in fields.items():
        if name in NOT_SENT:
            continue
        if name not in obj:
            if not _may_be_null(hint):
                yield f"{path}.{name}: missing"
        else:
            yield from _in_value(obj[name], hint, f"{path}.{name}")


def _may_be_null(hint: Any) -> bool:
    return type(None) in typing.get_args(hint)


def _in_value(value: Any, hint: Any, path: str) -> Iterator[str]:
    options = typing.get_args(hint) if typing.get_origin(hint) is typing.Union else (hint,)
    findings: list[list[str]] = []
    for option in options:
        found = list(_in_option(value, option, path))
        if not found:
            return
        findings.append(found)
    yield from min(findings, key=lambda found: (_is_of_another_type(found[0]), len(found)))


def _is_of_another_type(finding: str) -> bool:
    return finding.endswith("wrong type") or ": is a " in finding


def _in_option(value: Any, hint: Any, path: str) -> Iterator[str]:
    origin = typing.get_origin(hint)
    wrong = f"{path}: {value!r:.60} has the wrong type"
    if hint is type(None):
        yield from () if value is None else (wrong,)
    elif origin is typing.Literal:
        yield from () if value in typing.get_args(hint) else (wrong,)
    elif origin is list:
        yield from _in_list(value, typing.get_args(hint)[0], path)
    elif origin is ListObject:
        yield from _in_page(value, typing.get_args(hint)[0], path)
    elif origin is UntypedStripeObject or hint is UntypedStripeObject:
        yield from () if isinstance(value, dict) else (wrong,)
    elif inspect.isclass(hint) and issubclass(hint, StripeObject):
        yield from _in_struct(value, hint, path)
    elif not _is_plain(value, hint):
        yield wrong


def _in_struct(value: Any, cls: type[StripeObject], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r:.60} has the wrong type"
    elif value.get("object") and value["object"] != getattr(cls, "OBJECT_NAME", value["object"]):
        yield f"{path}: is a {value['object']}"
    else:
        yield from _in_object(value, cls, path)


def _is_plain(value: Any, hint: Any) -> bool:
    if hint is Any:
        return True
    if hint is Decimal:
        return isinstance(value, str)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, hint)


def _in_list(value: Any, row: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: {value!r:.60} has the wrong type"
        return
    for place, one in enumerate(value):
        yield from _in_value(one, row, f"{path}[{place}]")


def _in_page(value: Any, row: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("object") != "list":
        yield f"{path}: {value!r:.60} has the wrong type"
        return
    for name in {"data", "has_more", "url"} - value.keys():
        yield f"{path}.{name}: missing"
    yield from _in_list(value.get("data"), row, f"{path}.data")


def minimal(kind: str, **fields: Any) -> dict[str, Any]:
    """Return an object with every field of its class: null where it may be, else empty.

    Args:
        kind: the ``object`` value.
        fields: values of the fields that matter; unknown names are a mistake of the test.
    """
    made = _minimal_of(class_of(kind), leave_out=ON_REQUEST.get(kind, set()))
    unknown = {name for name in fields if not name.startswith("_")} - fields_of(
        class_of(kind)
    ).keys()
    if unknown:
        raise ValueError(f"{kind} has no {', '.join(sorted(unknown))}")
    return {**made, **fields}


def _minimal_of(cls: type[StripeObject], leave_out: set[str]) -> dict[str, Any]:
    return {
        name: _empty(hint)
        for name, hint in fields_of(cls).items()
        if name not in leave_out | NOT_SENT
    }


def _empty(hint: Any) -> Any:
    origin = typing.get_origin(hint)
    if _may_be_null(hint):
        return None
    if origin is typing.Union:
        return _empty(typing.get_args(hint)[0])
    if origin is typing.Literal:
        return typing.get_args(hint)[0]
    if origin is list:
        return []
    if origin is ListObject:
        return {"object": "list", "data": [], "has_more": False, "url": ""}
    if origin is UntypedStripeObject or hint is UntypedStripeObject:
        return {}
    if inspect.isclass(hint) and issubclass(hint, StripeObject):
        return _minimal_of(hint, set())
    return "0" if hint is Decimal else hint()


assert stripe.api_version == "2026-10-28.endive", "the sandbox serves the SDK's own version"
