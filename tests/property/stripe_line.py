"""The line to Stripe: one HTTP server for all schedules, and a reader that never has to wait.

Every schedule is an account of its own, connected to one platform, so that a server is started
once and not two hundred times.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from random_account import Account

from ingest.stripe.client import ATTEMPTS, StripeReader
from ingest.stripe.pace import EndpointPaces
from ingest.stripe.transport import PatientTransport, session_for
from sandbox.stripe_api import SANDBOX_KEY, Fault, FaultPlan, ObjectStore, serve
from warehouse.settings import Settings, load_settings

_HERE: Final = "http://127.0.0.1"

# One for all warehouses, or their rows could not be compared.
_PSEUDONYM_KEY = "property"


class Plan(FaultPlan):
    """Faults of one pull at a time: calls are counted from its beginning."""

    def begin(self, faults: Iterable[Fault] = ()) -> None:
        """Forget the faults of the last pull, and plan others."""
        self._faults = list(faults)
        self._calls.clear()


class _Unpaced(EndpointPaces):
    """Lets everybody through at once: what a pace does is tested where it is at home."""

    def wait(self, endpoint: str) -> None:
        pass


@dataclass(frozen=True)
class Line:
    """A platform that is served, with the accounts connected to it.

    Attributes:
        settings: reach it.
        accounts: the connected accounts' objects, by account id.
        plan: what goes wrong.
    """

    settings: Settings
    accounts: dict[str, ObjectStore]
    plan: Plan

    def connect(self, account: Account) -> None:
        """Let an account be read; the one before it is not needed any more."""
        self.accounts.clear()
        self.accounts[account.account_id] = account.store

    def reader(self, account_id: str) -> StripeReader:
        """Return a reader as a new process has it."""
        return unhurried(StripeReader(self.settings, account=account_id))


def unhurried(reader: StripeReader) -> StripeReader:
    """Return the reader with the product's own retries, but without pauses and new connections."""
    transport = PatientTransport(_Unpaced(100), attempts=ATTEMPTS, base=_HERE, sleep=lambda _: None)
    transport._session = _SESSION
    reader._transport = transport
    return reader


# Of all threads and pulls: a connection takes longer than what it is for.
_SESSION: Final = session_for(_HERE)


@contextmanager
def line_to_stripe(home: Path) -> Iterator[Line]:
    """Serve a platform that nobody is connected to yet."""
    platform = Account("acct_platform", random.Random(0))
    accounts: dict[str, ObjectStore] = {}
    plan = Plan()
    with serve(platform.store, connected=accounts, faults=plan) as serving:
        settings = load_settings(
            tillhouse_home=home,
            stripe_secret_key=SANDBOX_KEY,
            stripe_api_base=serving.base_url,
            pseudonym_key=_PSEUDONYM_KEY,
        )
        yield Line(settings, accounts, plan)
