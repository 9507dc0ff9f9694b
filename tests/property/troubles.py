"""What goes wrong while an account is pulled: at Stripe, on the way, and in our own process."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Final

from memory_store import KilledError
from random_business import Business
from replica import Hooks

from ingest.stripe.specs import ALL_OBJECTS
from sandbox.stripe_api import ALWAYS, Fault

_LISTS: Final = sorted({spec.path for spec in ALL_OBJECTS})
_INSIDE: Final = (
    "/v1/invoices/{id}/lines",
    "/v1/subscription_items",
    "/v1/credit_notes/{id}/lines",
    "/v1/checkout/sessions/{id}/line_items",
)
_BY_ID: Final = sorted({f"{spec.path}/{{id}}" for spec in ALL_OBJECTS if not spec.parents})
_REASONS: Final = (
    "global-rate",
    "endpoint-rate",
    "global-concurrency",
    "endpoint-concurrency",
    "resource-specific",
)


@dataclass
class Kill:
    """Ends the process at a commit of its own counting, before or after it.

    Attributes:
        commit: which, counted from 1; never if 0.
        after: whether the load is complete by then.
    """

    commit: int = 0
    after: bool = False
    _met: int = 0

    def arm(self, hooks: Hooks) -> None:
        hooks.before_commit, hooks.after_commit = self._before, self._after

    def _before(self) -> None:
        self._met += 1
        if self._met == self.commit and not self.after:
            raise KilledError

    def _after(self) -> None:
        if self._met == self.commit and self.after:
            raise KilledError


@dataclass
class Trouble:
    """All that goes wrong with one pull.

    Attributes:
        faults: of the server, and what changes at Stripe between two of its answers.
        kill: of our process.
        lasting: what the pull must say if it meets a fault that does not go away.
    """

    faults: list[Fault] = field(default_factory=list)
    kill: Kill = field(default_factory=Kill)
    lasting: str = ""

    def __str__(self) -> str:
        """Say what is not as it should be."""
        kill = f"kill {'after' if self.kill.after else 'before'} commit {self.kill.commit}"
        return "; ".join([kill if self.kill.commit else "no kill", *map(_said, self.faults)])


def _said(fault: Fault) -> str:
    given = {
        one.name: getattr(fault, one.name)
        for one in fields(fault)
        if getattr(fault, one.name) != one.default
    }
    return " ".join(f"{name}={value}" for name, value in given.items())


def any_trouble(rng: random.Random, business: Business) -> Trouble:
    """Return what goes wrong with a pull: often nothing, often several things."""
    trouble = Trouble()
    for _ in range(rng.choice((0, 0, 1, 1, 2, 4))):
        trouble.faults.append(_fault(rng, business))
    if rng.random() < 0.08:
        status = rng.choice((403, 500))
        trouble.faults.append(Fault(_any_endpoint(rng), 1, ALWAYS, status=status))
        trouble.lasting = "refuses to read" if status == 403 else "fails to answer for"
    if rng.random() < 0.5:
        trouble.kill = Kill(commit=rng.choice((1, 1, 1, 2, 3, 6)), after=rng.random() < 0.5)
    return trouble


def _any_endpoint(rng: random.Random) -> str:
    return rng.choice((*_LISTS, *_INSIDE, *_BY_ID))


def _fault(rng: random.Random, business: Business) -> Fault:
    """Return something that passes, or a change at the worst moment."""
    where, call = _any_endpoint(rng), rng.choice((1, 1, 2, 3, 4))
    times = rng.randint(1, 3)
    kind = rng.choice(("refusal", "error", "cut", "drop", "drip", "move", "move", "move"))
    if kind == "refusal":
        retry_after, reason = rng.choice((None, 0, 1, 30)), rng.choice(_REASONS)
        return Fault(where, call, times, status=429, reason=reason, retry_after=retry_after)
    if kind == "error":
        return Fault(where, call, times, status=rng.choice((409, 500, 502, 503)))
    if kind == "cut":
        return Fault(where, call, times, cut=True)
    if kind == "drop":
        return Fault(where, call, times, drop=True)
    if kind == "drip":
        return Fault(where, call, times, chunk_bytes=rng.choice((64, 1_000)))
    return Fault(where, call, before=_move(rng, business))


def _move(rng: random.Random, business: Business) -> Callable[[], None]:
    """Return what changes the account in the middle of a pull."""
    own = random.Random(rng.random())

    def move() -> None:
        with business.chosen_by(own):
            business.pass_time(own.choice((0, 0, 1, 20)), acts=own.randint(1, 4))

    return move
