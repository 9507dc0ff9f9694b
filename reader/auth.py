"""Who asks, and whether they may: tokens, API keys, and the dashboard's session cookie.

A token is a JWT (`reader.tokens`) or a long-lived key of the operations store. A session is a JWT
too, under a key of its own, so that neither passes for the other. Whoever asks must be ADMIN and
hold the scope of the address (`reader.scopes`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt

from reader.credentials import Credentials, VerifiedTokens
from reader.errors import ForbiddenError, UnauthenticatedError
from reader.scopes import SAFE_METHODS, Scope, effective_scopes
from reader.tokens import SYMMETRIC, TokenVerifier, decode
from warehouse.operations import OperationsStore
from warehouse.settings import Settings

ROLE = "ADMIN"
COOKIE = "tillhouse_session"
CSRF_HEADER = "x-csrf-token"
SESSION_LENGTH = timedelta(hours=8)


@dataclass(frozen=True)
class Principal:
    """Who asks. `csrf_token` is set for sessions only: a browser sends their cookie unasked."""

    subject: str
    role: str
    scopes: frozenset[str]
    expires_at: datetime | None
    key_id: str | None = None
    csrf_token: str | None = None
    issued_at: datetime | None = None
    session_id: str | None = None

    @property
    def limited_as(self) -> str:
        """What requests are counted under: one person's tokens and sessions together."""
        if self.key_id is not None:
            return f"key {self.key_id}"
        # A name may be an e-mail address, and of any length.
        return f"subject {hashlib.sha256(self.subject.encode(errors='replace')).hexdigest()[:32]}"


class Authenticator:
    """Tells who sends a request; its methods may be called by several threads at once."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.reader_jwt_secret_value()
        self._session_key = hmac.digest(secret, b"tillhouse session v1", "sha256")
        self._tokens = TokenVerifier(settings)
        self._credentials = Credentials(OperationsStore(settings))
        self._verified: VerifiedTokens[Principal] = VerifiedTokens(self._tokens.remembered_seconds)

    def recall(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Principal | None:
        """Return who sends a request if it can be told without waiting for anything, else None.

        Raises:
            UnauthenticatedError: what was verified before holds no more.
        """
        if not self._credentials.are_fresh():
            return None
        self._credentials.refresh_soon()
        authorization = headers.get("authorization")
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            value = token.strip() if scheme.lower() == "bearer" else ""
            principal = self._verified.get(f"bearer {value}")
        else:
            principal = self._verified.get(f"session {cookies.get(COOKIE, '')}")
        return self._holding(principal) if principal is not None else None

    def authenticate(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Principal:
        """Return who sends a request; a bearer token wins over a cookie.

        Raises:
            UnauthenticatedError: there is no credential, or it does not hold.
            CredentialsUnavailableError: whether it was revoked can't be found out.
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
            CredentialsUnavailableError: whether it was revoked can't be found out.
        """
        principal = self._verified.get(f"bearer {token}")
        if principal is None:
            is_key = token.count(".") != 2
            claimed = self._key_holder(token) if is_key else _principal(self._tokens.claims(token))
            principal = self._verified.keep(f"bearer {token}", claimed, claimed.expires_at)
        self._credentials.refresh()
        return self._holding(principal)

    def open_session(self, principal: Principal) -> tuple[str, Principal]:
        """Return the cookie's value of a new session, and the principal it stands for.

        A session ends with the token that opened it, and after a working day at the latest.
        """
        now = datetime.now(UTC)
        end = now + SESSION_LENGTH
        if principal.expires_at is not None:
            end = min(end, principal.expires_at)
        claims = {
            "sub": principal.subject,
            "role": principal.role,
            "scopes": sorted(principal.scopes),
            "iat": (principal.issued_at or now).timestamp(),
            "exp": int(end.timestamp()),
            "sid": secrets.token_urlsafe(16),
            "kid": principal.key_id,
        }
        value = jwt.encode(claims, self._session_key, SYMMETRIC[0])
        return value, self._session(value)

    def close_session(self, principal: Principal) -> None:
        """Let a session's cookie hold no more, whoever has a copy of it.

        Raises:
            CredentialsUnavailableError: that can't be written down.
        """
        if principal.session_id is not None:
            self._credentials.revoke_session(principal.session_id)

    def _key_holder(self, key: str) -> Principal:
        found = self._credentials.find(key)
        if found is None:
            raise UnauthenticatedError("the API key is unknown, expired or revoked")
        scopes = effective_scopes(found.scopes)
        return Principal(found.name, found.role, scopes, found.expires_at, found.key_id)

    def _session(self, value: str) -> Principal:
        principal = self._verified.get(f"session {value}")
        if principal is None:
            claims = decode(value, self._session_key, SYMMETRIC)
            csrf = hmac.new(self._session_key, f"csrf {claims['sid']}".encode(), hashlib.sha256)
            session = replace(
                _principal(claims),
                key_id=claims.get("kid"),
                csrf_token=csrf.hexdigest(),
                session_id=str(claims["sid"]),
            )
            principal = self._verified.keep(f"session {value}", session, session.expires_at)
        self._credentials.refresh()
        return self._holding(principal)

    def _holding(self, principal: Principal) -> Principal:
        """Return a principal that was verified, if nothing was revoked since.

        Raises:
            UnauthenticatedError: it was.
        """
        if principal.key_id is not None and not self._credentials.is_active(principal.key_id):
            raise UnauthenticatedError("the API key is unknown, expired or revoked")
        revoked = self._credentials.revoked
        if principal.session_id in revoked.sessions:
            raise UnauthenticatedError("the session was closed: sign in again")
        if principal.key_id is None and revoked.covers(principal.subject, principal.issued_at):
            raise UnauthenticatedError("the token was revoked: get a new one")
        return principal


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
    refuse_other_sites(headers)
    if not hmac.compare_digest(
        headers.get(CSRF_HEADER, "").encode(), principal.csrf_token.encode()
    ):
        raise ForbiddenError("the session's token is missing: send it as X-CSRF-Token")


def require_scope(principal: Principal, scope: Scope) -> None:
    """Return if a principal holds a scope.

    Raises:
        ForbiddenError: it does not; the scope is named.
    """
    if scope not in principal.scopes:
        raise ForbiddenError(
            f"the scope {scope} is needed: get a token with it (tillhouse token NAME --scopes "
            f"{','.join(sorted({*principal.scopes, scope}))})"
        )


def refuse_other_sites(headers: Mapping[str, str]) -> None:
    """Return unless a browser says that another site's page sends the request.

    Raises:
        ForbiddenError: it does.
    """
    origin = headers.get("origin")
    is_other = origin is not None and urlsplit(origin).netloc != headers.get("host")
    if is_other or headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise ForbiddenError("a page of another site may not do this")


def _principal(claims: Mapping[str, Any]) -> Principal:
    scopes = claims.get("scopes") or claims.get("scope") or ()
    issued_at = claims.get("iat")
    try:
        named = scopes.split() if isinstance(scopes, str) else map(str, scopes)
        return Principal(
            subject=str(claims.get("sub", "")),
            role=str(claims.get("role", "")),
            scopes=effective_scopes(named),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            issued_at=datetime.fromtimestamp(issued_at, UTC) if issued_at is not None else None,
        )
    except (TypeError, ValueError, OverflowError, OSError):
        raise UnauthenticatedError("the token's claims can't be read") from None
