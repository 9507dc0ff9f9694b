"""Limits by token and address, weighted by cost; nothing here waits for time to pass."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from limits import RateLimitItemPerMinute
from served import Client, publish, token
from signing import ADDRESS, SECRET, event, signed

from reader.app import create_app
from reader.errors import RateLimitedError
from reader.limits import (
    DELIVERIES,
    FAILED_SIGN_INS,
    REFUSALS,
    Limiter,
    Slots,
    _wait,
    cost_of,
    network_of,
)
from warehouse.operations import ApiKeys, OperationsStore
from warehouse.settings import load_settings


@pytest.fixture(autouse=True)
def _time_stands_still() -> Iterator[None]:
    """Keep every test inside one window, however slow the machine is."""
    with time_machine.travel(datetime(2026, 11, 22, 2, 0, 30, tzinfo=UTC), tick=False):
        yield


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    settings = load_settings(
        tillhouse_home=tmp_path_factory.mktemp("limited"),
        reader_rate_limit=60,
        stripe_webhook_secret=SECRET,
    )
    publish(settings)
    return settings


@pytest.fixture
def app(limited):
    """Yield an application; a generation's file is open in one of them at a time."""
    app = create_app(limited)
    yield app
    app.state.services.generations.close()


def _codes(client: Client, path: str, times: int) -> list[int]:
    return [client.get(path).status_code for _ in range(times)]


def test_one_request_too_many_is_told_when_to_come_back(app, limited):
    client = Client(app, token(limited))
    assert _codes(client, "/v1/kpis", 61) == [200] * 60 + [429]
    refused = client.get("/v1/kpis")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    # The window has 30 s left; a second later one of its sixty no longer counts.
    assert refused.headers["retry-after"] == "31"
    assert "wait" in refused.json()["detail"]


def test_one_token_too_many_leaves_others_alone(app, limited):
    ana, ben = (Client(app, token(limited, sub=name)) for name in ("ana", "ben"))
    assert _codes(ana, "/v1/kpis", 61)[-1] == 429
    assert ben.get("/v1/kpis").status_code == 200
    key = ApiKeys(OperationsStore(limited)).create("ana")
    assert Client(app, key).get("/v1/kpis").status_code == 200


def test_tokens_and_sessions_of_one_name_count_together(app, limited):
    browser = Client(app, None)
    assert _codes(Client(app, token(limited, sub="ana")), "/v1/kpis", 61)[-1] == 429
    opened = browser.request("POST", "/v1/session", json={"token": token(limited, sub="ana")})
    assert opened.status_code == 200
    cookie = {"Cookie": f"tillhouse_session={opened.cookies['tillhouse_session']}"}
    assert browser.get("/v1/kpis", headers=cookie).status_code == 429


def test_what_is_dear_counts_as_several(app, limited):
    client = Client(app, token(limited))
    assert _codes(client, "/v1/metrics/none/explain?period=2026-10", 13) == [404] * 12 + [429]
    assert cost_of("/v1/export.zip") > 100 * cost_of("/v1/kpis")


def test_limits_come_after_rights(app, limited):
    client = Client(app, token(limited, role="USER"))
    assert set(_codes(client, "/v1/kpis", 65)) == {403}


def test_failed_sign_ins_close_the_door_to_an_address(app, limited):
    client = Client(app, None)

    def sign_in(bearer: str) -> int:
        return client.request("POST", "/v1/session", json={"token": bearer}).status_code

    assert [sign_in(token(limited)) for _ in range(15)] == [200] * 15
    assert [sign_in("a.b.c") for _ in range(12)] == [401] * 10 + [429] * 2
    assert sign_in(token(limited)) == 429


def test_requests_without_a_token_are_refused_ever_more_cheaply(app, limited):

    async def exhaust() -> None:
        limiter = app.state.protection.limiter
        for _ in range(2 * REFUSALS.item.amount + 1):
            await limiter.count(REFUSALS, "127.0.0.1")

    asyncio.run(exhaust())
    assert Client(app, None).get("/v1/kpis").status_code == 429
    # Who has a token is not kept out by who has none.
    assert Client(app, token(limited)).get("/v1/kpis").status_code == 200


def test_a_storm_of_webhooks_is_let_in_and_uses_up_nobodys_limit(app, limited):
    client = Client(app, None)
    for number in range(5):
        answer = client.request("POST", ADDRESS, **signed(event(f"evt_{number}")))
        assert answer.status_code == 200

    async def storm() -> int:
        limiter = Limiter(limited)
        for _ in range(5_000):
            await limiter.spend(DELIVERIES, "54.187.174.169")
        return DELIVERIES.item.amount

    assert asyncio.run(storm()) >= 10_000


def test_the_webhooks_limit_is_not_endless(limited):
    async def flood() -> None:
        limiter = Limiter(limited)
        for _ in range(10):
            await limiter.spend(DELIVERIES, "1.2.3.4", cost=3_000)

    with pytest.raises(RateLimitedError):
        asyncio.run(flood())


def test_names_without_end_take_bounded_memory(limited, monkeypatch):
    monkeypatch.setattr("reader.limits._MOST_NAMES", 100)
    limiter = Limiter(limited)

    async def flood() -> None:
        for number in range(1_000):
            await limiter.count(FAILED_SIGN_INS, f"10.0.{number // 256}.{number % 256}")

    asyncio.run(flood())
    assert len(limiter._memory.storage) <= 102
    with pytest.raises(RateLimitedError):
        asyncio.run(limiter.require_left(FAILED_SIGN_INS, "192.0.2.1"))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_what_one_client_has_counts_as_one(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("cost", "window", "seconds"),
    [
        # Full, in a window that has 30 s left; from then on it weighs less by the second.
        (1, (0, 0.0, 60, 90.0), 31),
        # The window before still weighs 30 of 60; room for one more comes with each second.
        (1, (60, 30.0, 30, 90.0), 1),
        (20, (60, 30.0, 30, 90.0), 20),
        # Dearer than the limit itself: whatever is said is bounded.
        (90, (0, 0.0, 0, 0.0), 1),
        (90, (0, 0.0, 10, 90.0), 120),
    ],
)
def test_who_is_refused_is_told_a_time_after_which_it_fits(cost, window, seconds):
    assert _wait(RateLimitItemPerMinute(60), cost, *window) == seconds


def test_slots_are_given_back_and_bounded():
    slots = Slots(1, 2, "exports")
    with slots.hold("ana"), slots.hold("ben"):
        for name in ("ana", "cy"):
            with pytest.raises(RateLimitedError, match="exports"), slots.hold(name):
                pass
    with slots.hold("ana"):
        pass
    assert not slots._held
