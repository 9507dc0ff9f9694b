"""A person who is erased is in no later generation, whatever the sources still tell of them."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from running import CUSTOMERS, Shop
from served import Client, token

from ingest import finish_erasures, pull
from ingest.erased import REPLACEMENT
from reader.app import create_app
from warehouse.operations import AuditLog, Erasures, OperationsStore
from warehouse.pseudonyms import email_hash
from warehouse.settings import Settings, load_settings

pytestmark = pytest.mark.slow

# An address with a domain of two parts: rates go by PROVIDER@DATE.
_ADDRESS = r"[\w.+-]+@[\w-]+\.[a-z]"

# What a name may be sorted by, and what only tells of the run.
_NO_FIGURES = {"agg_data_quality", "agg_freshness"}


def _settings(shop: Shop) -> Settings:
    return load_settings(tillhouse_home=shop.home, **{"stripe_secret_key": shop.sandbox.api_key})


def _served(shop: Shop) -> Path:
    current = json.loads((shop.home / "serving" / "CURRENT").read_text())["id"]
    return shop.home / "serving" / f"g{current}.duckdb"


def _texts(path: Path, names: set[str]) -> list[str]:
    """Return every column of a DuckDB file's tables and views in which one of the names stands."""
    found = []
    with duckdb.connect(path, read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "where data_type in ('VARCHAR', 'JSON') and table_schema <> 'information_schema'"
        ).fetchall()
        for schema, table, column in columns:
            where = " or ".join([f'contains("{column}"::varchar, ?)'] * len(names))
            query = f'select count(*) from "{schema}"."{table}" where {where}'
            if connection.execute(query, list(names)).fetchone() != (0,):
                found.append(f"{schema}.{table}.{column}")
    return found


def _figures(path: Path) -> Mapping[str, Any]:
    """Return how many rows each mart has, and the sum of each of its numbers."""
    figures: dict[str, Any] = {}
    with duckdb.connect(path, read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'marts' order by 1, 2"
        ).fetchall()
        for table in {table for table, _, _ in columns} - _NO_FIGURES:
            numbers = [
                f'sum("{column}")::decimal(38, 9)'
                for name, column, kind in columns
                if name == table and kind.startswith(("DECIMAL", "BIGINT", "INTEGER"))
            ]
            query = f'select count(*), {", ".join(numbers) or "null"} from marts."{table}"'
            figures[table] = connection.execute(query).fetchone()
    return figures


def _paying_user(shop: Shop) -> tuple[str, str, str]:
    """Return the id, Stripe customer and e-mail address of a user who paid."""
    with duckdb.connect(_served(shop), read_only=True) as connection:
        user, customer = connection.execute(
            "select customer_key, primary_stripe_customer_id from marts.dim_customers "
            "where link_status = 'linked' and current_plan_key is not null and not is_internal "
            "order by customer_key"
        ).fetchone() or ("", "")
    with sqlite3.connect(shop.app) as app:
        (email,) = app.execute('select email from "User" where id = ?', (user,)).fetchone()
    return user, customer, email


@pytest.fixture
def erased(shop: Shop) -> tuple[Shop, set[str], Mapping[str, Any], Mapping[str, Any]]:
    """Return a shop from which a customer was erased by e-mail, who it was, and the report."""
    before = _figures(_served(shop))
    user, customer, email = _paying_user(shop)
    names = {user, customer, email_hash(_settings(shop).pseudonym_key_value(), email), email}
    assert len(_texts(_served(shop), names)) > 5
    preview = shop.run("erase", email, "--dry-run", "--json")
    assert json.loads(preview.out)["stripe_customers"] == [customer]
    done = shop.run("erase", email, "--json")
    assert done.code == 0, done.err
    return shop, names, before, json.loads(done.out)


def test_an_erased_person_never_comes_back_and_no_total_changes(erased) -> None:
    shop, names, before, _ = erased
    with duckdb.connect(shop.home / "warehouse.duckdb", read_only=True) as connection:
        gone = connection.execute("select count(*) from raw_stripe.customers where deleted")
        before_gone = gone.fetchone()
    done = shop.run("refresh")
    assert done.code == 0, done.err
    assert _texts(_served(shop), names) == []
    assert _texts(shop.home / "warehouse.duckdb", names) == []
    after = _figures(_served(shop))
    assert {table: row for table, row in after.items() if row != before[table]} == {}
    # Both sources still list the person: everything is read, and nothing of it is new.
    options = {name.lower(): value for name, value in shop.variables().items()}
    nightly = pull(load_settings(**options), "nightly")
    assert sum(nightly.fetched.values()) > 1_000
    assert not any(nightly.landed.values())
    assert _texts(shop.home / "warehouse.duckdb", names) == []
    status = json.loads(shop.run("erase", "--status", "--json").out)
    assert len(status) == 1
    assert status[0]["first_generation_without"] is not None
    with duckdb.connect(shop.home / "warehouse.duckdb", read_only=True) as connection:
        # The sources list the person as before, under names that fit what is landed.
        gone = connection.execute("select count(*) from raw_stripe.customers where deleted")
        assert gone.fetchone() == before_gone
        neutral = connection.execute(
            "select customer_key from build.dim_customers where customer_key like 'erased%'"
        ).fetchall()
    assert len(neutral) == 1
    assert REPLACEMENT.fullmatch(neutral[0][0])


