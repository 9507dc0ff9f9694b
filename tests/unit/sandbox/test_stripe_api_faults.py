"""What can be made to go wrong: limits, permissions, slow and broken answers, moving ground."""

from __future__ import annotations

import socket
import time

import httpx
import pytest
import stripe
from stripe_account import NOW, START, Account, Api, api_of

from sandbox.stripe_api import ALWAYS, SANDBOX_KEY, Fault, FaultPlan
from sandbox.stripe_api.faults import RATE_LIMITED_REASONS


@pytest.fixture
def account() -> Account:
    account = Account()
    account.put("account", "acct_company")
    for n in range(4):
        account.put("charge", f"ch_{n}", START + n)
    return account


@pytest.mark.parametrize("reason", RATE_LIMITED_REASONS)
@pytest.mark.parametrize("retry_after", [None, 3])
def test_a_429_names_its_limit_and_may_say_how_long_to_wait(
    account: Account, reason: str, retry_after: int | None
) -> None:
    fault = Fault("/v1/charges", status=429, reason=reason, retry_after=retry_after)
    with api_of(account.store, faults=FaultPlan(fault)) as api:
        refused = api.http.get("/v1/charges")
        assert refused.status_code == 429
        assert refused.headers["stripe-rate-limited-reason"] == reason
        assert refused.headers.get("retry-after") == (retry_after and str(retry_after))
        assert api.http.get("/v1/charges").status_code == 200


def test_a_limit_that_stripe_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="'too-many' is no reason for a 429: choose global-rate,"):
        Fault("/v1/charges", status=429, reason="too-many")


def test_a_permission_can_be_missing_for_one_endpoint(account: Account) -> None:
    plan = FaultPlan(Fault("/v1/events", times=ALWAYS, status=403))
    with api_of(account.store, faults=plan) as api:
        for _ in range(3):
            with pytest.raises(stripe.PermissionError) as raised:
                api.sdk.v1.events.list()
        message = raised.value.user_message
        assert "Having the 'rak_event_read' permission would allow this request" in message
        assert "on account 'acct_company'" in message
        assert SANDBOX_KEY not in message
        assert len(api.sdk.v1.charges.list().data) == 4


def test_a_body_can_come_in_drips(account: Account) -> None:
    plan = FaultPlan(Fault("/v1/charges", chunk_bytes=100, chunk_seconds=0.01))
    with api_of(account.store, faults=plan) as api:
        started = time.monotonic()
        with api.http.stream("GET", "/v1/charges") as answer:
            answer.read()
        took = time.monotonic() - started
        assert answer.json() == api.get("/v1/charges")
        chunks = -(-int(answer.headers["content-length"]) // 100)
        assert chunks > 10
        assert took >= chunks * 0.01


def test_a_drip_can_break_off(account: Account) -> None:
    plan = FaultPlan(Fault("/v1/charges", chunk_bytes=100, cut=True))
    with api_of(account.store, faults=plan) as api:
        received: list[bytes] = []
        with api.http.stream("GET", "/v1/charges") as answer:
            with pytest.raises(httpx.RemoteProtocolError):
                received.extend(answer.iter_raw())
            assert len(b"".join(received)) == int(answer.headers["content-length"]) // 2


def test_a_connection_can_break_before_the_first_byte(account: Account) -> None:
    plan = FaultPlan(Fault("/v1/charges", drop=True))
    with api_of(account.store, faults=plan) as api:
        host, port = api.serving.base_url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as raw:
            request = f"GET /v1/charges HTTP/1.1\r\nHost: {host}\r\n"
            raw.sendall(f"{request}Authorization: Bearer {SANDBOX_KEY}\r\n\r\n".encode())
            assert read_from(raw) == b""
        assert len(api.sdk.v1.charges.list().data) == 4


def read_from(raw: socket.socket) -> bytes:
    """Return what comes before the end, which may be a reset."""
    try:
        return raw.recv(1)
    except ConnectionResetError:
        return b""


def test_the_sdk_survives_a_dropped_connection_when_told_to_retry(account: Account) -> None:
    with api_of(account.store, faults=FaultPlan(Fault("/v1/charges", drop=True))) as api:
        client = stripe.StripeClient(
            SANDBOX_KEY, base_addresses={"api": api.serving.base_url}, max_network_retries=1
        )
        assert len(client.v1.charges.list().data) == 4


def pages(api: Api) -> list[str]:
    listed = api.sdk.v1.charges.list({"limit": 2})
    return [one.id for one in listed.auto_paging_iter()]


def test_an_object_can_appear_or_go_between_two_pages(account: Account) -> None:
    def change() -> None:
        account.store.delete("charge", "ch_0", NOW)
        account.put("charge", "ch_new", START + 9)

    plan = FaultPlan(Fault("/v1/charges", call=2, before=change))
    with api_of(account.store, faults=plan) as api:
        assert pages(api) == ["ch_3", "ch_2", "ch_1"]
        assert pages(api) == ["ch_new", "ch_3", "ch_2", "ch_1"]


def test_the_object_under_a_cursor_can_go(account: Account) -> None:
    plan = FaultPlan(
        Fault("/v1/charges", call=2, before=lambda: account.store.delete("charge", "ch_2", NOW))
    )
    with api_of(account.store, faults=plan) as api:
        with pytest.raises(stripe.InvalidRequestError, match="No such charge: 'ch_2'"):
            pages(api)
        assert pages(api) == ["ch_3", "ch_1", "ch_0"]


def test_what_happens_before_an_answer_can_come_with_another_fault(account: Account) -> None:
    seen: list[str] = []
    plan = FaultPlan(Fault("*", call=1, before=lambda: seen.append("asked"), status=500))
    with api_of(account.store, faults=plan) as api:
        assert api.http.get("/v1/refunds").status_code == 500
        assert api.http.get("/v1/refunds").status_code == 200
    assert seen == ["asked"]
