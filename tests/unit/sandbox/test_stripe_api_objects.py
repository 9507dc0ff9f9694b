"""The types a platform or a usage-billing company has, put by hand and read by the official SDK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from stripe_account import DAY, NOW, START, Account, Api, api_of
from stripe_sdk_schema import minimal, problems

from sandbox.stripe_api.resources import RESOURCES
from sandbox.stripe_api.schema import FIELDS

PATHS = {one.kind: one.path for one in RESOURCES}
NEW = (
    "application_fee",
    "billing.credit_grant",
    "billing.meter",
    "payment_method",
    "plan",
    "radar.early_fraud_warning",
    "review",
    "setup_intent",
    "subscription_schedule",
    "tax_rate",
    "topup",
    "transfer",
)
WITHOUT_CREATED = {"billing.credit_grant", "billing.meter", "payment_method"}


def page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "data": rows, "has_more": False, "url": ""}


def filled() -> Account:
    account = Account()
    for n in range(2):
        account.put("customer", f"cus_{n}")
    for n in range(3):
        at = START + n * DAY
        account.put("setup_intent", f"seti_{n}", at, customer="cus_0", payment_method=f"pm_{n}")
        account.put("payment_method", f"pm_{n}", at, customer=f"cus_{n % 2}", type="card")
        account.put("topup", f"tu_{n}", at, amount=1000 * n, status="pending")
        account.put("radar.early_fraud_warning", f"issfr_{n}", at, charge=f"ch_{n}")
        account.put("review", f"prv_{n}", at, charge=f"ch_{n}", open=True)
        account.put("billing.credit_grant", f"credgr_{n}", at, customer="cus_0")
        account.put("billing.meter", f"mtr_{n}", at, status="inactive" if n else "active")
        account.put("tax_rate", f"txr_{n}", at, active=n > 0, inclusive=n > 1)
        account.put("plan", f"plan_{n}", at, product="prod_1", active=True)
        account.put(
            "customer_balance_transaction",
            f"cbtxn_{n}",
            at,
            customer="cus_0",
            invoice=f"in_{n}",
            amount=-n,
        )
    account.put("customer_balance_transaction", "cbtxn_other", START, customer="cus_1")
    put_schedules(account)
    put_transfers(account)
    return account


def put_schedules(account: Account) -> None:
    for n, status in enumerate(("not_started", "active", "canceled")):
        account.put(
            "subscription_schedule",
            f"sub_sched_{n}",
            START + n * DAY,
            status=status,
            customer="cus_0",
            subscription="sub_1",
            canceled_at=START + 9 * DAY if status == "canceled" else None,
        )
    account.subscription("sub_1", schedule="sub_sched_1", customer="cus_0")


def put_transfers(account: Account) -> None:
    for n in range(3):
        at = START + n * DAY
        reversals = [
            minimal("transfer_reversal", id=f"trr_{n}_{m:02d}", created=at + m, transfer=f"tr_{n}")
            for m in reversed(range(12 if n == 0 else 0))
        ]
        refunds = [
            minimal("fee_refund", id=f"fr_{n}_{m:02d}", created=at + m, fee=f"fee_{n}")
            for m in reversed(range(11 if n == 0 else 0))
        ]
        account.put(
            "transfer", f"tr_{n}", at, destination=f"acct_{n % 2}", reversals=page(reversals)
        )
        account.put("application_fee", f"fee_{n}", at, charge=f"ch_{n}", refunds=page(refunds))
    account.put("charge", "ch_0", transfer="tr_0", application_fee="fee_0", review="prv_0")
    account.put("refund", "re_0", charge="ch_0", transfer_reversal="trr_0_00")
    account.put("balance_transaction", "txn_0", source="fr_0_10")


@pytest.fixture(scope="module")
def account() -> Account:
    return filled()


@pytest.fixture(scope="module")
def api(account: Account) -> Iterator[Api]:
    with api_of(account.store) as served:
        yield served


@pytest.mark.parametrize("kind", NEW)
def test_every_object_is_what_the_sdk_expects(api: Api, kind: str) -> None:
    rows = api.get(PATHS[kind])["data"]
    assert len(rows) == 3
    assert [line for row in rows for line in problems(row)] == []
    alone = api.get(f"{PATHS[kind]}/{rows[0]['id']}")
    assert alone == rows[0]


@pytest.mark.parametrize("kind", NEW)
def test_every_object_is_that_with_everything_expanded(api: Api, kind: str) -> None:
    paths = [f"data.{path}" for path in FIELDS[kind] if path.count(".") < 3]
    rows = api.get(PATHS[kind], **{"expand[]": paths})["data"]
    assert len(rows) == 3
    assert [line for row in rows for line in problems(row)] == []


@pytest.mark.parametrize("kind", sorted(set(NEW) - WITHOUT_CREATED))
def test_they_are_listed_by_when_they_were_made(api: Api, kind: str) -> None:
    every = api.ids(PATHS[kind])
    bounds = {"created[gte]": START + DAY, "created[lt]": START + 2 * DAY}
    assert api.ids(PATHS[kind], **bounds) == [every[1]]


@pytest.mark.parametrize("kind", sorted(WITHOUT_CREATED))
def test_some_are_not(api: Api, kind: str) -> None:
    error = api.error(PATHS[kind], 400, **{"created[gte]": START})
    assert error["message"] == "Received unknown parameter: created[gte]"
    every = api.ids(PATHS[kind])
    assert api.ids(PATHS[kind], limit=1, starting_after=every[0]) == [every[1]]


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("/v1/setup_intents", {"payment_method": "pm_1"}, ["seti_1"]),
        ("/v1/payment_methods", {"customer": "cus_0", "type": "card"}, ["pm_2", "pm_0"]),
        ("/v1/topups", {"amount[gt]": 0, "amount[lte]": 1000}, ["tu_1"]),
        ("/v1/topups", {"amount": 2000, "status": "pending"}, ["tu_2"]),
        ("/v1/radar/early_fraud_warnings", {"charge": "ch_2"}, ["issfr_2"]),
        ("/v1/billing/meters", {"status": "active"}, ["mtr_0"]),
        ("/v1/tax_rates", {"active": "true", "inclusive": "false"}, ["txr_1"]),
        ("/v1/transfers", {"destination": "acct_1"}, ["tr_1"]),
        ("/v1/application_fees", {"charge": "ch_1"}, ["fee_1"]),
        ("/v1/subscription_schedules", {"scheduled": "true"}, ["sub_sched_0"]),
        (
            "/v1/subscription_schedules",
            {"scheduled": "false"},
            ["sub_sched_2", "sub_sched_1", "sub_sched_0"],
        ),
        ("/v1/subscription_schedules", {"canceled_at[gte]": START}, ["sub_sched_2"]),
        ("/v1/billing/credit_grants", {"customer": "cus_1"}, []),
    ],
)
def test_filters(api: Api, path: str, params: dict[str, object], expected: list[str]) -> None:
    assert api.ids(path, **params) == expected


def test_reversals_of_a_transfer_beyond_ten(api: Api) -> None:
    transfer = api.sdk.v1.transfers.retrieve("tr_0")
    every = [f"trr_0_{n:02d}" for n in reversed(range(12))]
    assert len(transfer.reversals.data) == 10
    assert [one.id for one in transfer.reversals.auto_paging_iter()] == every
    pages = api.sdk.v1.transfers.reversals.list("tr_0", {"limit": 5})
    assert [one.id for one in pages.auto_paging_iter()] == every
    assert api.sdk.v1.transfers.reversals.retrieve("tr_0", "trr_0_11").transfer == "tr_0"
    assert api.error("/v1/transfers/tr_1/reversals/trr_0_11", 404)["code"] == "resource_missing"
    assert api.error("/v1/transfers/tr_9/reversals", 404)["message"] == "No such transfer: 'tr_9'"


def test_refunds_of_an_application_fee_beyond_ten(api: Api) -> None:
    fee = api.sdk.v1.application_fees.retrieve("fee_0")
    every = [f"fr_0_{n:02d}" for n in reversed(range(11))]
    assert [one.id for one in fee.refunds.auto_paging_iter()] == every
    assert api.sdk.v1.application_fees.refunds.list("fee_1").data == []
    assert api.sdk.v1.application_fees.refunds.retrieve("fee_0", "fr_0_10").fee == "fee_0"
    assert api.error("/v1/application_fees/fee_0/refunds", 400, created=1)["param"] == "created"


def test_rows_that_parents_hold_can_be_expanded_where_others_name_them(api: Api) -> None:
    refund = api.get("/v1/refunds/re_0", **{"expand[]": "transfer_reversal.transfer"})
    assert refund["transfer_reversal"]["transfer"]["id"] == "tr_0"
    movement = api.get("/v1/balance_transactions/txn_0", **{"expand[]": "source"})
    assert movement["source"]["object"] == "fee_refund"
    charge = api.get("/v1/charges/ch_0", **{"expand[]": ["transfer", "application_fee", "review"]})
    assert [charge[name]["id"] for name in ("transfer", "application_fee", "review")] == [
        "tr_0",
        "fee_0",
        "prv_0",
    ]
    subscription = api.get("/v1/subscriptions/sub_1", **{"expand[]": "schedule"})
    assert subscription["schedule"]["status"] == "active"


def test_a_customers_balance_transactions(api: Api) -> None:
    def listed(**params: Any) -> list[str]:
        return api.ids("/v1/customers/cus_0/balance_transactions", **params)

    every = ["cbtxn_2", "cbtxn_1", "cbtxn_0"]
    pages = api.sdk.v1.customers.balance_transactions.list("cus_0", {"limit": 2})
    assert [one.id for one in pages.auto_paging_iter()] == every
    assert listed(ending_before="cbtxn_0", limit=1) == ["cbtxn_1"]
    assert listed(invoice="in_1") == ["cbtxn_1"]
    assert listed(**{"created[gt]": START + DAY}) == ["cbtxn_2"]
    whole = api.get("/v1/customers/cus_0/balance_transactions")
    assert whole["url"] == "/v1/customers/cus_0/balance_transactions"
    assert [line for row in whole["data"] for line in problems(row)] == []
    one = api.sdk.v1.customers.balance_transactions.retrieve("cus_0", "cbtxn_1")
    assert (one.amount, one.customer) == (-1, "cus_0")


def test_balance_transactions_are_reached_only_through_their_customer(api: Api) -> None:
    path = "/v1/customers/cus_0/balance_transactions"
    assert api.error(path, 400, customer="cus_1")["param"] == "customer"
    assert api.error(f"{path}/cbtxn_other", 404)["code"] == "resource_missing"
    assert api.error("/v1/customers/cus_9/balance_transactions", 404)["param"] == "id"
    assert api.http.get("/v1/customer_balance_transactions").status_code == 404


def test_nothing_hangs_on_a_tombstone() -> None:
    account = filled()
    account.store.delete("customer", "cus_0", NOW)
    with api_of(account.store) as api:
        assert api.get("/v1/customers/cus_0")["deleted"] is True
        for name in ("balance_transactions", "balance_transactions/cbtxn_1", "subscriptions"):
            error = api.error(f"/v1/customers/cus_0/{name}", 404)
            assert error["message"] == "No such customer: 'cus_0'"


def test_events_carry_ten_reversals(account: Account) -> None:
    transfer = account.store.get("transfer", "tr_0")
    event_id = account.store.emit("transfer.reversed", transfer, NOW)
    event = account.store.get("event", event_id)
    assert len(event["data"]["object"]["reversals"]["data"]) == 10
    assert event["data"]["object"]["reversals"]["has_more"] is True
