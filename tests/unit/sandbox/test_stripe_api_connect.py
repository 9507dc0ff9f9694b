"""Several accounts behind one key: the platform's, and those connected to it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import stripe
from stripe_account import DAY, START, Account, Api, api_of

from sandbox.stripe_api import SANDBOX_KEY, ApiKey, ObjectStore, RateLimits

RESTRICTED = "rk_test_onlychargesandnothingelse"


def account_of(account_id: str, created: int, *charges: str) -> ObjectStore:
    account = Account()
    account.put("account", account_id, created, country="US")
    for charge in charges:
        account.put("charge", charge)
    return account.store


@pytest.fixture
def connected() -> dict[str, ObjectStore]:
    return {
        "acct_north": account_of("acct_north", START, "ch_north"),
        "acct_south": account_of("acct_south", START + DAY, "ch_south"),
    }


@pytest.fixture
def platform() -> ObjectStore:
    return account_of("acct_platform", START - DAY, "ch_platform")


@pytest.fixture
def api(platform: ObjectStore, connected: dict[str, ObjectStore]) -> Iterator[Api]:
    keys = (SANDBOX_KEY, ApiKey(RESTRICTED, frozenset({"rak_charge_read"})))
    with api_of(platform, connected=connected, api_keys=keys) as served:
        yield served


def test_the_header_picks_the_account(api: Api) -> None:
    def charges(**options: str) -> list[str]:
        return [one.id for one in api.sdk.v1.charges.list(options=options).data]

    assert charges() == ["ch_platform"]
    assert charges(stripe_account="acct_platform") == ["ch_platform"]
    assert charges(stripe_account="acct_north") == ["ch_north"]
    assert charges(stripe_account="acct_south") == ["ch_south"]


def test_the_current_account_is_the_one_picked(api: Api) -> None:
    current = api.sdk.v1.accounts.retrieve_current
    assert current().id == "acct_platform"
    assert current(options={"stripe_account": "acct_south"}).id == "acct_south"


def test_an_account_that_is_not_connected_is_a_403(api: Api) -> None:
    with pytest.raises(stripe.PermissionError) as raised:
        api.sdk.v1.charges.list(options={"stripe_account": "acct_stranger"})
    assert raised.value.error.code == "account_invalid"
    assert "does not have access to account 'acct_stranger'" in raised.value.user_message


def test_the_platform_lists_the_accounts_connected_to_it(api: Api) -> None:
    pages = api.sdk.v1.accounts.list({"limit": 1})
    assert [one.id for one in pages.auto_paging_iter()] == ["acct_south", "acct_north"]
    assert api.ids("/v1/accounts", **{"created[gt]": START}) == ["acct_south"]
    assert api.ids("/v1/accounts", ending_before="acct_north") == ["acct_south"]
    assert api.error("/v1/accounts", 400, starting_after="acct_platform")["param"] == (
        "starting_after"
    )
    assert api.get("/v1/accounts/acct_north")["id"] == "acct_north"
    assert api.get("/v1/accounts/acct_platform")["id"] == "acct_platform"
    assert api.error("/v1/accounts/acct_stranger", 404)["code"] == "resource_missing"


def test_a_connected_account_has_none_of_its_own(api: Api) -> None:
    answer = api.http.get("/v1/accounts", headers={"Stripe-Account": "acct_north"})
    assert answer.json()["data"] == []


def test_an_account_can_be_connected_and_replaced_meanwhile(
    api: Api, connected: dict[str, ObjectStore]
) -> None:
    def charges(account_id: str) -> list[str]:
        page = api.sdk.v1.charges.list(options={"stripe_account": account_id})
        return [one.id for one in page.data]

    connected["acct_west"] = account_of("acct_west", START + 2 * DAY, "ch_west")
    assert charges("acct_west") == ["ch_west"]
    assert api.ids("/v1/accounts", limit=1) == ["acct_west"]

    connected["acct_west"] = account_of("acct_west", START + 2 * DAY, "ch_later")
    assert charges("acct_west") == ["ch_later"]


def test_a_refused_key_is_told_the_account(api: Api) -> None:
    client = stripe.StripeClient(RESTRICTED, base_addresses={"api": api.serving.base_url})
    options = {"stripe_account": "acct_north"}
    assert [one.id for one in client.v1.charges.list(options=options).data] == ["ch_north"]
    with pytest.raises(stripe.PermissionError) as raised:
        client.v1.events.list(options=options)
    assert "on account 'acct_north'" in raised.value.user_message


def test_limits_are_apart_for_each_account(
    platform: ObjectStore, connected: dict[str, ObjectStore]
) -> None:
    limits = RateLimits(global_per_second=2, endpoint_per_second=2, clock=lambda: 0.0)
    with api_of(platform, connected=connected, limits=limits) as api:

        def ask(account_id: str) -> httpx.Response:
            return api.http.get("/v1/charges", headers={"Stripe-Account": account_id})

        assert [ask("acct_north").status_code for _ in range(3)] == [200, 200, 429]
        assert [ask("acct_south").status_code for _ in range(3)] == [200, 200, 429]
        assert [api.http.get("/v1/charges").status_code for _ in range(2)] == [200, 200]
        assert ask("acct_platform").status_code == 429


def test_requests_are_logged_with_their_account(api: Api) -> None:
    api.http.get("/v1/charges")
    api.http.get("/v1/charges", headers={"Stripe-Account": "acct_north"})
    assert [one.account_id for one in api.serving.log.entries] == ["", "acct_north"]