def test_the_report_says_what_was_done_and_what_is_kept_without_naming_anybody(erased) -> None:
    shop, names, _, content = erased
    assert content["person"] == {"users": 1, "stripe_customers": 1, "email_addresses": 1}
    assert content["rows_rewritten"]["raw_stripe.customers"] >= 1
    assert content["rows_rewritten"]["raw_app.user"] >= 1
    assert content["first_generation_without"] is None
    assert len(content["generations_that_still_hold"]) == 1
    assert content["they_end"].startswith("not before")
    assert all(part["what"] and part["why"] for part in content["kept"])
    (report,) = (shop.home / "erasures").glob("*.json")
    text = report.read_text() + json.dumps(AuditLog(_settings(shop)).latest(50))
    assert not [name for name in names if name in text]
    assert json.loads(report.read_text())["erasure"] == content["erasure"]


def test_who_is_not_there_can_not_be_erased(shop: Shop) -> None:
    done = shop.run("erase", "nobody@example.com")
    assert done.code == 1
    assert "nobody in this warehouse goes by that" in done.error
    assert shop.run("erase").code == 2


def test_an_erasure_that_was_interrupted_is_finished_by_the_next_refresh(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, customer, _ = _paying_user(shop)
    with monkeypatch.context() as broken:
        broken.setattr("ingest.erasing._scrub_app", _die)
        assert shop.run("erase", customer).code == 1
    settings = _settings(shop)
    assert Erasures(OperationsStore(settings)).are_unscrubbed()
    # As a refresh does before it reads anything.
    assert finish_erasures(settings)["raw_app.user"] >= 1
    assert not Erasures(OperationsStore(settings)).are_unscrubbed()
    raw = [
        place
        for place in _texts(shop.home / "warehouse.duckdb", {user, customer})
        if "raw_" in place
    ]
    assert raw == []
    assert finish_erasures(settings) == {}


def _die(*_: object) -> None:
    raise OSError("the machine lost its power")


def test_figures_are_compared_at_all(shop: Shop) -> None:
    figures = _figures(_served(shop))
    assert len(figures) > 40
    assert sum(isinstance(n, Decimal) and n != 0 for row in figures.values() for n in row) > 100


def test_nobody_is_named_in_anything_that_is_served_or_kept(refreshed_shop: Shop) -> None:
    """Every address of the API, every table behind it, and what is written beside them."""
    settings = _settings(refreshed_shop)
    with sqlite3.connect(refreshed_shop.app) as app:
        people = app.execute('select name, email from "User" where name is not null').fetchall()
    canaries = {text for person in people for text in person if "@" in text or " " in text}
    assert len(canaries) > CUSTOMERS
    for path in (_served(refreshed_shop), refreshed_shop.home / "warehouse.duckdb"):
        assert _columns_with_addresses(path) == []
    reader = create_app(settings)
    client = Client(reader, token(settings, scopes=["read", "customers", "export"]))
    paths = client.get("/openapi.json").json()["paths"]
    plain = [path for path, methods in paths.items() if "get" in methods and "{" not in path]
    assert len(plain) > 10
    for path in plain:
        text = "".join(_text(client.get(path, params=form)) for form in ({}, {"format": "csv"}))
        assert not re.search(_ADDRESS, text), path
        assert not [canary for canary in canaries if canary in text], path
    reader.state.services.generations.close()


def _text(answer: httpx.Response) -> str:
    """Return what an answer says; of an archive what its files say."""
    if answer.headers.get("content-type") != "application/zip":
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def _columns_with_addresses(path: Path) -> list[str]:
    found = []
    with duckdb.connect(path, read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "where data_type = 'VARCHAR' and table_name not like '\\_dlt%' escape '\\'"
        ).fetchall()
        for schema, table, column in columns:
            query = (
                f'select "{column}" from "{schema}"."{table}" '
                f"""where regexp_matches("{column}", '{_ADDRESS}') limit 1"""
            )
            if connection.execute(query).fetchone():
                found.append(f"{schema}.{table}.{column}")
    return found
