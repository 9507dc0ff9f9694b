"""Events delivered by webhook: signed as the official SDK verifies, and as unreliable as asked."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import stripe
from stripe_account import NOW, Account

from sandbox.stripe_api import Disorder, Webhook

OLD, NEW = "whsec_oldsecretofthesandbox", "whsec_newsecretofthesandbox"


@dataclass
class Receiver:
    """A real HTTP server that keeps what it is sent and answers with a status."""

    url: str = ""
    status: int = 200
    taken: list[tuple[bytes, str]] = field(default_factory=list)

    def events(self, secret: str) -> list[stripe.Event]:
        return [stripe.Webhook.construct_event(body, header, secret) for body, header in self.taken]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.taken.append((body, self.headers["Stripe-Signature"]))
            self.send_response(kept.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}/webhooks/stripe"
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def account() -> Account:
    account = Account()
    account.put("customer", "cus_1", name="Ödön")
    return account


@pytest.fixture
def event_ids(account: Account) -> list[str]:
    customer = account.store.get("customer", "cus_1")
    return [account.store.emit("customer.created", customer, NOW) for _ in range(40)]


def test_the_sdk_takes_every_event_as_the_api_shows_it(
    account: Account, event_ids: list[str], receiver: Receiver
) -> None:
    done = Webhook(receiver.url, (NEW,)).deliver(account.store, event_ids)

    assert [(one.event_id, one.status) for one in done] == [(one, 200) for one in event_ids]
    taken = receiver.events(NEW)
    assert [event.id for event in taken] == event_ids
    assert taken[0].data.object.name == "Ödön"
    assert taken[0].to_dict() == account.store.get("event", event_ids[0])


def test_a_delivery_is_refused_with_another_secret_or_when_it_is_old(
    account: Account, event_ids: list[str], receiver: Receiver
) -> None:
    Webhook(receiver.url, (NEW,)).deliver(account.store, event_ids[:1])
    with pytest.raises(stripe.SignatureVerificationError, match="No signatures found matching"):
        receiver.events(OLD)

    receiver.taken.clear()
    late = Webhook(receiver.url, (NEW,), clock=lambda: time.time() - 301)
    late.deliver(account.store, event_ids[:1])
    with pytest.raises(stripe.SignatureVerificationError, match="outside the tolerance"):
        receiver.events(NEW)


def test_during_a_rotation_either_secret_will_do(
    account: Account, event_ids: list[str], receiver: Receiver
) -> None:
    Webhook(receiver.url, (OLD, NEW)).deliver(account.store, event_ids[:2])
    assert [event.id for event in receiver.events(OLD)] == event_ids[:2]
    assert [event.id for event in receiver.events(NEW)] == event_ids[:2]


def test_deliveries_can_be_lost_doubled_and_out_of_order(
    account: Account, event_ids: list[str], receiver: Receiver
) -> None:
    disorder = Disorder(drop=0.25, double=0.25, permute=True, seed=7)
    done = Webhook(receiver.url, (NEW,)).deliver(account.store, event_ids, disorder)

    arrived = [event.id for event in receiver.events(NEW)]
    assert arrived == [one.event_id for one in done] == disorder.of(event_ids)
    assert set(arrived) < set(event_ids)
    assert len(arrived) > len(set(arrived))
    assert sorted(arrived, key=event_ids.index) != arrived


def test_disorder_is_the_same_for_the_same_seed(event_ids: list[str]) -> None:
    def sent(seed: int) -> list[str]:
        return Disorder(drop=0.5, double=0.5, permute=True, seed=seed).of(event_ids)

    assert sent(1) == sent(1) != sent(2)


@pytest.mark.parametrize(
    ("disorder", "expected"),
    [
        (Disorder(), ["a", "b"]),
        (Disorder(drop=1), []),
        (Disorder(double=1), ["a", "a", "b", "b"]),
    ],
)
def test_all_or_nothing(disorder: Disorder, expected: list[str]) -> None:
    assert disorder.of(["a", "b"]) == expected


def test_the_order_is_the_callers(
    account: Account, event_ids: list[str], receiver: Receiver
) -> None:
    Webhook(receiver.url, (NEW,)).deliver(account.store, event_ids[::-1])
    assert [event.id for event in receiver.events(NEW)] == event_ids[::-1]


def test_events_of_a_connected_account_name_it(
    account: Account, event_ids: list[str], receiver: Receiver
) -> None:
    Webhook(receiver.url, (NEW,), account_id="acct_north").deliver(account.store, event_ids[:1])
    assert receiver.events(NEW)[0].account == "acct_north"


def test_a_receivers_error_is_reported(
    account: Account, event_ids: list[str], receiver: Receiver
) -> None:
    receiver.status = 503
    (done,) = Webhook(receiver.url, (NEW,)).deliver(account.store, event_ids[:1])
    assert done.status == 503


def test_what_cannot_be_delivered_is_an_error(
    account: Account, event_ids: list[str], receiver: Receiver
) -> None:
    with pytest.raises(KeyError, match="no event evt_never"):
        Webhook(receiver.url, (NEW,)).deliver(account.store, ["evt_never"])
    account.clock.move(days=31)
    account.store.forget_old_events()
    with pytest.raises(KeyError, match="aged out"):
        Webhook(receiver.url, (NEW,)).deliver(account.store, event_ids)
    assert receiver.taken == []


def test_nobody_listening_is_an_error(account: Account, event_ids: list[str]) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        with pytest.raises(httpx.ConnectError):
            Webhook(url, (NEW,)).deliver(account.store, event_ids[:1])


def test_mistakes_in_a_webhook_are_told() -> None:
    with pytest.raises(ValueError, match="has no secret to sign with"):
        Webhook("http://127.0.0.1:9/", ())
    with pytest.raises(ValueError, match="drop is a share between 0 and 1, not 2"):
        Disorder(drop=2)
