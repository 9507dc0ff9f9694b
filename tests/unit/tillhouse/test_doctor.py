"""The doctor: one finding a check, and what to do about each problem."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.stripe_api import ObjectStore, serve
from sandbox.stripe_api.access import ApiKey
from tillhouse.commands.doctor import examine
from warehouse.settings import Settings

KEY = "rk_test_doctor"


@pytest.fixture
def stripe_url() -> Iterator[str]:
    """Serve an empty account whose key may read all but charges."""
    kinds = ("customer", "price", "event")
    keys = [ApiKey(KEY, permissions=frozenset(f"rak_{kind}_read" for kind in kinds))]
    store = ObjectStore(lambda: datetime(2026, 3, 1, tzinfo=UTC))
    with serve(store, api_keys=keys) as serving:
        yield serving.base_url


def findings(settings: Settings) -> dict[str, tuple[bool, str]]:
    return {finding.check: (finding.ok, finding.detail) for finding in examine(settings)}


def test_each_permission_is_told(
    stripe_url: str, make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    sqlite3.connect(tmp_path / "app.sqlite").close()
    found = findings(
        make_settings(
            stripe_secret_key=KEY,
            stripe_api_base=stripe_url,
            app_database_url=f"sqlite:///{tmp_path}/app.sqlite",
            redis_url="redis://127.0.0.1:1",
        )
    )
    assert found["STRIPE_SECRET_KEY"] == (True, "rk_test_…")
    assert found["Stripe customers"] == (True, "may be read")
    ok, detail = found["Stripe charges"]
    assert not ok
    assert "charges" in detail.lower()
    assert not found["APP_DATABASE_URL"][0]
    assert found["WAREHOUSE_URL"][0]
    assert not found["REDIS_URL"][0]
    assert found["clock"][0]


def test_a_refused_key_is_told_once(
    stripe_url: str, make_settings: Callable[..., Settings]
) -> None:
    found = findings(make_settings(stripe_secret_key="sk_test_canary", stripe_api_base=stripe_url))
    refused = [check for check, (ok, _) in found.items() if check.startswith("Stripe ") and not ok]
    assert len(refused) == 1
    assert not any("canary" in detail for _, detail in found.values())


def test_a_missing_key_asks_stripe_nothing(settings: Settings) -> None:
    found = findings(
        settings.model_copy(update={"tillhouse_now": datetime(2026, 3, 1, tzinfo=UTC)})
    )
    assert not found["STRIPE_SECRET_KEY"][0]
    assert not any(check.startswith("Stripe ") for check in found)


@pytest.mark.parametrize(
    ("secrets", "ok", "detail"),
    [
        ("whsec_abc123", True, "well-formed"),
        ("whsec_abc123, whsec_def456", True, "all 2 are well-formed"),
        ("whsec_abc123,sk_test_canary", False, "secret 2 of 2 is not of the form whsec_…"),
        ("we_canary", False, "secret 1 of 1"),
        ("whsec_", False, "secret 1 of 1"),
        ("whsec_can ary", False, "secret 1 of 1"),
    ],
)
def test_the_form_of_webhook_secrets_is_told(
    secrets: str, ok: bool, detail: str, make_settings: Callable[..., Settings]
) -> None:
    still = datetime(2026, 3, 1, tzinfo=UTC)
    found = findings(make_settings(stripe_webhook_secret=secrets, tillhouse_now=still))
    assert found["STRIPE_WEBHOOK_SECRET"][0] is ok
    assert detail in found["STRIPE_WEBHOOK_SECRET"][1]
    assert "canary" not in found["STRIPE_WEBHOOK_SECRET"][1]


def test_webhooks_that_are_off_are_no_finding(settings: Settings) -> None:
    still = settings.model_copy(update={"tillhouse_now": datetime(2026, 3, 1, tzinfo=UTC)})
    assert "STRIPE_WEBHOOK_SECRET" not in findings(still)
