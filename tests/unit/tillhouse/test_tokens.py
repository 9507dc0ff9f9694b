"""Tokens: what they claim, how long they hold, who signs them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from tillhouse.tokens import mint, parse_duration
from warehouse.errors import SettingsError
from warehouse.settings import Settings


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
    ],
)
def test_lengths_of_time(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "12", "h", "0h", "-1h", "1.5h", "1 week", "9999999d"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(SettingsError, match="use one like 12h or 7d"):
        parse_duration(text)


def test_a_token_claims_what_was_asked_for(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(
        reader_jwt_audience="dash", reader_jwt_issuer="us", tillhouse_now="2001-01-01"
    )
    token = mint(settings, "ana", scopes=frozenset({"b", "a"}), expires=timedelta(hours=1))
    claims = jwt.decode(
        token, settings.reader_jwt_secret_value(), ["HS256"], audience="dash", issuer="us"
    )
    assert (claims["sub"], claims["role"], claims["scopes"]) == ("ana", "ADMIN", ["a", "b"])
    left = datetime.fromtimestamp(claims["exp"], UTC) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


def test_tokens_of_another_service_are_not_signed_here(
    make_settings: Callable[..., Settings],
) -> None:
    with pytest.raises(SettingsError, match="READER_JWKS_URL is set"):
        mint(make_settings(reader_jwks_url="https://keys"), "ana", expires=timedelta(hours=1))
