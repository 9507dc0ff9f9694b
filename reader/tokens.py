"""Tokens: JWTs that the reader's own secret signs, or another service's keys.

The algorithm is the reader's choice, never the token's: HS256 under the secret, or asymmetric ones
under the key set of READER_JWKS_URL. `exp` is required; audience and issuer count once they are
set. Tokens expire by the machine's clock, never by a simulated one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import jwt

from reader.errors import UnauthenticatedError
from warehouse.settings import Settings

logger = logging.getLogger(__name__)

SYMMETRIC = ("HS256",)
ASYMMETRIC = ("RS256", "PS256", "ES256", "EdDSA")

# The clock of whoever issues tokens may be ahead: by more than this, somebody has to set one. What
# has expired has expired.
LEEWAY_SECONDS: Final = 5

_FETCH_SECONDS: Final = 5.0
_EXPIRED: Final = "the token has expired: get a new one"


class KeySet:
    """The keys of another service's tokens, by id, as READER_JWKS_URL names them.

    They are read again every five minutes, and for a key that is not known, though never more
    often than every ten seconds: whoever makes up key ids makes no requests. While they can't be
    read the known ones count on, for a day at most.

    Args:
        url: of the key set.
        clock: seconds that only grow.
    """

    FRESH_SECONDS: Final = 300.0
    PAUSE_SECONDS: Final = 10.0
    KEPT_SECONDS: Final = 86_400.0

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=_FETCH_SECONDS)
        self._clock = clock
        self._guard = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = self._tried_at = float("-inf")
        self._is_away = False

    def key(self, key_id: object) -> jwt.PyJWK:
        """Return a key; this may ask the service.

        Raises:
            UnauthenticatedError: there is none of this id, or no keys can be had.
        """
        known = self._keys.get(key_id) if isinstance(key_id, str) else None
        # Who has a key that counts waits for nobody who asks the service just now.
        if self._is_due(known) and self._guard.acquire(blocking=known is None):
            try:
                if self._is_due(known):
                    self._read(self._clock())
            finally:
                self._guard.release()
            known = self._keys.get(key_id) if isinstance(key_id, str) else None
        if self._clock() - self._read_at > self.KEPT_SECONDS:
            raise UnauthenticatedError("the keys that tokens are checked with can't be read")
        if known is None:
            raise UnauthenticatedError("the token is not valid here")
        return known

    def _is_due(self, known: jwt.PyJWK | None) -> bool:
        now = self._clock()
        is_wanted = known is None or now - self._read_at > self.FRESH_SECONDS
        return is_wanted and now - self._tried_at >= self.PAUSE_SECONDS

    def _read(self, now: float) -> None:
        self._tried_at = now
        try:
            keys = self._client.get_signing_keys()
        except (jwt.PyJWKClientError, jwt.PyJWKSetError, ValueError) as error:
            if not self._is_away:
                logger.warning("the keys of READER_JWKS_URL can't be read: %s", error)
            self._is_away = True
            return
        # What the service no longer names no longer counts.
        self._keys = {str(key.key_id): key for key in keys}
        self._read_at = now
        self._is_away = False


class TokenVerifier:
    """Checks the tokens of one reader."""

    def __init__(self, settings: Settings) -> None:
        url = settings.reader_jwks_url
        self._keys = KeySet(url) if url else None
        self._secret = settings.reader_jwt_secret_value()
        self._audience = settings.reader_jwt_audience
        self._issuer = settings.reader_jwt_issuer
        # How long what a token says may be remembered: as long as its key counts.
        self.remembered_seconds = KeySet.FRESH_SECONDS if url else float("inf")

    def claims(self, token: str) -> Mapping[str, Any]:
        """Return what a token says.

        Raises:
            UnauthenticatedError: it is malformed, expired, for somebody else or signed by somebody
                else, or the key set can't be read.
        """
        if self._keys is None:
            return decode(token, self._secret, SYMMETRIC, self._audience, self._issuer)
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError:
            raise UnauthenticatedError("the token is not valid here") from None
        if header.get("alg") not in ASYMMETRIC:
            raise UnauthenticatedError("the token is not valid here")
        key = self._keys.key(header.get("kid"))
        return decode(token, key, ASYMMETRIC, self._audience, self._issuer)


def decode(
    token: str,
    key: bytes | jwt.PyJWK,
    algorithms: tuple[str, ...],
    audience: str | None = None,
    issuer: str | None = None,
) -> Mapping[str, Any]:
    """Return the claims of a signed token.

    Raises:
        UnauthenticatedError: it does not hold.
    """
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=algorithms,
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp"], "verify_aud": audience is not None},
        )
    except jwt.ExpiredSignatureError:
        raise UnauthenticatedError(_EXPIRED) from None
    except (jwt.InvalidTokenError, ValueError):
        raise UnauthenticatedError("the token is not valid here") from None
    if float(claims["exp"]) <= time.time():
        raise UnauthenticatedError(_EXPIRED)
    return claims
