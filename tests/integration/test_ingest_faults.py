"""What goes wrong: patience where it helps, one clear line where it does not, never half a pull."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ingest_company import Company, MakeSettings, company
from pydantic import SecretStr

from ingest.stripe import transport
from ingest.stripe.client import StripeReader
from ingest.stripe.specs import BY_TABLE
from sandbox.stripe_api import ApiKey, Fault, RateLimits, serve
from warehouse.errors import SettingsError, SourceError

RESTRICTED = "rk_test_restricted00000000001"
# What a restricted key needs for everything that is read.
READS = """
    accounts_kyc_basic application_fee balance balance_transaction_source billing_credit_grant
    billing_meter charge checkout_session coupon credit_note customer dispute event invoice
    payment_intent payment_method payout plan product promotion_code radar_early_fraud_warning
    review setup_intent subscription tax_rate topup transfer
"""
ALL_READS = frozenset(f"rak_{name}_read" for name in READS.split())


@pytest.fixture
def shop(make_settings: MakeSettings, tmp_path: Path) -> Iterator[Company]:
    with company(make_settings, tmp_path) as made:
        yield made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(transport, "LONGEST_PAUSE_SECONDS", 0.002)


def _landed(shop: Company) -> int:
    if not (shop.settings.tillhouse_home / "warehouse.duckdb").exists():
        return 0
    exists = shop.rows("select 1 from information_schema.tables where table_name = 'charges'")
    return int(shop.value("select count(*) from raw_stripe._dlt_loads")) if exists else 0


@pytest.mark.usefixtures("impatient")
def test_storms_and_cuts_are_sat_out(shop: Company) -> None:
    for fault in (
        Fault("/v1/charges", call=2, times=3, status=429, retry_after=0),
        Fault("/v1/invoices", call=1, times=2, status=500),
        Fault("/v1/invoices/{id}/lines", call=1, status=503),
        Fault("/v1/customers", call=1, cut=True),
        Fault("/v1/payment_intents", call=2, times=2, cut=True),
        Fault("/v1/events", call=3, status=409),
        Fault("/v1/balance", call=1, status=502),
    ):
        shop.serving.faults.add(fault)
    report = shop.pull()
    for table, kind in (("charges", "charge"), ("invoices", "invoice"), ("customers", "customer")):
        stored = len(shop.world.store.table(kind).rows)
        assert shop.value(f"select count(*) from raw_stripe.{table} where not deleted") == stored
    assert report.requests > sum(shop.serving.log.counts.values()) - 20
    assert shop.pull("full").rows_landed == 0


@pytest.mark.parametrize(
    ("rate", "limits"),
    [
        (100, RateLimits()),
        pytest.param(50, RateLimits(), marks=pytest.mark.thorough),
        pytest.param(20, RateLimits(25, 25), marks=pytest.mark.thorough),
    ],
)
def test_the_accounts_limits_are_never_met(
    make_settings: MakeSettings, tmp_path: Path, rate: int, limits: RateLimits
) -> None:
    share = {"stripe_max_requests_per_second": rate}
    with company(make_settings, tmp_path, limits=limits, **share) as shop:
        report = shop.pull()
        assert {entry.status for entry in shop.serving.log.entries} <= {200, 404}
        assert report.requests >= len(shop.serving.log.entries) - 2


def test_limits_that_others_use_up_are_sat_out(make_settings: MakeSettings, tmp_path: Path) -> None:
    with company(make_settings, tmp_path, limits=RateLimits(12, 4)) as shop:
        shop.pull()
        assert 429 in {entry.status for entry in shop.serving.log.entries}
        stored = set(shop.world.store.table("charge").rows)
        assert {row[0] for row in shop.rows("select id from raw_stripe.charges")} == stored


@pytest.mark.usefixtures("impatient")
def test_a_lasting_failure_ends_the_pull_and_the_next_goes_on(shop: Company) -> None:
    shop.serving.faults.add(Fault("/v1/charges", call=2, times=1_000, status=500))
    with pytest.raises(SourceError, match=r"fails to answer for charges \(status 500\)"):
        shop.pull()
    with serve(shop.world.store) as recovered:
        healthy = {"stripe_api_base": recovered.base_url}
        shop.pull(**healthy)
        stored = set(shop.world.store.table("charge").rows)
        assert {row[0] for row in shop.rows("select id from raw_stripe.charges")} == stored
        assert shop.pull("full", **healthy).rows_landed == 0


def test_a_failed_hour_does_not_move_the_cursor(landed: Company) -> None:
    landed.advance(days=5)
    landed.serving.faults.add(Fault("/v1/balance_transactions", call=1, times=1_000, status=402))
    followed = landed.value("select count(*) from raw_stripe.events")
    with pytest.raises(SourceError, match=r"(balance|payout)_transactions"):
        landed.pull()
    # An event is landed after the objects that it led to, and the cursor with it.
    assert landed.value("select count(*) from raw_stripe.events") == followed
    # A new server without the fault, as if Stripe had recovered.
    with serve(landed.world.store) as recovered:
        healthy = {"stripe_api_base": recovered.base_url}
        assert landed.pull(**healthy).landed["raw_stripe.events"] > 0
        assert landed.pull("nightly", **healthy).rows_landed == 0


def test_a_refused_key_is_a_wrong_setting_and_touches_nothing(shop: Company) -> None:
    with pytest.raises(SettingsError, match="STRIPE_SECRET_KEY is refused") as caught:
        shop.pull(stripe_secret_key=SecretStr("sk_test_nobody0000000000001"))
    assert "nobody" not in str(caught.value)
    assert not shop.settings.tillhouse_home.exists()


def test_no_key_is_a_wrong_setting(shop: Company) -> None:
    with pytest.raises(SettingsError, match="STRIPE_SECRET_KEY is not set"):
        shop.pull(stripe_secret_key=None)


@pytest.mark.parametrize(
    ("missing", "table", "permission"),
    [
        ("rak_dispute_read", "disputes", "Disputes"),
        ("rak_event_read", "events", "Events"),
        ("rak_balance_read", "balances", "Balance"),
    ],
)
def test_a_missing_permission_is_named_and_never_an_empty_table(
    make_settings: MakeSettings, tmp_path: Path, missing: str, table: str, permission: str
) -> None:
    keys = (ApiKey(RESTRICTED, ALL_READS - {missing}),)
    with company(make_settings, tmp_path, api_keys=keys, stripe_secret_key=RESTRICTED) as shop:
        refused = rf"refuses to read {table} .*“{permission}” \({missing}\)"
        for _ in range(2):
            # What was landed before counts; that the list is empty is never taken for granted.
            with pytest.raises(SourceError, match=refused):
                shop.pull()


def test_an_unreachable_stripe_is_said_so(shop: Company) -> None:
    with pytest.raises(SourceError, match=r"can't be reached at http://127.0.0.1:9 "):
        shop.pull(stripe_api_base="http://127.0.0.1:9")


def test_a_server_that_is_no_stripe_is_said_so(shop: Company) -> None:
    with pytest.raises(SourceError, match="STRIPE_API_BASE"):
        shop.pull(stripe_api_base=f"{shop.serving.base_url}/nowhere")


def test_another_account_is_not_mixed_in(landed: Company) -> None:
    store = landed.world.store
    (name,) = store.table("account").rows
    account = store.get("account", name)
    assert account
    store.delete("account", name, landed.world.now())
    store.put({**account, "id": "acct_other"})
    with pytest.raises(SettingsError, match="acct_other, but this warehouse holds"):
        landed.pull()


def test_a_list_that_moves_while_it_is_read_is_read_again(shop: Company) -> None:
    """The object that the next page would start after is deleted between two pages."""
    store = shop.world.store
    pages = StripeReader(shop.settings).pages(BY_TABLE["charges"])
    first = next(pages)
    store.delete("charge", first[-1]["id"], shop.world.now())
    rest = {row["id"] for page in pages for row in page}
    assert rest == set(store.table("charge").rows)


def test_a_malformed_seed_file_stops_the_pull_before_it_begins(
    shop: Company, tmp_path: Path
) -> None:
    (tmp_path / "fx_rates.csv").write_text("currency,date,usd_per_unit\neur,soon,1\n")
    with pytest.raises(SettingsError, match=r"fx_rates\.csv, line 2, column date"):
        shop.pull(tillhouse_seeds=tmp_path)
    assert not shop.settings.tillhouse_home.exists()
    assert not shop.serving.log.counts


def test_an_unreachable_application_is_said_so(shop: Company, tmp_path: Path) -> None:
    missing = SecretStr(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(SourceError, match=r"can't be reached: SQLite .*none\.db"):
        shop.pull(app_database_url=missing)
    assert _landed(shop) == 0


def test_an_unreachable_warehouse_is_said_so(shop: Company) -> None:
    with pytest.raises(SourceError, match="warehouse"):
        shop.pull(warehouse_url=SecretStr("postgresql://u:p@127.0.0.1:9/db"))
