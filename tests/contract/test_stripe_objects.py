"""The table of Stripe objects is what the official SDK of the pinned version says about them."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from stripe._event import Event
from stripe._list_object import ListObject
from stripe_sdk_schema import class_of, fields_of

from ingest.stripe.object_spec import ObjectSpec
from ingest.stripe.specs import ALL_OBJECTS, BY_TABLE, EVENTS, OBJECTS, TOUCHES
from sandbox.company import build_world
from tests.yaml_files import read_yaml

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "dbt_project" / "models" / "staging" / "stripe" / "_stripe__sources.yml"
LISTED = [spec for spec in ALL_OBJECTS if not spec.singleton]

# The SDK writes one type in two words.
SDK_NAMES = {"invoiceitem": "invoice_item"}

# Events about what is not landed. A new family of a new SDK is neither here nor in the table.
NOT_LANDED = {
    "account.application", "account.external_account", "apps.install", "balance_settings",
    "billing.alert", "billing.credit_balance_transaction", "billing_portal.configuration",
    "billing_portal.session", "capability", "cash_balance", "climate.order", "climate.product",
    "customer.source", "customer.tax_id", "customer_cash_balance_transaction",
    "entitlements.active_entitlement_summary", "file", "financial_connections.account",
    "financial_connections.authorization", "identity.verification_session",
    "issuing_authorization", "issuing_card", "issuing_cardholder", "issuing_dispute",
    "issuing_personalization_design", "issuing_token", "issuing_transaction", "mandate",
    "payment_link", "person", "quote", "reporting.report_run", "reporting.report_type",
    "reserve.hold", "reserve.plan", "reserve.release", "sigma.scheduled_query_run", "source",
    "source.transaction", "tax.settings", "terminal.reader", "test_helpers.test_clock",
    "three_d_secure.authentication", "treasury.credit_reversal", "treasury.debit_reversal",
    "treasury.financial_account", "treasury.inbound_transfer", "treasury.outbound_payment",
    "treasury.outbound_transfer", "treasury.received_credit", "treasury.received_debit",
}  # fmt: skip

# Lists inside objects that stay out of raw: they are landed as objects of their own, or personal.
NOT_NESTED = {
    ("account", "external_accounts"), ("charge", "refunds"), ("customer", "sources"),
    ("customer", "subscriptions"), ("customer", "tax_ids"), ("invoice", "payments"),
}  # fmt: skip


def list_params(kind: str) -> set[str]:
    """Return the parameters of the SDK's list of a type."""
    *folder, name = SDK_NAMES.get(kind, kind).split(".")
    module = importlib.import_module(".".join(["stripe.params", *folder, f"_{name}_list_params"]))
    (params,) = (cls for attr, cls in vars(module).items() if attr.endswith("ListParams"))
    return set(params.__annotations__)


def family(event_type: str) -> str:
    """Return an event's type without its last part."""
    return event_type.rpartition(".")[0]


# What is landed of them is that objects of another type are in a list.
MEMBERS_OF = {"payout_transactions": "balance_transaction"}


@pytest.mark.parametrize("spec", LISTED, ids=lambda spec: spec.table)
def test_a_list_takes_what_the_table_says(spec: ObjectSpec) -> None:
    params = list_params(MEMBERS_OF.get(spec.table, spec.object))
    assert spec.has_created == ("created" in params)
    assert not (spec.parents and spec.parents.param) or spec.parents.param in params
    assert {"limit", "starting_after", *spec.list_params} <= params
    assert not spec.expand or "expand" in params
    assert spec.by_parent is None or spec.by_parent[0] in params


def test_every_list_in_an_object_is_completed_or_left_out_on_purpose() -> None:
    inside = {
        (spec.object, name)
        for spec in OBJECTS
        for name, hint in fields_of(class_of(spec.object)).items()
        if ListObject.__name__ in str(hint)
    }
    nested = {(spec.object, inner.field) for spec in OBJECTS for inner in spec.nested}
    assert inside == nested | NOT_NESTED
    assert not nested & NOT_NESTED


def test_every_family_of_events_is_about_one_type_or_none_on_purpose() -> None:
    known = {family(name) for name in get_args(fields_of(Event)["type"])}
    claimed = [name for spec in ALL_OBJECTS for name in spec.events]
    assert len(claimed) == len(set(claimed))
    # A discount is no object of its own: its events touch its customer and its subscription.
    assert known == {*claimed, "customer.discount"} | NOT_LANDED
    assert not NOT_LANDED & {*claimed, *TOUCHES}


def test_what_has_no_events_is_found_in_another_way() -> None:
    for spec in ALL_OBJECTS:
        found = spec.events or spec.singleton or spec.window or spec.by_parent or spec.parents
        assert found or spec is EVENTS, spec.table


def test_the_sandbox_emits_no_event_about_another_type() -> None:
    """The family that the table claims is the family of the events whose payload is that type."""
    by_object = {spec.object: set(spec.events) for spec in ALL_OBJECTS}
    store = build_world(seed=7, customers=40, day=datetime(2026, 11, 22, tzinfo=UTC)).store
    seen: set[tuple[str, str]] = set()
    for event_id in store.table("event").rows:
        event: dict[str, Any] = store.get("event", event_id) or {}
        seen.add((event["data"]["object"]["object"], family(event["type"])))
    assert len(seen) > 10
    assert all(name in by_object[kind] for kind, name in seen if kind not in TOUCHES)


def test_dbt_knows_every_raw_table() -> None:
    (source,) = read_yaml(SOURCES)["sources"]
    assert {table["name"] for table in source["tables"]} == {*BY_TABLE, "_dlt_loads"}
