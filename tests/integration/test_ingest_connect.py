"""A platform and the accounts connected to it: each is pulled by itself, and no row says less."""

from __future__ import annotations

import json
import pickle
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from stripe_account import NOW, START, Account, Clock
from stripe_sdk_schema import minimal

import ingest
from ingest import PullReport
from ingest.report import Mode
from ingest.stripe.client import AccountRefusedError
from ingest.stripe.specs import BY_TABLE
from sandbox.stripe_api import SANDBOX_KEY, Fault, Serving, serve
from warehouse.engines import engine_for
from warehouse.errors import SourceError
from warehouse.operations import OperationsStore, SyncGaps
from warehouse.settings import Settings, load_settings

PLATFORM, NORTH, SOUTH = "acct_platform", "acct_north", "acct_south"
CURRENCIES = {PLATFORM: "usd", NORTH: "eur", SOUTH: "jpy"}
CHARGES = 120


@dataclass
class Platform:
    """Three accounts behind one key, and the Tillhouse that pulls them."""

    serving: Serving
    settings: Settings
    clock: Clock
    accounts: dict[str, Account]

    def pull(self, mode: Mode = "hourly", **changed: Any) -> PullReport:
        self.serving.log.clear()
        now = {"tillhouse_now": self.clock.now()}
        settings = self.settings.model_copy(update={**now, **changed})
        settings.prepare_home()
        pipeline = ingest.build_pipeline(settings, "stripe")
        return ingest.pull_stripe(settings, pipeline, mode)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with engine_for(self.settings).connect() as connection:
            return connection.execute(query).fetchall()

    def newest(self, table: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the objects of a table as they were landed last, by account and id."""
        found = self.rows(
            f"select account_id, id, object, deleted from raw_stripe.{table} "
            "order by observed_at, _dlt_load_id"
        )
        return {
            (account, name): {**json.loads(text), "was_deleted": deleted}
            for account, name, text, deleted in found
        }

    def asked(self, endpoint: str) -> Counter[str]:
        """Return how often each account was asked; the key's own is ''."""
        entries = self.serving.log.entries
        return Counter(entry.account_id for entry in entries if entry.endpoint == endpoint)

    def said(self, account: str, event_type: str, obj: dict[str, Any]) -> None:
        """Let an account say that something happened just now."""
        self.accounts[account].store.emit(event_type, obj, self.clock.now())


def _account(name: str, clock: Clock) -> Account:
    """Return an account with its own currency, and a coupon whose id all of them have."""
    account = Account(clock)
    account.put("account", name, START, default_currency=CURRENCIES[name], country="US")
    balance = minimal("balance", available=[], pending=[], livemode=False)
    account.store.put({key: value for key, value in balance.items() if key != "id"})
    account.put("coupon", "WELCOME", name=f"of {name}", percent_off=10)
    for number in range(CHARGES):
        account.put("charge", f"ch_{name}_{number:03}", START + number * 3600)
    customer = account.put("customer", f"cus_{name}", START)
    account.store.emit("customer.created", customer, clock.now() - timedelta(days=1))
    return account


def _accounts() -> dict[str, Account]:
    clock = Clock(NOW)
    return {name: _account(name, clock) for name in (PLATFORM, NORTH, SOUTH)}


@contextmanager
def _platform(
    make_settings: Callable[..., Settings], accounts: dict[str, Account], **given: Any
) -> Iterator[Platform]:
    stores = {name: accounts[name].store for name in (NORTH, SOUTH)}
    with serve(accounts[PLATFORM].store, connected=stores) as serving:
        obvious = {
            "stripe_secret_key": SANDBOX_KEY,
            "stripe_api_base": serving.base_url,
            "stripe_max_requests_per_second": 100,
            "stripe_connected_accounts": (NORTH, SOUTH),
        }
        settings = make_settings(**{**obvious, **given})
        yield Platform(serving, settings, accounts[PLATFORM].clock, accounts)


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """Return the home of a first pull, and the accounts as they were then."""
    home, accounts = tmp_path_factory.mktemp("pulled") / "home", _accounts()
    kept = pickle.dumps(accounts)
    with _platform(partial(load_settings, tillhouse_home=home), accounts) as made:
        made.pull()
    return home, kept


@pytest.fixture
def platform(
    make_settings: Callable[..., Settings], tmp_path: Path, pulled: tuple[Path, bytes]
) -> Iterator[Platform]:
    """Return a platform of which everything has been pulled once."""
    home, kept = pulled
    shutil.copytree(home, tmp_path / "home")
    with _platform(make_settings, pickle.loads(kept)) as made:
        yield made


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(
    request: pytest.FixtureRequest, make_settings: Callable[..., Settings]
) -> Iterator[Platform]:
    """Return a platform of which nothing has been pulled, on either engine."""
    given = {}
    if request.param == "postgres":
        given["warehouse_url"] = request.getfixturevalue("postgres_url")
    with _platform(make_settings, _accounts(), **given) as made:
        yield made


def test_each_account_is_landed_whole_and_apart(either: Platform) -> None:
    first = either.pull()
    for name in (PLATFORM, NORTH, SOUTH):
        label = "Stripe" if name == PLATFORM else f"Stripe account {name}"
        assert f"{label}: the first pull, so everything is read" in first.notes
    everyone = dict.fromkeys(CURRENCIES)
    assert {key: obj["name"] for key, obj in either.newest("coupons").items()} == {
        (name, "WELCOME"): f"of {name}" for name in everyone
    }
    assert either.newest("charges").keys() == {
        (name, f"ch_{name}_{number:03}") for name in everyone for number in range(CHARGES)
    }
    assert either.newest("balances").keys() == {(name, f"balance_{name}") for name in everyone}
    accounts = either.newest("accounts")
    assert {key: obj["default_currency"] for key, obj in accounts.items()} == {
        (name, name): currency for name, currency in CURRENCIES.items()
    }
    for table in BY_TABLE:
        assert {account for account, _ in either.newest(table)} <= everyone.keys()

    again = either.pull()
    assert (again.rows_landed, again.notes) == (0, [])
    assert either.asked("/v1/charges") == {}
    assert either.asked("/v1/balance") == {"": 1, NORTH: 1, SOUTH: 1}
    assert either.pull("full").rows_landed == 0


def test_a_change_in_one_account_is_read_there_only(platform: Platform) -> None:
    platform.clock.move(hours=1)
    coupon = platform.accounts[SOUTH].put("coupon", "WELCOME", name="better", percent_off=20)
    platform.said(SOUTH, "coupon.updated", coupon)
    report = platform.pull()
    assert +report.landed == {"raw_stripe.coupons": 1, "raw_stripe.events": 1}
    assert platform.asked("/v1/coupons/{id}") in ({SOUTH: 1}, {})
    names = {account: obj["name"] for (account, _), obj in platform.newest("coupons").items()}
    assert names == {PLATFORM: f"of {PLATFORM}", NORTH: f"of {NORTH}", SOUTH: "better"}
    assert platform.pull("nightly").rows_landed == 0


@pytest.mark.parametrize("told", [True, False])
def test_a_deletion_in_one_account_leaves_the_same_id_in_others(
    told: bool, platform: Platform
) -> None:
    platform.clock.move(hours=1)
    store = platform.accounts[NORTH].store
    coupon = store.get("coupon", "WELCOME")
    assert coupon
    store.delete("coupon", "WELCOME", platform.clock.now())
    if told:
        platform.said(NORTH, "coupon.deleted", coupon)
    # Without an event only the nightly pull can find out.
    platform.pull("hourly" if told else "nightly")
    gone = {account: one["was_deleted"] for (account, _), one in platform.newest("coupons").items()}
    assert gone == {PLATFORM: False, NORTH: True, SOUTH: False}
    assert platform.pull("nightly").rows_landed == 0


def test_a_gap_in_one_account_heals_that_one(platform: Platform) -> None:
    store = platform.accounts[NORTH].store
    (anchor,) = store.table("event").rows
    store.table("event").remove(anchor)
    # Nothing tells of this one.
    platform.accounts[NORTH].put("customer", "cus_untold", START)
    platform.clock.move(hours=1)
    platform.said(NORTH, "customer.created", platform.accounts[NORTH].put("customer", "cus_told"))
    report = platform.pull()
    gone = f"Stripe account {NORTH}: the event {anchor}, where the last pull ended, is gone"
    assert report.notes == [f"{gone}, so everything is read again"]
    assert set(platform.asked("/v1/charges")) == {NORTH}
    assert {(NORTH, "cus_untold"), (NORTH, "cus_told")} <= platform.newest("customers").keys()
    (gap,) = SyncGaps(OperationsStore(platform.settings)).all()
    assert (gap.account_id, gap.healed_at) == (NORTH, platform.clock.now())
    assert platform.pull().notes == []


def test_a_refused_account_is_one_line_and_holds_up_no_other(platform: Platform) -> None:
    accounts = (NORTH, "acct_stranger", SOUTH, "acct_former")
    refused = (
        "STRIPE_SECRET_KEY has no access to acct_stranger, acct_former (403): take what is not "
        "connected to the key's own account (any more) out of STRIPE_CONNECTED_ACCOUNTS"
    )
    for pulls in (1, 2):
        platform.clock.move(hours=1)
        customer = platform.accounts[SOUTH].put("customer", f"cus_{pulls}", START)
        platform.said(SOUTH, "customer.created", customer)
        with pytest.raises(AccountRefusedError) as raised:
            platform.pull(stripe_connected_accounts=accounts)
        assert (str(raised.value), raised.value.exit_code) == (refused, 1)
        assert (SOUTH, f"cus_{pulls}") in platform.newest("customers")
    assert platform.pull().rows_landed == 0


def test_a_failure_in_one_account_keeps_what_the_ones_before_it_landed(
    make_settings: Callable[..., Settings],
) -> None:
    with _platform(make_settings, _accounts()) as platform:
        platform.serving.faults.add(Fault("/v1/coupons", call=3, times=1, status=402))
        with pytest.raises(SourceError, match="coupons"):
            platform.pull()
        assert {account for account, _ in platform.newest("coupons")} == {PLATFORM, NORTH}
        platform.pull()
        assert set(platform.asked("/v1/charges")) <= {SOUTH}
        assert {account for account, _ in platform.newest("coupons")} == CURRENCIES.keys()
        assert platform.pull("full").rows_landed == 0


def test_an_account_that_is_connected_later_is_read_whole(
    make_settings: Callable[..., Settings],
) -> None:
    with _platform(make_settings, _accounts(), stripe_connected_accounts=()) as platform:
        platform.pull()
        assert set(platform.asked("/v1/charges")) == {""}
        assert {account for account, _ in platform.newest("charges")} == {PLATFORM}
        # The key's own account is read once, whether or not it is named.
        report = platform.pull(stripe_connected_accounts=(PLATFORM, SOUTH))
        assert report.notes == [f"Stripe account {SOUTH}: the first pull, so everything is read"]
        assert set(platform.asked("/v1/charges")) == {SOUTH}
        charges = Counter(account for account, _ in platform.newest("charges"))
        assert charges == {PLATFORM: CHARGES, SOUTH: CHARGES}
        # Taken out again, it stays as it is.
        assert platform.pull("nightly").rows_landed == 0
        assert set(platform.asked("/v1/events")) == {""}


def test_the_context_of_a_run_is_the_platforms_own(platform: Platform) -> None:
    platform.clock.move(hours=1)
    account = platform.accounts[NORTH].put("account", NORTH, START, default_currency="gbp")
    platform.said(NORTH, "account.updated", account)
    platform.pull()
    assert platform.newest("accounts")[NORTH, NORTH]["default_currency"] == "gbp"
    ingest.write_run_context(platform.settings, "run-1", "hourly")
    context = "select account_id, default_currency from raw_tillhouse.run_context"
    assert platform.rows(context) == [(PLATFORM, "usd")]
    platform.clock.move(hours=1)
    platform.accounts[PLATFORM].put("account", PLATFORM, START, default_currency="chf")
    platform.pull()
    ingest.write_run_context(platform.settings, "run-2", "hourly")
    assert platform.rows(context) == [(PLATFORM, "chf")]
