"""Dashboard tokens."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from reader.scopes import SCOPES
from warehouse.errors import SettingsError
from warehouse.settings import Settings

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: str) -> timedelta:
    """Return the length of time that `12h`, `30m` or `7d` says.

    Raises:
        SettingsError: it says none.
    """
    found = re.fullmatch(r"([1-9]\d{0,5})([smhd])", text.strip())
    if found is None:
        raise SettingsError(f"--expires {text} is not a length of time: use one like 12h or 7d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def parse_scopes(text: str) -> frozenset[str]:
    """Return the scopes in a comma separated list.

    Raises:
        SettingsError: one is none.
    """
    wanted = frozenset(part.strip() for part in text.split(",") if part.strip())
    for name in sorted(wanted - frozenset(SCOPES)):
        raise SettingsError(f"--scopes {name} is no scope: there are {', '.join(SCOPES)}")
    return wanted


def mint(
    settings: Settings,
    name: str,
    *,
    role: str = "ADMIN",
    scopes: frozenset[str] = frozenset(),
    expires: timedelta,
) -> str:
    """Return a token signed with the reader's secret.

    Tokens live by the machine's clock, whatever counts as now in the data.

    Raises:
        SettingsError: tokens are another service's here.
    """
    if settings.reader_jwks_url is not None:
        raise SettingsError(
            "READER_JWKS_URL is set, so the service behind it signs tokens: get one there, or "
            "make a key with --api-key"
        )
    now = datetime.now(UTC)
    claims: dict[str, Any] = {
        "sub": name,
        "role": role,
        "iat": now.timestamp(),
        "exp": now + expires,
    }
    if scopes:
        claims["scopes"] = sorted(scopes)
    if settings.reader_jwt_audience:
        claims["aud"] = settings.reader_jwt_audience
    if settings.reader_jwt_issuer:
        claims["iss"] = settings.reader_jwt_issuer
    return jwt.encode(claims, settings.reader_jwt_secret_value(), "HS256")
