"""The tables of endpoints and fields against the official SDK they were read from."""

from __future__ import annotations

import importlib
import re
import typing
from typing import Any

import pytest
from stripe._list_object import ListObject
from stripe._request_options import RequestOptions
from stripe_sdk_schema import ON_REQUEST, class_of, fields_of, minimal, problems

from sandbox.stripe_api.resources import OWNED, RESOURCES, SUBLISTS, Resource
from sandbox.stripe_api.schema import FIELDS, NestedList, OnRequest, Reference
from sandbox.stripe_api.versions import PINNED_VERSION

LISTED = [*RESOURCES, *OWNED]
MODULES = {"invoiceitem": "invoice_item"}

# Structures that name payment methods' own inner objects; nothing of them can be expanded here.
OUT_OF_SCOPE = re.compile(
    r"(payment_method_details|payment_method_options|last_\w+|transfer_data|automatic_tax|issuer"
    r"|invoice_settings\.(account_tax_ids|issuer)|outcome|shipping_\w+|pending_update|evidence"
    r"|billing_schedules|invoice_creation|company|individual|settings|cancellation_details"
    r"|managed_payments|amount_details|refund_and_dispute_prefunding|thread|.*\.credit_balance"
    r"|external_accounts|(card|sepa_debit)\.generated_from|next_action|payment_settings|account_balance|controller)"
)


def list_params_of(resource: Resource) -> dict[str, Any]:
    folder, _, name = MODULES.get(resource.kind, resource.kind).rpartition(".")
    return params_of(f"{folder}._{name}_list" if folder else f"_{name}_list")


def params_of(module: str) -> dict[str, Any]:
    params = importlib.import_module(f"stripe.params.{module}_params")
    title = "".join(part.title() for part in module.rpartition("._")[2].split("_"))
    made = getattr(params, f"{title}Params")
    return {
        name: hint
        for name, hint in made.__annotations__.items()
        if name not in RequestOptions.__annotations__
    }


@pytest.mark.parametrize("resource", LISTED, ids=lambda resource: resource.path)
def test_lists_take_exactly_the_parameters_of_the_sdk(resource: Resource) -> None:
    taken = {one.name.partition("[")[0] for one in resource.filters}
    taken |= {"limit", "starting_after", "ending_before", "expand"}
    taken |= {"created"} if resource.has_created else set()

    assert taken == set(list_params_of(resource))


@pytest.mark.parametrize(
    ("kind", "taken"),
    [("transfer", "reversals"), ("application_fee", "refunds")],
)
def test_sublists_take_exactly_the_parameters_of_the_sdk(kind: str, taken: str) -> None:
    plain = {"limit", "starting_after", "ending_before", "expand"}
    assert set(params_of(f"_{kind}_list_{taken}")) == plain


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.path)
def test_paths_are_the_sdks(resource: Resource) -> None:
    assert class_of(resource.kind).class_url() == resource.path or resource.kind == "event"


def walk(hint: Any, path: str, depth: int = 0) -> typing.Iterator[tuple[str, str]]:
    """Yield the path and sort of every expandable field of a type."""
    options = typing.get_args(hint) if typing.get_origin(hint) is typing.Union else (hint,)
    classes = [one for one in options if hasattr(one, "_inner_class_types")]
    if str in options and any(hasattr(one, "OBJECT_NAME") for one in classes):
        yield path, "reference"
        return
    for one in options:
        origin = typing.get_origin(one)
        if origin is list:
            yield from walk(typing.get_args(one)[0], path, depth)
        elif origin is ListObject:
            yield path, "list"
        elif one in classes and not hasattr(one, "OBJECT_NAME") and depth < 4:
            for name, inner in fields_of(one).items():
                yield from walk(inner, f"{path}.{name}", depth + 1)


@pytest.mark.parametrize("kind", sorted(FIELDS.keys() - {"event"}))
def test_expandable_fields_are_those_of_the_sdk(kind: str) -> None:
    expected = {
        found
        for name, hint in fields_of(class_of(kind)).items()
        for found in walk(hint, name)
        if not OUT_OF_SCOPE.match(found[0])
    }
    declared = {
        (path, "list" if isinstance(field, NestedList) else "reference")
        for path, field in FIELDS[kind].items()
        if isinstance(field, Reference | NestedList)
    }
    on_request = {name for name, field in FIELDS[kind].items() if isinstance(field, OnRequest)}
    expected = {found for found in expected if found[0] not in on_request}

    assert declared == expected


def test_what_is_left_out_unless_expanded() -> None:
    hidden = {
        kind: {
            path
            for path, field in fields.items()
            if isinstance(field, OnRequest) or (isinstance(field, NestedList) and field.on_request)
        }
        for kind, fields in FIELDS.items()
    }
    assert {kind: names for kind, names in hidden.items() if names} == ON_REQUEST


def test_the_pinned_version_is_the_sdks() -> None:
    assert importlib.import_module("stripe").api_version == PINNED_VERSION


def test_every_nested_list_has_its_url_among_the_endpoints() -> None:
    known = {resource.path for resource in LISTED}
    known |= {f"{sublist.parent}/{{id}}/{sublist.field}" for sublist in SUBLISTS}
    urls = [
        field.url.partition("?")[0]
        for fields in FIELDS.values()
        for field in fields.values()
        if isinstance(field, NestedList)
    ]
    assert urls
    assert [url for url in urls if url not in known] == []


def test_the_measure_itself_finds_what_is_wrong() -> None:
    charge = minimal("charge", id="ch_1", currency="usd")
    assert problems(charge) == []

    del charge["amount"]
    charge |= {"paid": "yes", "invoice": None, "refunds": []}
    assert sorted(problems(charge)) == [
        "charge.amount: missing",
        "charge.invoice: unknown to the SDK",
        "charge.paid: 'yes' has the wrong type",
        "charge.refunds: [] has the wrong type",
    ]
