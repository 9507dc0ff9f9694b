"""What holds and what was revoked, as the operations store has it: asked at most twice a second.

So a request costs no query and waits for none while there are others, and what is revoked is
refused within a second. If the store can't be asked, nobody is let in: whether a key still holds is
nothing to guess.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

from reader.errors import CredentialsUnavailableError
from warehouse.operations import ApiKey, ApiKeys, OperationsStore, Revocations, Revoked

# How old an answer of the store may be, and from what age on the next is asked for beforehand.
FRESH_SECONDS: Final = 1.0
DUE_SECONDS: Final = 0.5

_MOST_VERIFIED: Final = 4096

T = TypeVar("T")


class VerifiedTokens(Generic[T]):
    """What was verified lately, by the hash of what was sent; only what held is in it.

    Args:
        seconds: how long it may be remembered, unless it expires before.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[bytes, tuple[T, float]] = {}

    def get(self, sent: str) -> T | None:
        """Return what was verified, if it has not expired."""
        found = self._known.get(_digest(sent))
        return found[0] if found is not None and time.time() < found[1] else None

    def keep(self, sent: str, verified: T, expires_at: datetime | None) -> T:
        """Remember and return what was verified."""
        if len(self._known) >= _MOST_VERIFIED:
            self._known.clear()
        end = time.time() + self._seconds
        if expires_at is not None:
            end = min(end, expires_at.timestamp())
        self._known[_digest(sent)] = (verified, end)
        return verified


class Credentials:
    """API keys and revocations, as of a second ago at most."""

    def __init__(
        self, store: OperationsStore, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._api_keys = ApiKeys(store)
        self._revocations = Revocations(store)
        self._clock = clock
        self._guard = threading.Lock()
        self._read_at = float("-inf")
        self._is_asking = False
        self._keys: dict[str, ApiKey] = {}
        self.revoked = Revoked(frozenset(), {})

    def are_fresh(self) -> bool:
        """Return whether what is known is new enough to be relied upon."""
        return self._clock() - self._read_at < FRESH_SECONDS

    def refresh(self) -> None:
        """Ask the store if what is known is not fresh.

        Raises:
            CredentialsUnavailableError: it can't be asked.
        """
        if self.are_fresh():
            return
        with self._guard:
            if not self.are_fresh():
                self._read()

    def refresh_soon(self) -> None:
        """Ask the store in another thread if what is known will not be fresh for much longer."""
        if self._is_asking or self._clock() - self._read_at < DUE_SECONDS:
            return
        self._is_asking = True
        threading.Thread(target=self._ask, name="credentials", daemon=True).start()

    def _ask(self) -> None:
        try:
            with self._guard:
                self._read()
        except CredentialsUnavailableError:
            # Whoever comes when what is known is too old is told.
            return
        finally:
            self._is_asking = False

    def is_active(self, key_id: str) -> bool:
        """Return whether a key holds now, by what is known."""
        found = self._keys.get(key_id)
        return found is not None and found.holds(datetime.now(UTC))

    def find(self, key: str) -> ApiKey | None:
        """Return what is known of a key, or None if it is unknown, expired or revoked.

        Raises:
            CredentialsUnavailableError: the store can't be asked.
        """
        with _as_problem():
            found = self._api_keys.find(key)
        if found is not None and found.key_id not in self._keys:
            # Made since the store was asked last.
            with self._guard:
                self._read()
        return found

    def revoke_session(self, session_id: str) -> None:
        """Write down that a session is closed.

        Raises:
            CredentialsUnavailableError: that can't be written.
        """
        with _as_problem(), self._guard:
            self._revocations.revoke_session(session_id)
            self._read()

    def _read(self) -> None:
        asked_at = self._clock()
        with _as_problem():
            self._keys = {key.key_id: key for key in self._api_keys.all()}
            self.revoked = self._revocations.all()
        self._read_at = asked_at


@contextmanager
def _as_problem() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise CredentialsUnavailableError("whether credentials hold can't be found out") from error


def _digest(sent: str) -> bytes:
    return hashlib.sha256(sent.encode(errors="surrogatepass")).digest()
