"""Stripe's webhooks: whose deliveries get in, what is kept of them, and that a storm is no harm."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from served import Client
from signing import ADDRESS, CANARY, SECRET, body_of, event, signature, signed

from reader.app import create_app
from reader.errors import BadSignatureError
from reader.signatures import verify
from warehouse.engines import engine_for
from warehouse.errors import SourceError
from warehouse.lock import run_lock
from warehouse.operations import Delivery, Inbox, OperationsStore, PaymentSum
from warehouse.settings import Settings

OTHER = "whsec_second0123456789"


@pytest.fixture
def hooked(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings(stripe_webhook_secret=SECRET)


@pytest.fixture
def stripe(hooked: Settings) -> Client:
    """Return Stripe: it has no token."""
    return Client(create_app(hooked), None)


def inbox(settings: Settings) -> Inbox:
    return Inbox(OperationsStore(settings))


def ids(settings: Settings) -> list[str]:
    return [delivery.event_id for delivery in inbox(settings).all()]


def test_of_a_payment_the_amount_is_kept_and_nobodys_name(hooked: Settings, stripe: Client) -> None:
    now = datetime.now(UTC)
    taken = {"object": "charge", "captured": True, "amount_captured": 1900, "currency": "usd"}
    held = {**taken, "captured": False, "amount_captured": 0}
    person = {"billing_details": {"email": CANARY}, "customer": "cus_1"}
    for number, (kind, charge, age) in enumerate(
        [
            ("charge.succeeded", taken, 60),
            ("charge.captured", {**taken, "amount_captured": 500, "currency": "jpy"}, 60),
            ("charge.captured", {**taken, "amount_captured": 100}, 3599),
            ("charge.succeeded", held, 60),
            ("charge.succeeded", taken, 3700),
            ("charge.refunded", taken, 60),
            ("charge.succeeded", {**taken, "currency": "<b>"}, 60),
            ("charge.succeeded", None, 60),
        ]
    ):
        body = event(
            f"evt_{number}",
            type=kind,
            created=int(now.timestamp()) - age,
            livemode=kind == "charge.captured",
            data={"object": {**charge, **person}} if charge else None,
        )
        for _ in range(2):
            assert stripe.request("POST", ADDRESS, **signed(body)).status_code == 200
    kept = inbox(hooked)
    assert len(kept.all()) == 8
    since = now - timedelta(hours=1)
    assert kept.payments(since, only_live=False) == [
        PaymentSum("jpy", 1, 500),
        PaymentSum("usd", 2, 2000),
    ]
    assert kept.payments(since, only_live=True) == [
        PaymentSum("jpy", 1, 500),
        PaymentSum("usd", 1, 100),
    ]
    stored = hooked.tillhouse_home.glob("operations.sqlite*")
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in stored)


def test_a_delivery_is_kept_without_what_is_in_it(hooked: Settings, stripe: Client) -> None:
    before = datetime.now(UTC)
    answer = stripe.request("POST", ADDRESS, **signed(event(account="acct_1")))
    assert (answer.status_code, answer.json()["received"]) == (200, True)
    (kept,) = inbox(hooked).all()
    assert before <= kept.received_at <= datetime.now(UTC)
    assert kept == Delivery(
        event_id="evt_1",
        account="acct_1",
        type="customer.updated",
        api_version="2026-10-28.endive",
        created=datetime.fromtimestamp(1_790_000_000, UTC),
        livemode=False,
        received_at=kept.received_at,
    )
    files = [path for path in hooked.tillhouse_home.rglob("*") if path.is_file()]
    assert files
    assert not any(CANARY.encode() in path.read_bytes() for path in files)


def test_a_thin_event_is_a_hint_too(hooked: Settings, stripe: Client) -> None:
    thin = {
        "id": "evt_thin",
        "object": "v2.core.event",
        "type": "v1.customer.updated",
        "created": "2026-11-22T02:00:00.000Z",
        "livemode": True,
    }
    assert stripe.request("POST", ADDRESS, **signed(thin)).status_code == 200
    (kept,) = inbox(hooked).all()
    assert (kept.account, kept.api_version) == (None, None)
    assert kept.created == datetime(2026, 11, 22, 2, tzinfo=UTC)


def test_a_second_delivery_of_an_event_is_welcome_and_adds_nothing(
    hooked: Settings, stripe: Client
) -> None:
    for age in (0, 1, 240):
        assert stripe.request("POST", ADDRESS, **signed(event(), age=age)).status_code == 200
    assert ids(hooked) == ["evt_1"]


def test_a_signature_counts_for_five_minutes_to_the_second() -> None:
    sent = signed(event())
    header = sent["headers"]["Stripe-Signature"]
    at = datetime.fromtimestamp(int(header.split(",")[0].removeprefix("t=")), UTC)
    verify(sent["content"], header, [SECRET.encode()], at + timedelta(seconds=300))
    with pytest.raises(BadSignatureError):
        verify(sent["content"], header, [SECRET.encode()], at + timedelta(seconds=301))


def _forged() -> dict[str, dict[str, Any]]:
    good = signed(event())
    body, header = good["content"], good["headers"]["Stripe-Signature"]
    time, v1 = header.split(",")

    def with_header(value: str) -> dict[str, Any]:
        return {"content": body, "headers": {"Stripe-Signature": value}}

    return {
        "no signature": {"content": body},
        "an empty one": with_header(""),
        "another secret": signed(event(), OTHER),
        "too old": signed(event(), age=302),
        "another body": {**good, "content": body.replace(b"cus_1", b"cus_2")},
        "laid out anew": {**good, "content": b" ".join(body.split())},
        "another time": with_header(f"t={int(time[2:]) + 1},{v1}"),
        "no time": with_header(v1),
        "two times": with_header(f"{time},{header}"),
        "a time that is none": with_header(f"t=now,{v1}"),
        "only an old scheme": with_header(header.replace("v1=", "v0=")),
        "half a signature": with_header(header[:-1]),
        "no signature in it": with_header(f"{time},v1="),
        "strange letters": {"content": body, "headers": {"Stripe-Signature": "t=1,v1=é".encode()}},
        "a token instead": {"content": body, "headers": {"Authorization": "Bearer a.b.c"}},
    }


def test_what_stripe_did_not_sign_is_refused_in_the_same_words(
    hooked: Settings, stripe: Client
) -> None:
    answers = {kind: stripe.request("POST", ADDRESS, **sent) for kind, sent in _forged().items()}
    for kind, answer in answers.items():
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_signature"), kind
        assert answer.headers["content-type"] == "application/problem+json"
        assert "whsec" not in answer.text
    assert len({answer.json()["detail"] for answer in answers.values()}) == 1
    assert ids(hooked) == []


def test_during_a_rotation_either_secret_holds(make_settings: Callable[..., Settings]) -> None:
    rotating = make_settings(stripe_webhook_secret=f"{SECRET}, {OTHER}")
    stripe = Client(create_app(rotating), None)
    for number, secret in enumerate((SECRET, OTHER)):
        sent = signed(event(f"evt_{number}"), secret)
        assert stripe.request("POST", ADDRESS, **sent).status_code == 200
    # Stripe signs with both while both are valid; here only its second is known.
    body = body_of(event("evt_both"))
    both = f"{signature(body, 'whsec_gone')},{signature(body).partition(',')[2]}"
    sent = {"content": body, "headers": {"Stripe-Signature": both}}
    assert stripe.request("POST", ADDRESS, **sent).status_code == 200
    assert ids(rotating) == ["evt_0", "evt_1", "evt_both"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\x00",
        b'{"id": "evt_1"}',
        body_of(event(id=7)),
        body_of(event(id="evt 1")),
        body_of(event(id="e" * 256)),
        body_of(event(type="a\u0000b")),
        body_of(event(created="now")),
        body_of(event(created=10**30)),
        body_of(event(created="2026-11-22T02:00:00")),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(
    hooked: Settings, stripe: Client, body: bytes
) -> None:
    headers = {"Stripe-Signature": signature(body)}
    answer = stripe.request("POST", ADDRESS, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert ids(hooked) == []


def test_a_body_is_not_read_beyond_its_limit(hooked: Settings, stripe: Client) -> None:
    fits = event(metadata="x" * 900_000)
    assert stripe.request("POST", ADDRESS, **signed(fits)).status_code == 200
    large = signed(event("evt_2", metadata="x" * 1_100_000))
    answer = stripe.request("POST", ADDRESS, **large)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert ids(hooked) == ["evt_1"]


def test_without_a_secret_it_says_which_setting_is_missing(settings: Settings) -> None:
    answer = Client(create_app(settings), None).request("POST", ADDRESS, **signed(event()))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "STRIPE_WEBHOOK_SECRET" in answer.json()["detail"]


def test_a_token_opens_nothing_here_and_no_other_method_does(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 405
    described = client.get("/openapi.json").json()["paths"][ADDRESS]["post"]
    assert described["security"] == []
    assert described["parameters"][0]["name"] == "Stripe-Signature"
    anonymous = Client(client.app, None)
    for method, path in (("GET", ADDRESS), ("POST", f"{ADDRESS}/"), ("POST", "/v1/webhooks")):
        assert anonymous.request(method, path).status_code == 401


@contextmanager
def _held_by_a_refresh(settings: Settings) -> Iterator[None]:
    """Hold the run lock, and the warehouse's file from another process."""
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
    path = str(settings.prepare_home() / "warehouse.duckdb")
    with (
        run_lock(settings, "tillhouse refresh"),
        subprocess.Popen(
            [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder,
    ):
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate(b"\n")


def test_it_works_while_a_refresh_holds_the_warehouse(hooked: Settings, stripe: Client) -> None:
    with _held_by_a_refresh(hooked):
        with pytest.raises(SourceError), engine_for(hooked).connect():
            pytest.fail("the file is not held")
        assert stripe.request("POST", ADDRESS, **signed(event())).status_code == 200
    assert ids(hooked) == ["evt_1"]


async def _storm(app: Any, sent: list[dict[str, Any]]) -> list[int]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://reader") as client:
        answers = await asyncio.gather(*(client.post(ADDRESS, **one) for one in sent))
    return [answer.status_code for answer in answers]


def test_of_a_storm_each_event_is_there_exactly_once(hooked: Settings, stripe: Client) -> None:
    expected = {f"evt_{number}" for number in range(1_000)}
    sent = [signed(event(event_id)) for event_id in expected]
    assert asyncio.run(_storm(stripe.app, sent + sent[:100])) == [200] * 1_100
    kept = ids(hooked)
    assert len(kept) == 1_000
    assert set(kept) == expected


@pytest.mark.postgres
def test_a_storm_on_postgres(make_settings: Callable[..., Settings], postgres_url: str) -> None:
    hooked = make_settings(stripe_webhook_secret=SECRET, warehouse_url=postgres_url)
    sent = [signed(event(f"evt_{number % 400}")) for number in range(500)]
    assert set(asyncio.run(_storm(create_app(hooked), sent))) == {200}
    assert len(ids(hooked)) == 400


def test_a_database_that_is_away_is_a_503(make_settings: Callable[..., Settings]) -> None:
    away = make_settings(stripe_webhook_secret=SECRET, warehouse_url="postgresql://u@127.0.0.1:1/d")
    answer = Client(create_app(away), None).request("POST", ADDRESS, **signed(event()))
    assert (answer.status_code, answer.json()["code"]) == (503, "inbox_unavailable")
    assert answer.headers["Retry-After"]
    assert "127.0.0.1" not in answer.text
