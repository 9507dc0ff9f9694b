"""The doctor: one finding a check, and what to do about each problem."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stripe_account import START, Account

from ingest.stripe.specs import BY_TABLE
from sandbox.stripe_api import Fault, ObjectStore, Serving, serve
from sandbox.stripe_api.access import ApiKey
from sandbox.stripe_api.faults import ALWAYS
from sandbox.stripe_api.resources import RESOURCES
from tillhouse.commands.doctor import examine
from warehouse.settings import Settings

KEY = "rk_test_doctor"


@pytest.fixture
def stripe_url() -> Iterator[str]:
    """Serve an empty account whose key may read all but charges."""
    kinds = ("customer", "price", "event")
    keys = [ApiKey(KEY, permissions=frozenset(f"rak_{kind}_read" for kind in kinds))]
    store = ObjectStore(lambda: datetime(2026, 3, 1, tzinfo=UTC))
    with serve(store, api_keys=keys) as serving:
        yield serving.base_url


def findings(settings: Settings) -> dict[str, tuple[bool, str]]:
    return {finding.check: (finding.ok, finding.detail) for finding in examine(settings)}


def test_each_permission_is_told(
    stripe_url: str, make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    sqlite3.connect(tmp_path / "app.sqlite").close()
    found = findings(
        make_settings(
            stripe_secret_key=KEY,
            stripe_api_base=stripe_url,
            app_database_url=f"sqlite:///{tmp_path}/app.sqlite",
            redis_url="redis://127.0.0.1:1",
        )
    )
    assert found["STRIPE_SECRET_KEY"] == (True, "rk_test_…")
    assert found["Stripe customers"] == (True, "may be read")
    ok, detail = found["Stripe charges"]
    assert not ok
    assert "charges" in detail.lower()
    assert not found["APP_DATABASE_URL"][0]
    assert found["WAREHOUSE_URL"][0]
    assert not found["REDIS_URL"][0]
    assert found["clock"][0]


@dataclass(frozen=True)
class Shop:
    """A served account with one object of every type that others hang on."""

    serving: Serving
    settings: Callable[..., Settings]

    def found(self, key: str, **chosen: object) -> dict[str, tuple[bool, str]]:
        settings = self.settings(
            stripe_secret_key=key, stripe_api_base=self.serving.base_url, **chosen
        )
        return findings(settings)

    def missing(self, key: str) -> dict[str, str]:
        """Return what the doctor says about the tables that may not be read."""
        prefix = "Stripe "
        return {
            check.removeprefix(prefix): detail
            for check, (ok, detail) in self.found(key).items()
            if check.startswith(prefix) and not ok
        }


LACKS = {
    "rak_dispute_read": {"disputes": "“Disputes” (rak_dispute_read)"},
    "rak_tax_rate_read": {"tax_rates": "“Tax Rates” (rak_tax_rate_read)"},
    "rak_payment_method_read": {"payment_methods": "“Payment Methods” (rak_payment_method_read)"},
    "rak_radar_early_fraud_warning_read": {
        "early_fraud_warnings": "“Early Fraud Warnings” (rak_radar_early_fraud_warning_read)"
    },
    "rak_billing_meter_read": {"meters": "“Meters” (rak_billing_meter_read)"},
    "rak_payout_read": {
        "payouts": "“Payouts” (rak_payout_read)",
        "payout_transactions": "“Payouts” (rak_payout_read)",
    },
    "rak_customer_read": {
        "customers": "“Customers” (rak_customer_read)",
        "customer_balance_transactions": "“Customers” (rak_customer_read)",
    },
    "rak_invoice_read": {
        "invoices": "“Invoices” (rak_invoice_read)",
        "invoice_items": "“Invoices” (rak_invoice_read)",
        "invoice_payments": "“Invoices” (rak_invoice_read)",
    },
}
READS = frozenset(resource.needs for resource in RESOURCES) | {"rak_balance_read"}
ALL = "rk_test_everything"


@pytest.fixture
def shop(make_settings: Callable[..., Settings]) -> Iterator[Shop]:
    account = Account()
    account.put("account", "acct_1")
    account.store.put({"id": "balance", "object": "balance", "available": [], "pending": []})
    account.put("customer", "cus_1")
    account.subscription("sub_1")
    account.invoice("in_1")
    account.put("payout", "po_1", automatic=True, reconciliation_status="completed")
    # The newest is one of which Stripe does not tell what it paid out.
    account.put("payout", "po_2", START + 1, automatic=False)
    keys = [ApiKey(f"rk_test_no_{name}", READS - {name}) for name in LACKS]
    with serve(account.store, api_keys=[ApiKey(ALL, READS), *keys]) as serving:
        yield Shop(serving, make_settings)


def test_every_table_is_tried_for_the_price_of_a_row_a_list(shop: Shop) -> None:
    found = shop.found(ALL)
    tried = {check.removeprefix("Stripe ") for check in found if check.startswith("Stripe ")}
    assert tried == set(BY_TABLE)
    assert all(found[f"Stripe {table}"] == (True, "may be read") for table in BY_TABLE)
    asked = [entry for entry in shop.serving.log.entries if entry.path.startswith("/v1/")]
    lists = [entry for entry in asked if entry.path not in ("/v1/account", "/v1/balance")]
    more = [entry for entry in lists if "limit=1" not in entry.query.split("&")]
    # Of which payout Stripe tells what it paid out, only they themselves say.
    assert [(entry.path, entry.query) for entry in more] == [("/v1/payouts", "limit=100")]
    assert any("payout=po_1" in entry.query.split("&") for entry in lists)
    assert {entry.endpoint for entry in lists} >= {
        "/v1/customers/{id}/balance_transactions",
        "/v1/subscription_items",
        "/v1/invoices/{id}/lines",
    }


@pytest.mark.parametrize("permission", LACKS)
def test_the_missing_permission_is_named_at_each_table_that_needs_it(
    permission: str, shop: Shop
) -> None:
    missing = shop.missing(f"rk_test_no_{permission}")
    assert missing.keys() == LACKS[permission].keys()
    for table, named in LACKS[permission].items():
        assert named in missing[table]


@pytest.mark.parametrize(
    ("endpoint", "table"),
    [
        ("/v1/customers/{id}/balance_transactions", "customer_balance_transactions"),
        ("/v1/subscription_items", "subscriptions"),
        ("/v1/invoices/{id}/lines", "invoices"),
    ],
)
def test_a_list_that_hangs_on_an_object_is_tried_too(endpoint: str, table: str, shop: Shop) -> None:
    shop.serving.faults.add(Fault(endpoint, status=403, times=ALWAYS))
    assert shop.missing(ALL).keys() == {table}


def test_a_list_under_customers_waits_for_the_first(
    stripe_url: str, make_settings: Callable[..., Settings]
) -> None:
    found = findings(make_settings(stripe_secret_key=KEY, stripe_api_base=stripe_url))
    waits = (True, "can't be tried before there are customers")
    assert found["Stripe customer_balance_transactions"] == waits


def test_what_payouts_paid_out_waits_for_one_of_which_it_is_told(
    make_settings: Callable[..., Settings],
) -> None:
    account = Account()
    account.put("account", "acct_1")
    account.put("payout", "po_1", automatic=False)
    with serve(account.store, api_keys=[ApiKey(ALL, READS)]) as serving:
        found = Shop(serving, make_settings).found(ALL)
    waits = (True, "can't be tried before there are payouts that have such a list")
    assert found["Stripe payout_transactions"] == waits


def test_what_is_left_out_is_not_asked_for(shop: Shop) -> None:
    found = shop.found("rk_test_no_rak_tax_rate_read", stripe_except="tax_rates,reviews")
    assert found["STRIPE_ONLY, STRIPE_EXCEPT"] == (True, "without reviews, tax_rates")
    assert not {"Stripe tax_rates", "Stripe reviews"} & found.keys()
    assert all(ok for check, (ok, _) in found.items() if check.startswith("Stripe "))


def test_a_wrong_choice_of_tables_is_told(shop: Shop) -> None:
    found = shop.found(ALL, stripe_only="chargez")
    ok, detail = found["STRIPE_ONLY, STRIPE_EXCEPT"]
    assert not ok
    assert "chargez" in detail
    assert found["Stripe charges"][0]


def test_a_refused_key_is_told_once(
    stripe_url: str, make_settings: Callable[..., Settings]
) -> None:
    found = findings(make_settings(stripe_secret_key="sk_test_canary", stripe_api_base=stripe_url))
    refused = [check for check, (ok, _) in found.items() if check.startswith("Stripe ") and not ok]
    assert len(refused) == 1
    assert not any("canary" in detail for _, detail in found.values())


def test_connected_accounts_are_tried(make_settings: Callable[..., Settings]) -> None:
    platform, north = Account(), Account()
    platform.put("account", "acct_platform")
    north.put("account", "acct_north")
    with serve(platform.store, api_keys=[ALL], connected={"acct_north": north.store}) as serving:
        settings = make_settings(
            stripe_secret_key=ALL,
            stripe_api_base=serving.base_url,
            stripe_connected_accounts=("acct_north", "acct_stranger"),
        )
        found = findings(settings)
    assert found["Stripe account acct_north"] == (True, "may be read")
    ok, detail = found["Stripe account acct_stranger"]
    assert not ok
    assert "no access to acct_stranger (403)" in detail


def test_a_missing_key_asks_stripe_nothing(settings: Settings) -> None:
    found = findings(
        settings.model_copy(update={"tillhouse_now": datetime(2026, 3, 1, tzinfo=UTC)})
    )
    assert not found["STRIPE_SECRET_KEY"][0]
    assert not any(check.startswith("Stripe ") for check in found)


@pytest.mark.parametrize(
    ("secrets", "ok", "detail"),
    [
        ("whsec_abc123", True, "well-formed"),
        ("whsec_abc123, whsec_def456", True, "all 2 are well-formed"),
        ("whsec_abc123,sk_test_canary", False, "secret 2 of 2 is not of the form whsec_…"),
        ("we_canary", False, "secret 1 of 1"),
        ("whsec_", False, "secret 1 of 1"),
        ("whsec_can ary", False, "secret 1 of 1"),
    ],
)
def test_the_form_of_webhook_secrets_is_told(
    secrets: str, ok: bool, detail: str, make_settings: Callable[..., Settings]
) -> None:
    still = datetime(2026, 3, 1, tzinfo=UTC)
    found = findings(make_settings(stripe_webhook_secret=secrets, tillhouse_now=still))
    assert found["STRIPE_WEBHOOK_SECRET"][0] is ok
    assert detail in found["STRIPE_WEBHOOK_SECRET"][1]
    assert "canary" not in found["STRIPE_WEBHOOK_SECRET"][1]


def test_webhooks_that_are_off_are_no_finding(settings: Settings) -> None:
    still = settings.model_copy(update={"tillhouse_now": datetime(2026, 3, 1, tzinfo=UTC)})
    assert "STRIPE_WEBHOOK_SECRET" not in findings(still)
