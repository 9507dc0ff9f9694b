"""Settings only a person can mend: exit code 2, one line, and nothing is touched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from running import Outcome, Shop

CASES = {
    "a key that is not accepted": {"STRIPE_SECRET_KEY": "sk_test_wrong"},
    "a key that is none": {"STRIPE_SECRET_KEY": "pk_test_wrong"},
    "no key": {"STRIPE_SECRET_KEY": ""},
    "no application": {"APP_DATABASE_URL": ""},
    "another kind of database": {"APP_DATABASE_URL": "mysql://u@h/d"},
    "a time that is none": {"TILLHOUSE_NOW": "yesterday"},
    "another kind of warehouse": {"WAREHOUSE_URL": "mysql://u@h/d"},
}
NAMED = {name: next(iter(variables)) for name, variables in CASES.items()}


def assert_refused(shop: Shop, variable: str, before: dict[str, str]) -> Outcome:
    done = shop.run("refresh")
    assert done.code == 2
    assert variable in done.error
    assert shop.traces() == before
    return done


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_setting_touches_nothing(case: str, shop: Shop) -> None:
    before = shop.traces()
    assert_refused(shop.with_(**CASES[case]), NAMED[case], before)
    assert shop.run("sql", "select count(*) from marts.agg_kpis_daily").code == 0


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_setting_makes_no_home(case: str, new_shop: Shop) -> None:
    done = new_shop.with_(**CASES[case]).run("refresh")
    assert done.code == 2
    assert NAMED[case] in done.error
    assert [name for name in new_shop.traces() if "duckdb" in name] == []


def test_the_key_is_not_repeated(shop: Shop) -> None:
    done = shop.with_(STRIPE_SECRET_KEY="sk_test_canary0000000000").run("refresh", "--json")
    assert "canary" not in done.out + done.err
    assert '"exit_code": 2' in done.out


def test_an_unwritable_home(new_shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    before = new_shop.traces()
    assert_refused(
        new_shop.with_(TILLHOUSE_HOME=str(tmp_path / "file" / "home")), "TILLHOUSE_HOME", before
    )


def test_an_unwritable_folder_of_the_warehouse(new_shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    url = f"duckdb:///{tmp_path}/file/warehouse.duckdb"
    assert_refused(new_shop.with_(WAREHOUSE_URL=url), "WAREHOUSE_URL", new_shop.traces())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("provider,valid_from\nLUMA_V1,2026-01-01\n", "usd_per_credit"),
        ("provider,usd_per_credit,valid_from\nLUMA_V1,cheap,\n", "provider_rates.csv"),
        ("provider,usd_per_credit,valid_from\nLUMA_V1,0.1,soon\n", "valid_from"),
    ],
)
def test_a_malformed_seed(text: str, named: str, shop: Shop) -> None:
    before = shop.traces()
    (shop.seeds / "provider_rates.csv").write_text(text)
    error = assert_refused(shop, "provider_rates.csv", before).error
    assert named in error


def test_a_home_that_was_taken_away_is_made_again(shop: Shop) -> None:
    shutil.rmtree(shop.home)
    done = shop.run("sql", "select 1")
    assert done.code == 1
    assert "tillhouse refresh" in done.error
