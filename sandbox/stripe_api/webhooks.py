"""Stripe's webhooks: the account's events signed and posted to a URL, as unreliably as asked."""

from __future__ import annotations

import hmac
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import httpx
import orjson

from sandbox.stripe_api.render import Json
from sandbox.stripe_api.store import ObjectStore

_USER_AGENT = "Stripe/1.0 (+https://stripe.com/docs/webhooks)"


@dataclass(frozen=True, slots=True)
class Disorder:
    """How badly deliveries go; the same seed goes wrong in the same way.

    Args:
        drop: the share of events never delivered, 0 to 1.
        double: the share of the others delivered twice, 0 to 1.
        permute: deliver in any order; else in the given one, twins side by side.
        seed: of the choices.

    Raises:
        ValueError: for a share outside 0 to 1.
    """

    drop: float = 0.0
    double: float = 0.0
    permute: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        """Reject shares that are none."""
        for name, share in (("drop", self.drop), ("double", self.double)):
            if not 0 <= share <= 1:
                raise ValueError(f"{name} is a share between 0 and 1, not {share}")

    def of(self, event_ids: Iterable[str]) -> list[str]:
        """Return the ids as they will be delivered."""
        rng = random.Random(self.seed)  # noqa: S311 - a simulation
        sent: list[str] = []
        for event_id in event_ids:
            dropped, doubled = rng.random() < self.drop, rng.random() < self.double
            if not dropped:
                sent += [event_id, event_id] if doubled else [event_id]
        if self.permute:
            rng.shuffle(sent)
        return sent


IN_ORDER = Disorder()
"""Every event once, in the given order."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST that was answered."""

    event_id: str
    status: int


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook endpoint of the account.

    Args:
        url: where events are posted.
        secrets: what deliveries are signed with (``whsec_…``); two while one replaces the other.
        account_id: the connected account whose events these are, which their ``account`` names;
            empty for the account's own.
        clock: seconds since 1970 of the signature: real ones, as receivers compare with real time.
        timeout_seconds: how long an answer is waited for.

    Raises:
        ValueError: without a secret: Stripe signs every delivery.
    """

    url: str
    secrets: tuple[str, ...]
    account_id: str = ""
    clock: Callable[[], float] = time.time
    timeout_seconds: float = 10.0

    def __post_init__(self) -> None:
        """Reject an endpoint whose deliveries nobody could trust."""
        if not self.secrets:
            raise ValueError(f"the webhook to {self.url} has no secret to sign with: give one")

    def deliver(
        self, store: ObjectStore, event_ids: Sequence[str], disorder: Disorder = IN_ORDER
    ) -> list[Delivery]:
        """Post events one after the other, and return each answer's status in that order.

        Args:
            store: the account whose events they are.
            event_ids: which, in the order Stripe would deliver them.
            disorder: what goes wrong on the way.

        Raises:
            KeyError: for an event the account does not have (any more).
            httpx.TransportError: if nobody answers.
        """
        events = {event_id: self._payload(store, event_id) for event_id in event_ids}
        with httpx.Client(timeout=self.timeout_seconds, trust_env=False) as client:
            return [
                Delivery(event_id, self._post(client, events[event_id]))
                for event_id in disorder.of(event_ids)
            ]

    def _payload(self, store: ObjectStore, event_id: str) -> bytes:
        event: Json | None = store.get("event", event_id)
        if event is None:
            raise KeyError(f"the account has no event {event_id}: it never happened or aged out")
        if self.account_id:
            event["account"] = self.account_id
        return orjson.dumps(event, option=orjson.OPT_INDENT_2)

    def _post(self, client: httpx.Client, body: bytes) -> int:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, self.secrets, int(self.clock())),
            "User-Agent": _USER_AGENT,
        }
        return client.post(self.url, content=body, headers=headers).status_code


def signature(body: bytes, secrets: Iterable[str], second: int) -> str:
    """Return the ``Stripe-Signature`` header of a body.

    Args:
        body: exactly as it is sent.
        secrets: one signature is made with each.
        second: since 1970, signed with the body so that nobody can replay it later.
    """
    signed = b"%d.%s" % (second, body)
    made = [hmac.new(secret.encode(), signed, "sha256").hexdigest() for secret in secrets]
    return ",".join([f"t={second}", *(f"v1={one}" for one in made)])
