"""Runs that fail: exit code 1, one line, and the old generation still serves."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from running import Shop

from sandbox.stripe_api import serve
from sandbox.stripe_api.access import ApiKey

COUNT = ("sql", "select count(*) from marts.fct_provider_usage", "--format", "csv")


def assert_failed(shop: Shop, *told: str, before: dict[str, str] | None = None) -> None:
    """Assert that a refresh fails, says why, and changes nothing for readers."""
    served, rows = shop.served(), shop.run(*COUNT).out
    done = shop.run("refresh")
    assert done.code == 1, done.err
    for text in told:
        assert text in done.error
    assert shop.served() == served
    assert shop.run(*COUNT).out == rows
    if before is not None:
        assert shop.traces() == before
        return
    assert shop.run("status", "--json").code == 1
    last = json.loads(shop.run("status", "--json").out)["last_run"]
    assert last["status"] == "failed"
    assert told[0] in last["message"]


def test_stripe_does_not_answer(shop: Shop) -> None:
    unreachable = shop.with_(STRIPE_API_BASE="http://127.0.0.1:1")
    assert_failed(unreachable, "127.0.0.1:1", before=shop.traces())


def test_a_key_without_a_permission(shop: Shop) -> None:
    weak = ApiKey("rk_test_weak", permissions=frozenset({"rak_charge_read"}))
    with serve(shop.sandbox.world.store, api_keys=[weak]) as stripe:
        spoiled = shop.with_(STRIPE_API_BASE=stripe.base_url, STRIPE_SECRET_KEY="rk_test_weak")
        assert_failed(spoiled, "Events", before=shop.traces())


@pytest.mark.parametrize("url", ["postgresql://u:canary@127.0.0.1:1/app", "sqlite:////nowhere/a"])
def test_the_application_does_not_answer(url: str, shop: Shop) -> None:
    assert_failed(shop.with_(APP_DATABASE_URL=url), "APP_DATABASE_URL", before=shop.traces())


def test_the_warehouse_does_not_answer(shop: Shop) -> None:
    done = shop.with_(WAREHOUSE_URL="postgresql://u:canary@127.0.0.1:1/w").run("refresh")
    assert done.code == 1
    assert "127.0.0.1:1/w" in done.error
    assert "canary" not in done.err


def test_a_missing_table(shop: Shop) -> None:
    before = shop.traces()
    with sqlite3.connect(shop.app) as app:
        app.execute('drop table "ApiUsageLog"')
    app.close()
    assert_failed(shop, "ApiUsageLog", before=before)


@pytest.mark.slow
def test_a_provider_and_a_currency_without_rates(shop: Shop) -> None:
    _call_a_provider(shop, "SORA_V1")
    rates = shop.seeds / "fx_rates.csv"
    kept = [line for line in rates.read_text().splitlines() if not line.startswith("jpy")]
    rates.write_text("\n".join(kept))
    assert_failed(shop, "SORA_V1", "jpy")


@pytest.mark.slow
@pytest.mark.thorough
def test_the_run_after_a_rate_card_was_mended_is_in_order(shop: Shop) -> None:
    _call_a_provider(shop, "SORA_V1")
    assert_failed(shop, "SORA_V1")
    rates = shop.seeds / "provider_rates.csv"
    names = rates.read_text().splitlines()[0].split(",")
    added = {"rate_id": "sora", "provider": "SORA_V1", "usd_per_credit": "0.009"}
    line = ",".join(added.get(name, "") for name in names)
    rates.write_text(f"{rates.read_text().rstrip()}\n{line}\n")
    assert shop.run("refresh").code == 0
    query = "select cost_usd / credits as rate from marts.fct_provider_usage where rate_id = 'sora'"
    assert shop.run("sql", query, "--format", "csv").out == "rate\n0.009\n"


def _call_a_provider(shop: Shop, provider: str) -> None:
    """Log one more call, of another provider."""
    with sqlite3.connect(shop.app) as app:
        columns = [row[1] for row in app.execute('pragma table_info("ApiUsageLog")')]
        newest = app.execute('select * from "ApiUsageLog" order by timestamp desc').fetchone()
        row = dict(zip(columns, newest, strict=True)) | {"id": "log_new", "provider": provider}
        marks = ", ".join("?" for _ in row)
        app.execute(f'insert into "ApiUsageLog" values ({marks})', tuple(row.values()))
    app.close()


def test_nothing_is_left_of_a_refused_first_run(new_shop: Shop, tmp_path: Path) -> None:
    done = new_shop.with_(APP_DATABASE_URL=f"sqlite:///{tmp_path}/none").run("refresh")
    assert done.code == 1
    assert [name for name in new_shop.traces() if name.startswith(("serving", "pipelines"))] == []
    assert new_shop.run("generations", "--json").out.strip() == "[]"
