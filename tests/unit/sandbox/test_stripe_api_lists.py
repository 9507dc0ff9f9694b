"""Lists as the official SDK and bare requests see them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stripe_account import DAY, NOW, START, Account, Api, api_of

from sandbox.stripe_api.resources import RESOURCES

EVERY_STATUS = ("active", "past_due", "canceled", "incomplete_expired", "trialing", "paused")


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    account = Account()
    for n in range(250):
        account.put("charge", f"ch_{n:03d}", START + n // 3, customer=f"cus_{n % 2}")
    for n in range(4):
        account.put("customer", f"cus_{n}", START + n, email=f"{n}@example.com")
    account.put("customer", "cus_clock", test_clock="clock_1")
    account.put("customer", "cus_gone")
    account.store.delete("customer", "cus_gone", NOW)
    for n, status in enumerate(EVERY_STATUS):
        account.subscription(f"sub_{status}", created=START + n * DAY, status=status)
    account.subscription("sub_clock", test_clock="clock_1", customer="cus_clock")
    account.put("price", "price_plan", product="prod_plan", active=True)
    account.put("price", "price_old", START + 1, product="prod_plan", active=False)
    account.put("price", "price_inline", START + 2, product="prod_plan", _unlisted=True)
    account.put("balance_transaction", "txn_1", type="charge", _payout="po_1")
    account.put("balance_transaction", "txn_2", START + 1, type="stripe_fee")
    account.put("invoiceitem", "ii_1", invoice="in_1")
    account.put("invoiceitem", "ii_2", START + 1)
    account.put("payout", "po_1", arrival_date=START + 5 * DAY, automatic=True)
    account.put("payout", "po_2", arrival_date=START + 9 * DAY)
    account.put("product", "prod_plan", active=True)
    account.put("product", "prod_pack", START + 1, active=True)
    with api_of(account.store) as served:
        yield served


CHARGES = [f"ch_{n:03d}" for n in reversed(range(250))]


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_the_sdk_pages_newest_first_to_the_end(api: Api, limit: int) -> None:
    pages = api.sdk.v1.charges.list({"limit": limit, "customer": "cus_1"})
    assert [one.id for one in pages.auto_paging_iter()] == [
        one for one in CHARGES if int(one[3:]) % 2
    ]


def test_the_sdk_pages_oldest_first_with_ending_before(api: Api) -> None:
    pages = api.sdk.v1.charges.list({"limit": 100, "ending_before": "ch_000"})
    assert [one.id for one in pages.auto_paging_iter()] == CHARGES[-2::-1]


def test_a_page_before_a_cursor_is_the_one_next_to_it(api: Api) -> None:
    page = api.get("/v1/charges", limit=3, ending_before="ch_100")
    assert [row["id"] for row in page["data"]] == ["ch_103", "ch_102", "ch_101"]
    assert page["has_more"] is True

    last = api.get("/v1/charges", limit=3, ending_before="ch_246")
    assert [row["id"] for row in last["data"]] == ["ch_249", "ch_248", "ch_247"]
    assert last["has_more"] is False


def test_the_envelope_of_a_list(api: Api) -> None:
    page = api.get("/v1/charges")
    assert page["object"] == "list"
    assert page["url"] == "/v1/charges"
    assert page["has_more"] is True
    assert len(page["data"]) == 10
    assert api.get("/v1/charges", limit=100, starting_after="ch_100")["has_more"] is False
    assert api.get("/v1/charges", limit=99, starting_after="ch_100")["has_more"] is True


@pytest.mark.parametrize("resource", [one for one in RESOURCES if not one.required])
def test_every_list_answers_even_when_empty(api: Api, resource) -> None:
    page = api.get(resource.path, limit=1)
    assert page["object"] == "list"
    assert page["url"] == resource.path


@pytest.mark.parametrize(
    ("params", "param", "message"),
    [
        ({"limit": 0}, "limit", "greater than or equal to 1"),
        ({"limit": 101}, "limit", "less than or equal to 100"),
        ({"limit": "ten"}, "limit", "Invalid integer: ten"),
        ({"page": 2}, "page", "Received unknown parameter: page"),
        ({"created[since]": 2}, "created[since]", "Received unknown parameter: created[since]"),
        ({"created": "today"}, "created", "Invalid integer: today"),
        ({"customer": ""}, "customer", "You passed an empty string for 'customer'"),
        ({"customer": "cus_nobody"}, "customer", "No such customer: 'cus_nobody'"),
        ({"starting_after": "ch_999"}, "starting_after", "No such charge: 'ch_999'"),
        ({"ending_before": "ch_999"}, "ending_before", "No such charge: 'ch_999'"),
        ({"starting_after": "ch_001", "ending_before": "ch_002"}, "starting_after", "only one"),
    ],
)
def test_what_stripe_does_not_take_is_a_400(
    api: Api, params: dict[str, object], param: str, message: str
) -> None:
    error = api.error("/v1/charges", 400, **params)
    assert message in error["message"]
    assert error["param"] == param
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"created": START + 4}, ["ch_014", "ch_013", "ch_012"]),
        ({"created[gt]": START + 81}, ["ch_249", "ch_248", "ch_247", "ch_246"]),
        ({"created[gte]": START + 83}, ["ch_249"]),
        ({"created[lt]": START + 1}, ["ch_002", "ch_001", "ch_000"]),
        ({"created[lte]": START, "limit": 2}, ["ch_002", "ch_001"]),
        ({"created[gte]": START + 1, "created[lt]": START + 2}, ["ch_005", "ch_004", "ch_003"]),
        ({"created[gt]": START + 1, "created[lt]": START + 2}, []),
        ({"created[lt]": START + 1, "starting_after": "ch_001"}, ["ch_000"]),
        ({"created[gte]": START + 83, "starting_after": "ch_001"}, []),
    ],
)
def test_created_bounds(api: Api, params: dict[str, int], expected: list[str]) -> None:
    assert api.ids("/v1/charges", **params) == expected


def test_lists_without_a_created_filter_refuse_it(api: Api) -> None:
    error = api.error("/v1/subscription_items", 400, subscription="sub_active", created=START)
    assert error["message"] == "Received unknown parameter: created"
    assert error["code"] == "parameter_unknown"
    assert api.error("/v1/payment_methods", 400, **{"created[gt]": 1})["param"] == "created[gt]"
    assert api.error("/v1/invoices/in_1/lines", 404, created=1)["code"] == "resource_missing"


def test_canceled_subscriptions_hide_unless_asked_for(api: Api) -> None:
    def listed(**params: str) -> list[str]:
        pages = api.sdk.v1.subscriptions.list({"limit": 2, **params})
        return [one.id.removeprefix("sub_") for one in pages.auto_paging_iter()]

    newest_first = list(reversed(EVERY_STATUS))
    assert listed() == [one for one in newest_first if one != "canceled"]
    assert listed(status="all") == newest_first
    assert listed(status="canceled") == ["canceled"]
    assert listed(status="ended") == ["incomplete_expired", "canceled"]
    assert listed(status="past_due") == ["past_due"]
    error = api.error("/v1/subscriptions", 400, status="dead")
    assert error["message"].startswith("Invalid status: must be one of active, past_due")


def test_subscriptions_by_the_ends_of_their_items_periods(api: Api) -> None:
    after = START + 31 * DAY
    assert api.ids("/v1/subscriptions", **{"current_period_end[lte]": after}) == [
        "sub_past_due",
        "sub_active",
    ]
    assert api.ids("/v1/subscriptions", current_period_start=START) == ["sub_active"]


def test_objects_of_test_clocks_hide_unless_asked_for(api: Api) -> None:
    assert "cus_clock" not in api.ids("/v1/customers")
    assert api.ids("/v1/customers", test_clock="clock_1") == ["cus_clock"]
    assert "sub_clock" not in api.ids("/v1/subscriptions", status="all")
    assert api.ids("/v1/subscriptions", customer="cus_clock") == ["sub_clock"]
    assert api.get("/v1/customers/cus_clock")["id"] == "cus_clock"


def test_a_deleted_customer_is_listed_no_more_and_leaves_a_tombstone(api: Api) -> None:
    assert api.ids("/v1/customers") == ["cus_3", "cus_2", "cus_1", "cus_0"]
    tombstone = {"id": "cus_gone", "object": "customer", "deleted": True}
    assert api.get("/v1/customers/cus_gone") == tombstone
    assert api.sdk.v1.customers.retrieve("cus_gone").deleted is True
    assert api.error("/v1/customers", 400, starting_after="cus_gone")["code"] == "resource_missing"


def test_prices_made_inline_can_be_got_but_are_not_listed(api: Api) -> None:
    assert api.ids("/v1/prices") == ["price_old", "price_plan"]
    assert api.ids("/v1/prices", active="true") == ["price_plan"]
    inline = api.get("/v1/prices/price_inline")
    assert inline["id"] == "price_inline"
    assert "_unlisted" not in inline


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("/v1/customers", {"email": "2@example.com"}, ["cus_2"]),
        ("/v1/balance_transactions", {"payout": "po_1"}, ["txn_1"]),
        ("/v1/balance_transactions", {"type": "stripe_fee"}, ["txn_2"]),
        ("/v1/invoiceitems", {"pending": "true"}, ["ii_2"]),
        ("/v1/invoiceitems", {"pending": "false"}, ["ii_1"]),
        ("/v1/payouts", {"arrival_date[gt]": START + 5 * DAY}, ["po_2"]),
        ("/v1/products", {"ids[]": ["prod_plan", "prod_none"]}, ["prod_plan"]),
        (
            "/v1/products",
            {"ids[0]": "prod_pack", "ids[1]": "prod_plan"},
            ["prod_pack", "prod_plan"],
        ),
        ("/v1/subscriptions", {"price": "price_plan", "status": "paused"}, ["sub_paused"]),
        ("/v1/charges", {"created": START, "customer": "cus_1"}, ["ch_001"]),
    ],
)
def test_filters(api: Api, path: str, params: dict[str, object], expected: list[str]) -> None:
    assert api.ids(path, **params) == expected


def test_an_empty_filtered_list_ends(api: Api) -> None:
    assert api.get("/v1/charges", payment_intent="pi_none") == {
        "object": "list",
        "data": [],
        "has_more": False,
        "url": "/v1/charges",
    }


def test_what_was_paid_out_by_hand_is_not_listed(api: Api) -> None:
    error = api.error("/v1/balance_transactions", 400, payout="po_2")
    assert error["code"] == "balance_transactions_manual_filtering_not_allowed"
    assert error["param"] == "payout"


@pytest.mark.parametrize(
    "path", ["/v1/charges/ch_x", "/v1/coupons/X", "/v1/subscription_items/si_x"]
)
def test_an_unknown_id_is_a_404(api: Api, path: str) -> None:
    error = api.error(path, 404)
    assert error["code"] == "resource_missing"
    assert error["message"].startswith("No such ")
    assert error["message"].endswith(f"'{path.rpartition('/')[2]}'")


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/nothing"), ("POST", "/v1/charges")])
def test_an_unknown_url_is_a_404(api: Api, method: str, path: str) -> None:
    answer = api.http.request(method, path)
    assert answer.status_code == 404
    message = answer.json()["error"]["message"]
    assert message.startswith(f"Unrecognized request URL ({method}: {path}).")
