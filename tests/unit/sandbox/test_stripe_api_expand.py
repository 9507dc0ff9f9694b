"""Nested lists and expand: ten rows, own URLs, four levels, nothing unasked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stripe_account import START, Account, Api, api_of
from stripe_sdk_schema import minimal, problems


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    account = Account()
    account.put("customer", "cus_1", subscriptions=None)
    account.put("product", "prod_plan", default_price="price_plan")
    tiers = [{"up_to": None, "unit_amount": 1}]
    account.put("price", "price_plan", product="prod_plan", tiers=tiers)
    account.put("coupon", "SPRING", applies_to={"products": ["prod_plan"]})
    discount = minimal("discount", id="di_1", source={"coupon": "SPRING", "type": "coupon"})
    account.subscription("sub_1", items=12, latest_invoice="in_1", discounts=[discount])
    account.subscription("sub_2", status="canceled")
    account.invoice("in_1", lines=25, customer="cus_1", discounts=[discount])
    account.invoice("in_2", customer="cus_2", created=START + 1)
    account.put("payment_intent", "pi_1", latest_charge="ch_1")
    for n in range(11):
        payment = {"type": "payment_intent", "payment_intent": "pi_1"}
        account.put("invoice_payment", f"inpay_{n}", START + n, invoice="in_1", payment=payment)
    account.put("charge", "ch_1", payment_intent="pi_1", customer="cus_1")
    account.put("refund", "re_1", charge="ch_1")
    account.put("balance_transaction", "txn_1", source="re_1")
    item = minimal(
        "item", id="li_1", price=minimal("price", id="price_inline", product="prod_plan")
    )
    page = {"object": "list", "data": [item], "has_more": False, "url": ""}
    account.put("checkout.session", "cs_1", line_items=page)
    with api_of(account.store) as served:
        yield served


def test_a_nested_list_is_cut_to_ten_and_paged_at_its_own_url(api: Api) -> None:
    invoice = api.sdk.v1.invoices.retrieve("in_1")
    assert len(invoice.lines.data) == 10
    assert invoice.lines.has_more is True
    assert invoice.lines.url == "/v1/invoices/in_1/lines"

    every = [f"il_in_1_{n:02d}" for n in range(25)]
    assert [line.id for line in invoice.lines.auto_paging_iter()] == every
    lines = api.sdk.v1.invoices.line_items.list("in_1", {"limit": 100})
    assert [line.id for line in lines.auto_paging_iter()] == every
    back = api.get("/v1/invoices/in_1/lines", limit=3, ending_before="il_in_1_05")
    assert [row["id"] for row in back["data"]] == every[2:5]
    assert back["has_more"] is True


def test_subscription_items_beyond_ten_come_from_their_own_list(api: Api) -> None:
    subscription = api.get("/v1/subscriptions/sub_1")
    assert len(subscription["items"]["data"]) == 10
    assert subscription["items"]["has_more"] is True

    pages = api.sdk.v1.subscription_items.list({"subscription": "sub_1", "limit": 5})
    assert [one.id for one in pages.auto_paging_iter()] == [f"si_sub_1_{n}" for n in range(12)]
    item = api.get("/v1/subscription_items/si_sub_1_11")
    assert (item["id"], item["subscription"]) == ("si_sub_1_11", "sub_1")


def test_subscription_items_need_their_subscription(api: Api) -> None:
    error = api.error("/v1/subscription_items", 400)
    assert error["code"] == "parameter_missing"
    assert error["message"] == "Missing required param: subscription."
    gone = api.error("/v1/subscription_items", 404, subscription="sub_none")
    assert gone["message"] == "No such subscription: 'sub_none'"


def test_unasked_for_references_are_ids_and_hidden_fields_are_absent(api: Api) -> None:
    invoice = api.get("/v1/invoices/in_1")
    assert invoice["customer"] == "cus_1"
    assert invoice["discounts"] == ["di_1"]
    assert "payments" not in invoice
    assert "refunds" not in api.get("/v1/charges/ch_1")
    assert "tiers" not in api.get("/v1/prices/price_plan")
    assert "applies_to" not in api.get("/v1/coupons/SPRING")
    assert "line_items" not in api.get("/v1/checkout/sessions/cs_1")
    assert "subscriptions" not in api.get("/v1/customers/cus_1")
    assert problems(invoice) == []


def test_expanded_references_and_lists(api: Api) -> None:
    invoice = api.get(
        "/v1/invoices/in_1", **{"expand[]": ["customer", "payments", "discounts.source.coupon"]}
    )
    assert invoice["customer"]["object"] == "customer"
    assert invoice["payments"]["has_more"] is True
    newest = [f"inpay_{n}" for n in reversed(range(1, 11))]
    assert [row["id"] for row in invoice["payments"]["data"]] == newest
    assert invoice["payments"]["url"] == "/v1/invoice_payments?invoice=in_1"
    assert invoice["discounts"][0]["source"]["coupon"]["id"] == "SPRING"
    charge = api.get("/v1/charges/ch_1", **{"expand[]": ["refunds", "payment_intent"]})
    assert [row["id"] for row in charge["refunds"]["data"]] == ["re_1"]
    assert charge["payment_intent"]["latest_charge"] == "ch_1"
    price = api.get("/v1/prices/price_plan", **{"expand[]": "tiers"})
    assert price["tiers"][0]["unit_amount"] == 1
    customer = api.get("/v1/customers/cus_1", **{"expand[]": "subscriptions"})
    assert [row["id"] for row in customer["subscriptions"]["data"]] == ["sub_1"]
    movement = api.get("/v1/balance_transactions/txn_1", **{"expand[]": "source.charge"})
    assert movement["source"]["charge"]["id"] == "ch_1"


def test_expanding_in_lists_needs_data_in_front(api: Api) -> None:
    page = api.get("/v1/subscriptions", **{"expand[]": "data.items.data.discounts"})
    assert [row["id"] for row in page["data"]] == ["sub_1"]
    listed = api.get("/v1/invoices", **{"expand[0]": "data.customer", "expand[1]": "data.lines"})
    assert [type(row["customer"]) for row in listed["data"]] == [str, dict]
    error = api.error("/v1/invoices", 400, **{"expand[]": "customer"})
    assert error["message"] == (
        "This property cannot be expanded (customer). "
        "You may want to try expanding 'data.customer' instead."
    )


def test_a_sessions_line_items_at_their_own_url(api: Api) -> None:
    items = api.sdk.v1.checkout.sessions.line_items.list("cs_1")
    assert [(one.id, one.price.product) for one in items.data] == [("li_1", "prod_plan")]
    expanded = api.get(
        "/v1/checkout/sessions/cs_1", **{"expand[]": "line_items.data.price.product"}
    )
    assert expanded["line_items"]["data"][0]["price"]["product"]["id"] == "prod_plan"


@pytest.mark.parametrize(
    "path", ["status", "lines.price", "customer.name", "nothing", "data.customer"]
)
def test_what_cannot_be_expanded_is_a_400(api: Api, path: str) -> None:
    error = api.error("/v1/invoices/in_1", 400, **{"expand[]": path})
    assert error["message"] == f"This property cannot be expanded ({path})."


def test_five_levels_are_too_many(api: Api) -> None:
    error = api.error("/v1/subscriptions", 400, **{"expand[]": "data.items.data.price.product"})
    assert error["code"] == "property_expansion_max_depth"
    assert error["message"] == (
        "You cannot expand more than 4 levels of a property. "
        "Property: data.items.data.price.product"
    )
