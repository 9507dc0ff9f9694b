"""Tokens: JWTs that the reader's own secret signs, or another service's keys.

The algorithm is the reader's choice, never the token's: HS256 under the secret, or asymmetric ones
under the key set of READER_JWKS_URL. `exp` is required; audience and issuer count once they are
set. Tokens expire by the machine's clock, never by a simulated one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt

from reader.errors import UnauthenticatedError
from warehouse.settings import Settings

SYMMETRIC = ("HS256",)
ASYMMETRIC = ("RS256", "PS256", "ES256", "EdDSA")

_KEY_SET_SECONDS = 5


class TokenVerifier:
    """Checks the tokens of one reader."""

    def __init__(self, settings: Settings) -> None:
        url = settings.reader_jwks_url
        self._key_set = jwt.PyJWKClient(url, timeout=_KEY_SET_SECONDS) if url else None
        self._secret = settings.reader_jwt_secret_value()
        self._audience = settings.reader_jwt_audience
        self._issuer = settings.reader_jwt_issuer

    def claims(self, token: str) -> Mapping[str, Any]:
        """Return what a token says.

        Raises:
            UnauthenticatedError: it is malformed, expired, for somebody else or signed by somebody
                else, or the key set can't be read.
        """
        if self._key_set is None:
            return decode(token, self._secret, SYMMETRIC, self._audience, self._issuer)
        try:
            key = self._key_set.get_signing_key_from_jwt(token)
        except jwt.PyJWKClientConnectionError:
            raise UnauthenticatedError(
                "the keys that tokens are checked with can't be read"
            ) from None
        except (jwt.PyJWKClientError, jwt.InvalidTokenError):
            raise UnauthenticatedError("the token is not valid here") from None
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
        return jwt.decode(
            token,
            key,
            algorithms=algorithms,
            audience=audience,
            issuer=issuer,
            options={"require": ["exp"], "verify_aud": audience is not None},
        )
    except jwt.ExpiredSignatureError:
        raise UnauthenticatedError("the token has expired: get a new one") from None
    except jwt.InvalidTokenError:
        raise UnauthenticatedError("the token is not valid here") from None
