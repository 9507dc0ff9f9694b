"""The table of application tables refuses what can't work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ingest.app.specs import TABLES, Column, TableSpec, snake_case


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("User", "user"),
        ("ApiUsageLog", "api_usage_log"),
        ("costUSD", "cost_usd"),
        ("stripePaymentIntentId", "stripe_payment_intent_id"),
        ("lastLoginAt", "last_login_at"),
        ("USDCost", "usd_cost"),
        ("timestamp", "timestamp"),
    ],
)
def test_names_in_the_warehouse(name: str, snake: str) -> None:
    assert snake_case(name) == snake


def test_an_email_is_landed_as_its_hash() -> None:
    assert Column("email", "text", pseudonymised=True).landed_name == "email_hash"


def test_no_personal_column_is_read_in_clear() -> None:
    user = next(spec for spec in TABLES if spec.name == "User")
    assert "name" in user.excluded
    assert [c.landed_name for c in user.columns if c.pseudonymised] == ["email_hash"]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"key": "uuid"}, "key"),
        ({"cursor": "updatedAt"}, "cursor"),
        ({"cursor": "id", "overlap": timedelta(1)}, "cursor"),
        ({"cursor": "at"}, "overlap"),
        ({"excluded": frozenset({"id"})}, "excluded"),
        ({"columns": (Column("id", "text"), Column("id", "text"))}, "twice"),
    ],
)
def test_a_spec_that_cannot_work_is_refused(wrong: dict[str, Any], why: str) -> None:
    columns = (Column("id", "text"), Column("at", "timestamp"))
    with pytest.raises(ValueError, match=why):
        TableSpec(**{"name": "Thing", "columns": columns} | wrong)


def test_only_text_can_be_pseudonymised() -> None:
    with pytest.raises(ValueError, match="only text"):
        Column("age", "bigint", pseudonymised=True)
