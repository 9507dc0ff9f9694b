"""Who asks, and whether they may: tokens, API keys, and the dashboard's session cookie.

A token is a JWT (`reader.tokens`) or a long-lived key of the operations store. A session is a JWT
too, under a key of its own, so that neither passes for the other. Whoever asks must be ADMIN.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from reader.errors import ForbiddenError, UnauthenticatedError
from reader.tokens import SYMMETRIC, TokenVerifier, decode
from warehouse.operations import ApiKeys, OperationsStore
from warehouse.settings import Settings

ROLE = "ADMIN"
COOKIE = "tillhouse_session"
CSRF_HEADER = "x-csrf-token"
SESSION_LENGTH = timedelta(hours=12)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Principal:
    """Who asks. `csrf_token` is set for sessions only: a browser sends their cookie unasked."""

    subject: str
    role: str
    scopes: frozenset[str]
    expires_at: datetime | None
    key_id: str | None = None
    csrf_token: str | None = None


class Authenticator:
    """Tells who sends a request."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.reader_jwt_secret_value()
        self._session_key = hmac.digest(secret, b"tillhouse session v1", "sha256")
        self._tokens = TokenVerifier(settings)
        self._keys = ApiKeys(OperationsStore(settings))

    def authenticate(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Principal:
        """Return who sends a request; a bearer token wins over a cookie.

        Raises:
            UnauthenticatedError: there is no credential, or it does not hold.
        """
        authorization = headers.get("authorization")
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            if scheme.lower() != "bearer" or not token.strip():
                raise UnauthenticatedError("send the token as Authorization: Bearer TOKEN")
            return self.bearer(token.strip())
        if COOKIE in cookies:
            return self._session(cookies[COOKIE])
        raise UnauthenticatedError(
            "no token: send Authorization: Bearer TOKEN (tillhouse token NAME prints one)"
        )

    def bearer(self, token: str) -> Principal:
        """Return who holds a token or API key.

        Raises:
            UnauthenticatedError: it is malformed, expired, revoked or signed by somebody else.
        """
        if token.count(".") != 2:
            return self._key_holder(token)
        return _principal(self._tokens.claims(token))

    def open_session(self, principal: Principal) -> tuple[str, Principal]:
        """Return the cookie's value of a new session, and the principal it stands for.

        A session ends with the token that opened it, and after half a day at the latest.
        """
        end = datetime.now(UTC) + SESSION_LENGTH
        if principal.expires_at is not None:
            end = min(end, principal.expires_at)
        claims = {
            "sub": principal.subject,
            "role": principal.role,
            "scopes": sorted(principal.scopes),
            "exp": int(end.timestamp()),
            "sid": secrets.token_urlsafe(16),
            "kid": principal.key_id,
        }
        value = jwt.encode(claims, self._session_key, SYMMETRIC[0])
        return value, self._session(value)

    def _key_holder(self, key: str) -> Principal:
        found = self._keys.find(key)
        if found is None:
            raise UnauthenticatedError("the API key is unknown, expired or revoked")
        return Principal(found.name, found.role, found.scopes, found.expires_at, found.key_id)

    def _session(self, value: str) -> Principal:
        claims = decode(value, self._session_key, SYMMETRIC)
        principal = _principal(claims)
        key_id = claims.get("kid")
        if key_id is not None and not self._keys.is_active(str(key_id)):
            raise UnauthenticatedError("the API key that opened this session has been revoked")
        csrf = hmac.new(self._session_key, f"csrf {claims['sid']}".encode(), hashlib.sha256)
        return replace(principal, key_id=key_id, csrf_token=csrf.hexdigest())


def authorise(principal: Principal, method: str, headers: Mapping[str, str]) -> None:
    """Return if a principal may use the API.

    Raises:
        ForbiddenError: the role is not ADMIN, or a browser's session lacks the proof that the page
            itself, and no other site, sends this request.
    """
    if principal.role != ROLE:
        raise ForbiddenError(
            f"the role {ROLE} is needed, this token has {principal.role or 'none'}"
        )
    if principal.csrf_token is None or method in SAFE_METHODS:
        return
    if not hmac.compare_digest(
        headers.get(CSRF_HEADER, "").encode(), principal.csrf_token.encode()
    ):
        raise ForbiddenError("the session's token is missing: send it as X-CSRF-Token")


def _principal(claims: Mapping[str, Any]) -> Principal:
    scopes = claims.get("scopes") or claims.get("scope") or ()
    try:
        return Principal(
            subject=str(claims.get("sub", "")),
            role=str(claims.get("role", "")),
            scopes=frozenset(scopes.split() if isinstance(scopes, str) else map(str, scopes)),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )
    except (TypeError, ValueError, OverflowError, OSError):
        raise UnauthenticatedError("the token's claims can't be read") from None
