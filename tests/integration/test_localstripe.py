"""A pull of a Stripe that others made: what it has is loaded, what it lacks is said in one line."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from localstripe import KEY, fill, localstripe, with_an_account

import ingest
from ingest.report import PullReport
from ingest.stripe.specs import BY_TABLE, OBJECTS
from sandbox.app import write_app_database
from sandbox.company import build_world
from warehouse.engines import engine_for
from warehouse.errors import SourceError
from warehouse.settings import Settings

Pull = Callable[..., tuple[Settings, PullReport]]

# Answered with 404, but for payment methods, which it lists for one customer only.
LACKING = {
    "application_fees", "checkout_sessions", "credit_grants", "credit_notes",
    "customer_balance_transactions", "disputes", "early_fraud_warnings", "invoice_payments",
    "meters", "payment_methods", "prices", "promotion_codes", "reviews",
    "subscription_schedules", "topups", "transfers",
}  # fmt: skip
# In the form of an old version: what we have expanded is not in them.
OUTDATED = {"coupons", "invoices", "plans", "subscriptions"}
FILLED = {
    "balance_transactions", "charges", "customers", "events", "payment_intents", "products",
    "tax_rates",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with localstripe(tmp_path_factory.mktemp("localstripe"), port) as made:
        fill(made)
        yield made


@pytest.fixture
def address(client: httpx.Client) -> Iterator[str]:
    with with_an_account(client) as made:
        yield made


@pytest.fixture
def pull(make_settings: Callable[..., Settings], tmp_path: Path) -> Pull:
    """Return a function that pulls as a refresh does, from an address, with further settings."""
    world = build_world(seed=1, customers=1, day=datetime(2026, 11, 22, tzinfo=UTC))
    app_url = f"sqlite:///{tmp_path}/app.db"
    write_app_database(world, app_url, world.now())

    def pulled(base: str, **chosen: Any) -> tuple[Settings, PullReport]:
        settings = make_settings(
            stripe_secret_key=KEY,
            stripe_api_base=base,
            stripe_max_requests_per_second=100,
            app_database_url=app_url,
            **chosen,
        )
        return settings, ingest.pull(settings, "hourly")

    return pulled


def test_a_server_without_an_account_is_said_to_lack_it(client: httpx.Client, pull: Pull) -> None:
    base = str(client.base_url).rstrip("/")
    with pytest.raises(SourceError) as caught:
        pull(base)
    assert str(caught.value) == f"there is no /v1/account at {base}: check STRIPE_API_BASE"


def test_what_it_lacks_is_said_in_one_line(address: str, pull: Pull) -> None:
    with pytest.raises(SourceError) as caught:
        pull(address)
    lacking = {BY_TABLE[table].path for table in LACKING | OUTDATED}
    assert any(path in str(caught.value) for path in lacking)
    assert "\n" not in str(caught.value)


def test_what_it_has_in_an_old_form_is_said_in_one_line(address: str, pull: Pull) -> None:
    message = (
        r"^Stripe refuses /v1/(coupons|invoices|plans|subscriptions) for \1: Bad expand '\w+'$"
    )
    with pytest.raises(SourceError, match=message):
        pull(address, stripe_except=tuple(LACKING))


def test_what_it_has_is_loaded(address: str, client: httpx.Client, pull: Pull) -> None:
    left_out = tuple(LACKING | OUTDATED)
    settings, report = pull(address, stripe_except=left_out)
    assert report.left_out == sorted(left_out)
    with engine_for(settings).connect() as connection:

        def landed(table: str, what: str = "id") -> set[str]:
            query = f"select {what} from raw_stripe.{table} where not deleted"
            return {row[0] for row in connection.execute(query).fetchall()}

        for spec in OBJECTS:
            if spec.singleton or spec.table in left_out:
                continue
            rows = client.get(spec.path, params={"limit": "100"}).json()["data"]
            assert landed(spec.table) == {row["id"] for row in rows}, spec.table
            assert bool(rows) or spec.table not in FILLED
        assert "canary" not in "".join(landed("customers", "object")).lower()
