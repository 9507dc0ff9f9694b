"""Events: 30 days, late, many in one second, filtered, in the version they were created in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from stripe_account import DAY, NOW, START, Account, Api, api_of
from stripe_sdk_schema import minimal, problems

NOW_SECOND = int(NOW.timestamp())


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def api(account: Account) -> Iterator[Api]:
    with api_of(account.store) as served:
        yield served


def emit(account: Account, at: int, event_type: str = "customer.updated", **switches: Any) -> str:
    customer = minimal("customer", id="cus_1", created=START)
    return account.store.emit(event_type, customer, at, **switches)


def test_an_event_is_what_the_sdk_expects(account: Account, api: Api) -> None:
    customer = minimal("customer", id="cus_1", created=START, name="Ada")
    event_id = account.store.emit("customer.updated", customer, NOW, {"name": "Grace"})

    event = api.sdk.v1.events.retrieve(event_id)
    assert (event.type, event.created, event.api_version) == (
        "customer.updated",
        NOW_SECOND,
        "2026-10-28.endive",
    )
    assert event.data.previous_attributes.name == "Grace"
    body = api.get(f"/v1/events/{event_id}")
    assert problems(body) == []
    assert problems(body["data"]["object"]) == []


def test_events_older_than_thirty_days_are_gone(account: Account, api: Api) -> None:
    limit = NOW_SECOND - 30 * DAY
    before, kept = emit(account, limit - 1), emit(account, limit)
    fresh = emit(account, NOW_SECOND)

    assert api.ids("/v1/events") == [fresh, kept]
    assert api.error(f"/v1/events/{before}", 404)["code"] == "resource_missing"

    account.clock.move(seconds=1)

    assert api.ids("/v1/events") == [fresh]
    for param in ("starting_after", "ending_before"):
        error = api.error("/v1/events", 400, **{param: kept})
        assert (
            "is no longer available because it's aged out of our retention policy"
            in (error["message"])
        )
        assert error["param"] == param
    unknown = api.error("/v1/events", 400, starting_after="evt_never")
    assert unknown["message"] == "No such event: 'evt_never'"


def test_many_events_of_one_second_page_both_ways(account: Account, api: Api) -> None:
    made = [emit(account, NOW_SECOND) for _ in range(25)]

    forward = api.sdk.v1.events.list({"limit": 10})
    assert [event.id for event in forward.auto_paging_iter()] == made[::-1]
    backward = api.sdk.v1.events.list({"limit": 10, "ending_before": made[0]})
    assert [event.id for event in backward.auto_paging_iter()] == made[1:]


def test_a_late_event_appears_behind_newer_ones(account: Account, api: Api) -> None:
    first = emit(account, NOW_SECOND - 10)
    late = emit(account, NOW_SECOND - 5, lag_seconds=60)
    newer = emit(account, NOW_SECOND)

    assert api.ids("/v1/events") == [newer, first]

    account.clock.move(minutes=1)

    assert api.ids("/v1/events") == [newer, late, first]
    assert api.ids("/v1/events", ending_before=first) == [newer, late]


def test_a_lag_for_all_events_is_a_switch(account: Account) -> None:
    old, fresh = emit(account, NOW_SECOND - 5), emit(account, NOW_SECOND - 4)
    with api_of(account.store, event_lag_seconds=5) as api:
        assert api.ids("/v1/events") == [old]
        assert api.get(f"/v1/events/{fresh}")["id"] == fresh


def test_filters_of_events(account: Account, api: Api) -> None:
    updated = emit(account, NOW_SECOND - 3)
    created = emit(account, NOW_SECOND - 2, "customer.created")
    paid = emit(account, NOW_SECOND - 1, "invoice.paid", delivered=False)

    assert api.ids("/v1/events", type="customer.*") == [created, updated]
    assert api.ids("/v1/events", type="invoice.paid") == [paid]
    assert api.ids("/v1/events", **{"types[]": ["invoice.paid", "customer.created"]}) == [
        paid,
        created,
    ]
    assert api.ids("/v1/events", delivery_success="true") == [created, updated]
    assert api.ids("/v1/events", delivery_success="false") == [paid]
    assert api.ids("/v1/events", **{"created[gte]": NOW_SECOND - 2}) == [paid, created]
    both = {"type": "invoice.paid", "types[]": "invoice.paid"}
    assert "only specify one" in api.error("/v1/events", 400, **both)["message"]
    many = {"types[]": [f"type.{n}" for n in range(21)]}
    assert api.error("/v1/events", 400, **many)["param"] == "types"


def test_payloads_carry_ten_nested_rows_and_cannot_be_expanded(account: Account, api: Api) -> None:
    invoice = account.invoice("in_1", lines=16)
    event_id = account.store.emit("invoice.created", invoice, NOW)

    lines = api.get(f"/v1/events/{event_id}")["data"]["object"]["lines"]
    assert len(lines["data"]) == 10
    assert lines["has_more"] is True
    for path in ("data.data.object.lines", "data.object.customer", "data.data"):
        assert "cannot be expanded" in api.error("/v1/events", 400, **{"expand[]": path})["message"]


@pytest.fixture
def billed(account: Account) -> Account:
    """Put a subscription, its invoice and the payment of it, in the pinned version."""
    account.put("coupon", "SPRING", percent_off=10.0, duration="once")
    account.put("price", "price_plan", product="prod_plan", unit_amount=800)
    discount = minimal("discount", id="di_1", source={"coupon": "SPRING", "type": "coupon"})
    account.store.put(discount)
    account.subscription("sub_1", discounts=["di_1"])
    item = {
        "subscription": "sub_1",
        "subscription_item": "si_sub_1_0",
        "proration": True,
        "proration_details": {"credited_items": None},
        "invoice_item": "ii_1",
    }
    line = minimal(
        "line_item",
        id="il_1",
        amount=800,
        subtotal=800,
        quantity_decimal="1",
        parent={
            "type": "subscription_item_details",
            "subscription_item_details": item,
            "invoice_item_details": None,
        },
        pricing={"price_details": {"price": "price_plan", "product": "prod_plan"}},
        taxes=[{"amount": 100, "tax_behavior": "inclusive", "taxable_amount": 700}],
    )
    subscription = {"subscription": "sub_1", "metadata": {"a": "b"}}
    account.put(
        "invoice",
        "in_1",
        status="paid",
        discounts=["di_1"],
        parent={"type": "subscription_details", "subscription_details": subscription},
        total_taxes=[{"amount": 100, "tax_behavior": "inclusive", "taxable_amount": 700}],
        lines={"object": "list", "data": [line], "has_more": False, "url": ""},
    )
    payment = {"type": "payment_intent", "payment_intent": "pi_1"}
    account.put("invoice_payment", "inpay_1", invoice="in_1", is_default=True, payment=payment)
    account.put("payment_intent", "pi_1", latest_charge="ch_1")
    account.put("charge", "ch_1", payment_intent="pi_1")
    return account


def test_an_old_events_payload_has_the_shape_of_its_version(billed: Account, api: Api) -> None:
    invoice = billed.store.get("invoice", "in_1")
    event_id = billed.store.emit("invoice.paid", invoice, NOW, api_version="2024-06-20")

    event = api.get(f"/v1/events/{event_id}")
    assert event["api_version"] == "2024-06-20"
    old = event["data"]["object"]
    assert (old["subscription"], old["payment_intent"], old["charge"]) == ("sub_1", "pi_1", "ch_1")
    assert (old["paid"], old["tax"]) == (True, 100)
    assert old["discount"]["coupon"]["id"] == "SPRING"
    assert "parent" not in old
    assert "total_taxes" not in old
    line = old["lines"]["data"][0]
    assert (line["type"], line["proration"], line["subscription_item"]) == (
        "subscription",
        True,
        "si_sub_1_0",
    )
    assert line["price"]["id"] == "price_plan"
    assert line["tax_amounts"][0]["inclusive"] is True
    assert line["amount_excluding_tax"] == 700
    assert not {"parent", "pricing", "taxes", "quantity_decimal"} & line.keys()


def test_old_shapes_of_the_other_objects(billed: Account, api: Api) -> None:
    old = {"Stripe-Version": "2024-06-20"}

    def get(path: str) -> dict[str, Any]:
        body: dict[str, Any] = api.http.get(path, headers=old).json()
        return body

    subscription = get("/v1/subscriptions/sub_1")
    assert subscription["current_period_start"] == START
    assert subscription["current_period_end"] == START + 30 * DAY
    assert subscription["discount"]["coupon"]["id"] == "SPRING"
    assert "current_period_end" not in subscription["items"]["data"][0]
    assert get("/v1/charges/ch_1")["invoice"] == "in_1"
    assert get("/v1/payment_intents/pi_1")["invoice"] == "in_1"


@pytest.mark.parametrize(
    ("version", "moved"),
    [
        ("2025-03-31.basil", {"parent", "total_taxes"}),
        ("2025-02-24.acacia", {"subscription", "charge", "paid"}),
    ],
)
def test_only_what_changed_since_a_version_is_undone(
    billed: Account, api: Api, version: str, moved: set[str]
) -> None:
    answer = api.http.get("/v1/invoices/in_1", headers={"Stripe-Version": version})
    assert answer.headers["stripe-version"] == version
    assert moved <= answer.json().keys()


def test_the_version_asked_for_does_not_change_an_event(billed: Account, api: Api) -> None:
    invoice = billed.store.get("invoice", "in_1")
    event_id = billed.store.emit("invoice.paid", invoice, NOW)

    answer = api.http.get(f"/v1/events/{event_id}", headers={"Stripe-Version": "2024-06-20"})
    assert "parent" in answer.json()["data"]["object"]


def test_a_version_it_never_had_is_a_400(api: Api) -> None:
    answer = api.http.get("/v1/events", headers={"Stripe-Version": "2031-01-01"})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Invalid Stripe API version: 2031-01-01"


def test_previous_attributes_are_what_a_reader_of_the_version_sees_change(
    billed: Account, api: Api
) -> None:
    before = billed.store.get("subscription", "sub_1")
    item = before["items"]["data"][0]
    moved = {**item, "current_period_end": item["current_period_end"] + 30 * DAY}
    after = {**before, "items": {**before["items"], "data": [moved]}, "metadata": {"a": "b"}}
    previous = {"items": before["items"], "metadata": {}, "livemode": False}

    def seen(version: str) -> dict[str, Any]:
        event_id = billed.store.emit("customer.subscription.updated", after, NOW, previous, version)
        attributes: dict[str, Any] = api.get(f"/v1/events/{event_id}")["data"][
            "previous_attributes"
        ]
        return attributes

    assert seen("2026-10-28.endive") == {"items": {"data": [item]}, "metadata": {"a": None}}
    assert seen("2024-06-20") == {
        "current_period_end": START + 30 * DAY,
        "metadata": {"a": None},
    }


@pytest.mark.parametrize("version", ["2026-10-28.endive", "2024-06-20"])
def test_an_announced_invoice_has_no_id(account: Account, api: Api, version: str) -> None:
    upcoming = {"object": "invoice", "customer": "cus_1", "lines": {"data": []}}
    event_id = account.store.emit("invoice.upcoming", upcoming, NOW, api_version=version)

    payload = api.get(f"/v1/events/{event_id}")["data"]["object"]

    assert "id" not in payload
    assert payload["lines"]["url"] == "/v1/invoices/upcoming/lines"
