"""A pull of the sandbox's Stripe: everything is landed, once, without the people in it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
import pytest
from dlt.extract import DltSource
from ingest_company import Company, MakeSettings, company

import ingest
from ingest.raw import APP, STRIPE
from ingest.stripe.specs import OBJECTS
from warehouse.engines import Engine

ENGINES = ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)]
ON_BOTH_AT_TIMES = [
    "duckdb",
    pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.thorough]),
]


@pytest.fixture(params=ENGINES)
def shop(
    request: pytest.FixtureRequest, make_settings: MakeSettings, tmp_path: Path
) -> Iterator[Company]:
    chosen = {}
    if request.param == "postgres":
        chosen["warehouse_url"] = request.getfixturevalue("postgres_url")
    with company(make_settings, tmp_path, **chosen) as made:
        yield made


@pytest.fixture
def pulled(
    request: pytest.FixtureRequest, make_settings: MakeSettings, tmp_path: Path
) -> Iterator[Company]:
    if request.param == "duckdb":
        yield request.getfixturevalue("landed")
        return
    url = request.getfixturevalue("postgres_url")
    with company(make_settings, tmp_path, warehouse_url=url) as made:
        made.pull()
        yield made


@pytest.fixture
def embedded(make_settings: MakeSettings, tmp_path: Path) -> Iterator[Company]:
    with company(make_settings, tmp_path) as made:
        yield made


def _stored(shop: Company, kind: str) -> set[str]:
    if kind == "balance":
        # It has no id, so it goes by its account's.
        return {f"balance_{name}" for name in shop.world.store.table("account").rows}
    return set(shop.world.store.table(kind).rows)


def _living(shop: Company, table: str) -> set[str]:
    query = f"select id from raw_stripe.{table} where not deleted"
    return {row[0] for row in shop.rows(query)}


def test_everything_is_landed_and_a_second_pull_finds_nothing(shop: Company) -> None:
    first = shop.pull()
    for spec in OBJECTS:
        assert _living(shop, spec.table) == _stored(shop, spec.object), spec.table
    assert _living(shop, "events") == _stored(shop, "event")
    loads = shop.value("select count(*) from raw_stripe._dlt_loads")
    before = ingest.fingerprint(shop.settings)

    second = shop.pull()
    assert first.rows_landed > 1_000
    assert second.rows_landed == 0
    assert second.requests <= 10
    assert shop.value("select count(*) from raw_stripe._dlt_loads") == loads
    assert ingest.fingerprint(shop.settings) == before

    assert shop.pull("full").rows_landed == 0


@pytest.mark.parametrize("pulled", ON_BOTH_AT_TIMES, indirect=True)
def test_the_hourly_tail_finds_all_that_a_nightly_would(pulled: Company) -> None:
    shop = pulled
    before = ingest.fingerprint(shop.settings)
    for days in (1, 6, 20):
        shop.advance(days=days)
        assert shop.pull().rows_landed > 0
        after = ingest.fingerprint(shop.settings)
        assert after != before
        before = after
        assert {k: n for k, n in shop.pull("nightly").landed.items() if n} == {}


@pytest.mark.parametrize(
    ("kind", "table", "nested"),
    [("invoice", "invoices", "lines"), ("subscription", "subscriptions", "items")],
)
def test_nested_lists_are_landed_whole(
    embedded: Company, kind: str, table: str, nested: str
) -> None:
    """Stripe shows ten rows inside an object; this one has 123."""
    store = embedded.world.store
    object_id = next(iter(store.table(kind).rows))
    obj = store.get(kind, object_id) or {}
    row = obj[nested]["data"][0]
    rows = [{**row, "id": f"{row['id']}{number}"} for number in range(123)]
    store.put({**obj, nested: {**obj[nested], "data": rows}})
    embedded.pull()
    text = embedded.value(f"select object from raw_stripe.{table} where id = '{object_id}'")
    landed = json.loads(text)[nested]
    assert {row["id"] for row in landed["data"]} == {row["id"] for row in rows}
    assert len(landed["data"]) == 123
    assert landed["has_more"] is False


def test_what_is_asked_to_be_expanded_is_inside(landed: Company) -> None:
    for text in _objects(landed, "subscriptions"):
        held = [text["discounts"], *(item["discounts"] for item in text["items"]["data"])]
        assert all(isinstance(discount, dict) for discounts in held for discount in discounts)
    assert any(invoice["discounts"] for invoice in _objects(landed, "invoices"))
    assert all("data" in session["line_items"] for session in _objects(landed, "checkout_sessions"))
    assert all(
        isinstance(charge["balance_transaction"], str | None)
        for charge in _objects(landed, "charges")
    )


def _objects(shop: Company, table: str) -> list[dict[str, Any]]:
    return [json.loads(text) for (text,) in shop.rows(f"select object from raw_stripe.{table}")]


def test_inline_prices_and_deleted_customers_come_by_reference(landed: Company) -> None:
    store = landed.world.store
    inline = {name for name, row in store.table("price").rows.items() if not row.listed}
    assert inline
    assert inline <= _living(landed, "prices")
    deleted = landed.rows("select id, object from raw_stripe.customers where deleted")
    assert deleted
    for customer_id, _ in deleted:
        assert (store.get("customer", customer_id) or {}).get("deleted") is True


def test_an_object_keeps_the_version_that_was_asked_for(landed: Company) -> None:
    versions = landed.rows(
        "select distinct api_version from raw_stripe.charges"
        " union all select distinct api_version from raw_stripe.invoices"
    )
    assert versions == [("2026-10-28.endive",), ("2026-10-28.endive",)]
    assert landed.value("select count(distinct api_version) from raw_stripe.events") > 1
    account = landed.value("select id from raw_stripe.accounts")
    assert landed.rows("select distinct account_id from raw_stripe.invoices") == [(account,)]


def test_a_month_without_a_pull_is_healed_and_said(landed: Company) -> None:
    landed.advance(days=33)
    report = landed.pull()
    assert "33 days old" in " ".join(report.notes)
    assert landed.pull("nightly").rows_landed == 0


def test_an_anchor_that_is_gone_is_healed_and_said(landed: Company) -> None:
    now = landed.world.now()
    landed.advance(days=33)
    report = ingest.pull(landed.settings.model_copy(update={"tillhouse_now": now}), "hourly")
    assert "is gone" in " ".join(report.notes)
    assert landed.pull("nightly").rows_landed == 0


def test_a_pull_that_was_killed_before_its_load_is_finished_first(
    embedded: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(pipeline: dlt.Pipeline, source: DltSource, _: Engine) -> None:
        pipeline.extract(source)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ingest.stripe.source.run_source", killed)
        with pytest.raises(KeyboardInterrupt):
            embedded.pull()
    embedded.advance(days=1)
    report = embedded.pull()
    assert report.notes == ["Stripe: the last pull was interrupted, it goes on from there"]
    assert 0 < report.landed["raw_stripe.events"] < len(_stored(embedded, "event"))
    assert _living(embedded, "charges") == _stored(embedded, "charge")
    assert embedded.pull("nightly").rows_landed == 0


def test_a_warehouse_that_was_deleted_is_filled_again(landed: Company) -> None:
    (landed.settings.tillhouse_home / "warehouse.duckdb").unlink()
    assert "the first pull" in " ".join(landed.pull().notes)
    assert _living(landed, "charges") == _stored(landed, "charge")


def test_no_other_process_is_locked_out_afterwards(embedded: Company) -> None:
    embedded.pull()
    path = embedded.settings.tillhouse_home / "warehouse.duckdb"
    code = f"import duckdb; duckdb.connect({str(path)!r}).execute('create table t as select 1')"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_account_start_leaves_older_money_out(embedded: Company) -> None:
    start = embedded.world.now().replace(month=6, day=1)
    embedded.pull(stripe_account_start=start)
    earliest = embedded.value("select min(created_at) from raw_stripe.charges")
    assert earliest >= start
    assert _living(embedded, "subscriptions") == _stored(embedded, "subscription")


@pytest.mark.parametrize("shop", ON_BOTH_AT_TIMES, indirect=True)
def test_nobody_can_be_found_in_what_was_written(
    shop: Company, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shop.pull()
    shop.advance(days=3)
    shop.pull()
    people = _people(shop)
    assert len(people) > 100
    written = "\n".join([caplog.text, *_texts(shop), *_files(shop.settings.tillhouse_home)])
    assert {person for person in people if person in written} == set()


def _people(shop: Company) -> set[str]:
    """Return every name, address, number and street line of the company's customers and users."""
    found: set[str] = set()
    for row in shop.world.store.table("customer").rows.values():
        customer = row.load()
        address = customer.get("address") or {}
        for value in (customer["email"], customer["name"], customer.get("phone")):
            found |= {value} if value else set()
        found |= {value for key in ("line1", "postal_code") if (value := address.get(key))}
    for row in shop.world.store.table("charge").rows.values():
        details = row.load()["billing_details"]
        found |= {details[key] for key in ("email", "name") if details.get(key)}
    # A short number can be part of an id.
    return {text for text in found if len(text) > 6}


def _texts(shop: Company) -> list[str]:
    columns = shop.rows(
        "select table_schema, table_name, column_name from information_schema.columns "
        f"where table_schema in ('{STRIPE}', '{APP}') and data_type in "
        "('VARCHAR', 'character varying', 'text')"
    )
    assert len(columns) > 100
    return [
        str(value)
        for schema, table, column in columns
        for (value,) in shop.rows(f'select distinct "{column}" from {schema}."{table}"')
    ]


def _files(folder: Path) -> list[str]:
    return [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]
