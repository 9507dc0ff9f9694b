"""Seed files: the user's own win, and what is wrong with one is said by file, line and column."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.seed_files import SHIPPED, read_seed, read_seeds
from ingest.seed_specs import SEEDS, SeedColumn, SeedSpec
from warehouse.errors import SettingsError
from warehouse.settings import Settings

SPECS = {spec.name: spec for spec in SEEDS}


def _read(tmp_path: Path, name: str, text: str) -> tuple[tuple[str, ...], ...]:
    path = tmp_path / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    return read_seed(SPECS[name], path).rows


def test_the_shipped_rate_card_is_the_one_that_was_agreed(settings: Settings) -> None:
    seeds = {seed.spec.name: seed for seed in read_seeds(settings)}
    rates = {row[1]: (Decimal(row[2]), row[5]) for row in seeds["provider_rates"].rows}
    assert rates == {
        "LUMA_V1": (Decimal("0.0032"), "true"),
        "LUMA_V2": (Decimal("0.0045"), "true"),
        "KLING_V1": (Decimal("0.004"), "true"),
        "KLING_V2": (Decimal("0.006"), "true"),
    }
    assert seeds["fx_rates"].rows == (("usd", "1970-01-01", "1"),)
    assert seeds["plan_catalog"].rows == seeds["excluded_accounts"].rows == ()
    exponents = dict(seeds["currencies"].rows)
    assert [exponents[c] for c in ("usd", "jpy", "kwd", "isk", "ugx", "huf")] == list("203222")


def test_every_shipped_file_has_a_spec() -> None:
    assert sorted(path.stem for path in SHIPPED.glob("*.csv")) == sorted(SPECS)


def test_the_users_file_wins(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    own = tmp_path / "seeds"
    own.mkdir()
    (own / "provider_rates.csv").write_text("usd_per_credit,provider\n0.01,SORA\n")
    settings = make_settings(tillhouse_seeds=own)
    seeds = {seed.spec.name: seed for seed in read_seeds(settings)}
    assert seeds["provider_rates"].rows == (("", "SORA", "0.01", "", "", "", ""),)
    assert seeds["provider_rates"].path == own / "provider_rates.csv"
    assert seeds["fx_rates"].path == SHIPPED / "fx_rates.csv"


def test_what_spreadsheets_do_to_a_file_is_forgiven(tmp_path: Path) -> None:
    rows = _read(
        tmp_path,
        "fx_rates",
        '\ufeffdate , currency,usd_per_unit\r\n2026-01-01,"EUR", 1.08 \r\n,,\r\n\r\n',
    )
    assert rows == (("EUR", "2026-01-01", "1.08"),)


def test_the_content_hash_is_of_the_values(tmp_path: Path) -> None:
    path = tmp_path / "fx_rates.csv"
    hashes = []
    for text in (
        "currency,date,usd_per_unit\neur,2026-01-01,1.08\n",
        "date,currency,usd_per_unit\n2026-01-01,eur,1.08\n\n",
        "currency,date,usd_per_unit\neur,2026-01-01,1.09\n",
    ):
        path.write_text(text)
        hashes.append(read_seed(SPECS["fx_rates"], path).content_hash)
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("fx_rates", "", "is empty"),
        ("fx_rates", "currency,usd_per_unit\n", "line 1: column date is missing"),
        ("fx_rates", "currency,date,usd_per_unit,note\n", "line 1: column note is unknown"),
        (
            "fx_rates",
            "currency,date,date,usd_per_unit\n",
            "line 1: column date is unknown or there",
        ),
        (
            "fx_rates",
            "currency,date,usd_per_unit\neur,2026-01-01\n",
            "line 2: it has 2 values for 3",
        ),
        ("fx_rates", "currency,date,usd_per_unit\neuro,2026-01-01,1\n", "line 2, column currency"),
        ("fx_rates", "currency,date,usd_per_unit\neur,01.02.2026,1\n", "line 2, column date"),
        ("fx_rates", "currency,date,usd_per_unit\neur,2026-02-30,1\n", "line 2, column date"),
        ("fx_rates", "currency,date,usd_per_unit\neur,20260101,1\n", "line 2, column date"),
        ("fx_rates", "currency,date,usd_per_unit\neur,2026-01-01,0\n", "column usd_per_unit"),
        ("fx_rates", "currency,date,usd_per_unit\neur,2026-01-01,1e2\n", "column usd_per_unit"),
        ("fx_rates", "currency,date,usd_per_unit\neur,2026-01-01,nan\n", "column usd_per_unit"),
        ("fx_rates", 'currency,date,usd_per_unit\neur,2026-01-01,"1,08"\n', "usd_per_unit"),
        ("fx_rates", "currency,date,usd_per_unit\neur,2026-01-01,-1\n", "column usd_per_unit"),
        (
            "fx_rates",
            "currency,date,usd_per_unit\neur,2026-01-01,\n",
            "it is empty and not a number",
        ),
        (
            "fx_rates",
            "currency,date,usd_per_unit\neur,2026-01-01,1\n\nEUR,2026-01-01,2\n",
            "line 4, column date: the same currency and date as in line 2",
        ),
        ("provider_rates", "provider,usd_per_credit\nSORA,cheap\n", "column usd_per_credit"),
        ("provider_rates", "provider,usd_per_credit\nSORA,0.0000000001\n", "usd_per_credit"),
        (
            "provider_rates",
            "provider,usd_per_credit\n,0.1\n",
            "line 2, column provider: it is empty",
        ),
        (
            "provider_rates",
            "provider,usd_per_credit,bills_failures\nSORA,1,yes\n",
            "“yes” is not true or false",
        ),
        (
            "provider_rates",
            "provider,usd_per_credit,valid_from\nSORA,1,soon\n",
            "column valid_from",
        ),
        (
            "provider_rates",
            "provider,usd_per_credit\nSORA,1\nSORA,2\n",
            "column valid_from: the same",
        ),
        ("plan_catalog", "price_id,kind\nprice_1,gift\n", "line 2, column kind"),
        ("plan_catalog", "price_id,kind,credits\nprice_1,pack,many\n", "line 2, column credits"),
        ("excluded_accounts", "account_id\nu1\nu1\n", "line 3, column account_id: the same"),
        ("currencies", "currency,exponent\nusd,4\n", "line 2, column exponent"),
        ("metric_policies", 'decision,value\n"tax,excluded\n', "no CSV"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _read(tmp_path, name, text)
    assert message in str(caught.value)
    assert f"{name}.csv" in str(caught.value)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "excluded_accounts.csv"
    path.write_bytes("account_id,reason\nu1,Gründer\n".encode("latin-1"))
    with pytest.raises(SettingsError, match="UTF-8"):
        read_seed(SPECS["excluded_accounts"], path)


def test_a_key_must_be_a_column() -> None:
    column = SeedColumn("a", "a text", bool)
    with pytest.raises(ValueError, match="key"):
        SeedSpec("things", (column,), key=("b",))
