"""The whole simulated company, read through its Stripe API as the official SDK expects it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from stripe_account import Api, api_of
from stripe_sdk_schema import problems

from sandbox.company import build_world
from sandbox.stripe_api import PINNED_VERSION
from sandbox.stripe_api.resources import RESOURCES, Resource
from sandbox.stripe_api.schema import FIELDS, MAX_EXPAND_LEVELS

PLATFORM_ONLY = {
    "account",
    "application_fee",
    "billing.credit_grant",
    "billing.meter",
    "subscription_schedule",
    "topup",
    "transfer",
}
"""What a company has that is a platform, bills usage through Stripe or plans subscriptions."""

LISTED = [one for one in RESOURCES if not one.required and one.kind not in PLATFORM_ONLY]


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    world = build_world(seed=11, customers=120, day=datetime(2026, 11, 22, tzinfo=UTC))
    with api_of(world.store) as served:
        yield served


@pytest.fixture(scope="module")
def listed(api: Api) -> dict[str, list[dict[str, Any]]]:
    """Read every list once."""
    return {resource.kind: everything(api, resource) for resource in LISTED}


def everything(api: Api, resource: Resource, **params: Any) -> list[dict[str, Any]]:
    """Return all rows of a list, paged as far as it goes."""
    if resource.kind == "subscription":
        params["status"] = "all"
    rows: list[dict[str, Any]] = []
    more = True
    while more:
        cursor = {"starting_after": rows[-1]["id"]} if rows else {}
        page = api.get(resource.path, limit=100, **params, **cursor)
        rows += page["data"]
        more = page["has_more"]
    return rows


@pytest.mark.parametrize("resource", LISTED, ids=lambda resource: resource.kind)
def test_every_object_is_what_the_sdk_expects(
    listed: dict[str, list[dict[str, Any]]], resource: Resource
) -> None:
    rows = listed[resource.kind]
    assert rows, f"the company has no {resource.kind}"
    findings = {line for row in rows for line in problems(row)}
    assert sorted(findings) == []


@pytest.mark.parametrize("resource", LISTED, ids=lambda resource: resource.kind)
def test_objects_are_that_with_everything_expanded(api: Api, resource: Resource) -> None:
    paths = [f"data.{path}" for path in FIELDS[resource.kind]]
    allowed = [path for path in paths if len(path.split(".")) <= MAX_EXPAND_LEVELS]
    status = {"status": "all"} if resource.kind == "subscription" else {}
    rows = api.get(resource.path, limit=50, **{"expand[]": allowed}, **status)["data"]
    findings = {line for row in rows for line in problems(row)}
    assert sorted(findings) == []


@pytest.mark.parametrize("resource", LISTED, ids=lambda resource: resource.kind)
def test_lists_are_newest_first_and_the_same_both_ways(
    api: Api, listed: dict[str, list[dict[str, Any]]], resource: Resource
) -> None:
    rows = listed[resource.kind]
    moments = [row.get("created", row.get("date")) for row in rows]
    assert moments == sorted(moments, reverse=True)

    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids)
    backwards: list[str] = [ids[-1]]
    status = {"status": "all"} if resource.kind == "subscription" else {}
    more = True
    while more:
        page = api.get(resource.path, limit=60, ending_before=backwards[-1], **status)
        backwards += [row["id"] for row in reversed(page["data"])]
        more = page["has_more"]
    assert backwards == ids[::-1]


def test_payloads_of_events_are_what_the_sdk_expects(
    listed: dict[str, list[dict[str, Any]]],
) -> None:
    events = listed["event"]
    current = [event for event in events if event["api_version"] == PINNED_VERSION]
    assert 0 < len(current) < len(events)
    findings = {line for event in current for line in problems(event["data"]["object"])}
    assert sorted(findings) == []


def test_the_sdk_reads_its_lists_as_objects(api: Api) -> None:
    for invoice in api.sdk.v1.invoices.list({"limit": 100}).auto_paging_iter():
        lines = list(invoice.lines.auto_paging_iter())
        assert sum(line.amount for line in lines) == invoice.subtotal, invoice.id


def test_account_and_balance(api: Api) -> None:
    account, balance = api.get("/v1/account"), api.get("/v1/balance")
    assert (account["default_currency"], account["country"]) == ("usd", "US")
    assert problems(account) == []
    assert problems(balance) == []
