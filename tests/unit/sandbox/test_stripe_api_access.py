"""Keys, permissions, limits, faults and headers."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
import stripe
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from stripe_account import Account, Api, api_of

from sandbox.stripe_api import SANDBOX_KEY, ApiKey, Fault, FaultPlan, ObjectStore, RateLimits

RESTRICTED = "rk_test_onlychargesandnothingelse"


@pytest.fixture
def store() -> ObjectStore:
    account = Account()
    account.put("account", "acct_company", country="US")
    account.put("charge", "ch_1")
    account.store.put({"object": "balance", "available": [], "pending": [], "livemode": False})
    return account.store


@pytest.fixture
def api(store: ObjectStore) -> Iterator[Api]:
    keys = (SANDBOX_KEY, ApiKey(RESTRICTED, frozenset({"rak_charge_read"})))
    with api_of(store, api_keys=keys) as served:
        yield served


def test_without_a_key_it_is_401(api: Api) -> None:
    answer = httpx.get(f"{api.serving.base_url}/v1/charges", trust_env=False)
    assert answer.status_code == 401
    assert answer.json()["error"]["message"].startswith("You did not provide an API key.")


def test_a_wrong_key_is_401_and_shown_only_in_part(api: Api) -> None:
    client = stripe.StripeClient(
        "sk_test_wrong1234567", base_addresses={"api": api.serving.base_url}
    )
    with pytest.raises(stripe.AuthenticationError) as raised:
        client.v1.charges.list()
    assert raised.value.http_status == 401
    assert raised.value.user_message.endswith("Invalid API Key provided: sk_test_********4567")


def test_a_key_may_come_as_the_user_of_basic_authentication(api: Api) -> None:
    url = f"{api.serving.base_url}/v1/charges"
    assert httpx.get(url, auth=(SANDBOX_KEY, ""), trust_env=False).status_code == 200
    broken = {"Authorization": "Basic !!!"}
    assert httpx.get(url, headers=broken, trust_env=False).status_code == 401


def test_a_restricted_key_reads_what_it_may_and_is_told_what_it_lacks(api: Api) -> None:
    client = stripe.StripeClient(RESTRICTED, base_addresses={"api": api.serving.base_url})
    assert [charge.id for charge in client.v1.charges.list().data] == ["ch_1"]
    with pytest.raises(stripe.PermissionError) as raised:
        client.v1.events.list()
    message = raised.value.user_message
    assert "does not have the required permissions for this endpoint" in message
    assert "on account 'acct_company'" in message
    assert "Having the 'rak_event_read' permission would allow this request" in message
    assert RESTRICTED not in message


def test_the_account_and_its_balance(api: Api) -> None:
    assert api.sdk.v1.accounts.retrieve_current().id == "acct_company"
    assert api.get("/v1/accounts/acct_company")["country"] == "US"
    assert api.sdk.v1.balance.retrieve().available == []


def test_an_empty_account_has_no_balance() -> None:
    with api_of(Account().store) as api:
        assert api.error("/v1/balance", 404)["code"] == "resource_missing"


def test_headers(api: Api) -> None:
    first = api.http.get("/v1/charges", headers={"Stripe-Account": "acct_company"})
    second = api.http.get("/v1/charges")
    assert first.status_code == 200
    assert first.headers["stripe-version"] == "2026-10-28.endive"
    assert first.headers["request-id"].startswith("req_")
    assert first.headers["request-id"] != second.headers["request-id"]
    assert first.headers["content-type"] == "application/json"
    stranger = api.http.get("/v1/charges", headers={"Stripe-Account": "acct_other"})
    assert stranger.status_code == 403
    assert stranger.json()["error"]["code"] == "account_invalid"


def test_limits_say_which_one_was_hit_and_how_long_to_wait() -> None:
    moment = [0.0]
    limits = RateLimits(global_per_second=4, endpoint_per_second=2, clock=lambda: moment[0])
    with api_of(Account().store, limits=limits) as api:

        def ask(path: str) -> httpx.Response:
            return api.http.get(path)

        assert [ask("/v1/charges").status_code for _ in range(3)] == [200, 200, 429]
        refused = ask("/v1/charges")
        assert refused.headers["stripe-rate-limited-reason"] == "endpoint-rate"
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["error"]["code"] == "rate_limit"
        assert [ask(f"/v1/{name}").status_code for name in ("refunds", "prices")] == [200, 200]
        assert ask("/v1/payouts").headers["stripe-rate-limited-reason"] == "global-rate"

        moment[0] = 1.0
        assert [ask("/v1/charges").status_code for _ in range(3)] == [200, 200, 429]


def test_there_are_no_limits_unless_asked_for(api: Api) -> None:
    assert {api.http.get("/v1/charges", params={"limit": 1}).status_code for _ in range(60)} == {
        200
    }


def test_stripes_own_limits_are_the_default_of_the_switch() -> None:
    with api_of(Account().store, limits=RateLimits(clock=lambda: 0.0)) as api:
        answers = [api.http.get("/v1/charges").status_code for _ in range(26)]
    assert answers == [200] * 25 + [429]


def test_faults_hit_the_calls_they_are_planned_for(store: ObjectStore) -> None:
    plan = FaultPlan(
        Fault("/v1/charges", call=2, times=2, status=500),
        Fault("/v1/events", status=429, retry_after=7),
    )
    with api_of(store, faults=plan) as api:
        codes = [api.http.get("/v1/charges").status_code for _ in range(4)]
        assert codes == [200, 500, 500, 200]
        limited = api.http.get("/v1/events")
        assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
        assert api.http.get("/v1/events").status_code == 200

        api.serving.faults.add(Fault("*", call=7, status=409))
        locked = api.http.get("/v1/refunds")
        assert (locked.status_code, locked.json()["error"]["code"]) == (409, "lock_timeout")
        api.serving.faults.add(Fault("/v1/charges/{id}", delay_seconds=0.2))
        started = time.monotonic()
        assert api.http.get("/v1/charges/ch_1").status_code == 200
        assert time.monotonic() - started >= 0.2


def test_a_cut_connection_ends_in_the_middle_of_the_body(store: ObjectStore) -> None:
    with api_of(store, faults=FaultPlan(Fault("/v1/charges", cut=True))) as api:
        with pytest.raises(httpx.RemoteProtocolError):
            api.http.get("/v1/charges")
        assert api.http.get("/v1/charges").status_code == 200


def test_the_sdk_survives_a_500_when_told_to_retry(store: ObjectStore) -> None:
    with api_of(store, faults=FaultPlan(Fault("/v1/charges", status=500))) as api:
        client = stripe.StripeClient(
            SANDBOX_KEY, base_addresses={"api": api.serving.base_url}, max_network_retries=1
        )
        assert len(client.v1.charges.list().data) == 1


def test_requests_are_counted_by_endpoint(api: Api) -> None:
    api.http.get("/v1/charges", params={"limit": 1})
    api.http.get("/v1/charges/ch_1")
    api.http.get("/v1/charges/ch_2")
    api.http.get("/v1/nowhere")

    log = api.serving.log
    assert log.counts == {"/v1/charges": 1, "/v1/charges/{id}": 2, "": 1}
    assert [(one.query, one.status) for one in log.entries] == [
        ("limit=1", 200),
        ("", 200),
        ("", 404),
        ("", 404),
    ]
    log.clear()
    assert not log.counts


def test_control_routes_are_beside_the_api_and_need_no_key(store: ObjectStore) -> None:
    async def hello(request: Request) -> JSONResponse:
        return JSONResponse({"method": request.method})

    with api_of(store, control=lambda: [Route("/hello", hello, methods=["POST"])]) as api:
        answer = httpx.post(f"{api.serving.base_url}/_sandbox/hello", trust_env=False)
    assert answer.json() == {"method": "POST"}


def test_a_taken_port_is_an_error(api: Api, store: ObjectStore) -> None:
    port = int(api.serving.base_url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"), api_of(store, port=port):
        pass
