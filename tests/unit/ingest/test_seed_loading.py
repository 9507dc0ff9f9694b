"""Seed files in the warehouse: text as written, rewritten only when it has changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import ingest
from warehouse.engines import Row, engine_for
from warehouse.errors import SettingsError
from warehouse.settings import Settings


@pytest.fixture
def given(make_settings: Callable[..., Settings], tmp_path: Path) -> Settings:
    (tmp_path / "seeds").mkdir()
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    settings = make_settings(tillhouse_seeds=tmp_path / "seeds", tillhouse_now=now)
    settings.prepare_home()
    return settings


def _rows(settings: Settings, query: str) -> list[Row]:
    with engine_for(settings).connect() as connection:
        return connection.execute(query).fetchall()


def test_all_are_landed_as_text_and_then_only_what_changed(given: Settings) -> None:
    assert len(ingest.load_seeds(given)) == 6
    assert ingest.load_seeds(given) == []
    rates = "".join(f"eur,2026-01-{day:02},1.0{day:02}\n" for day in range(1, 32))
    (given.seeds_dir / "fx_rates.csv").write_text(f"currency,date,usd_per_unit\n{rates}")
    assert ingest.load_seeds(given) == ["fx_rates"]
    rows = _rows(given, "select * from raw_seeds.fx_rates order by date")
    assert len(rows) == 31
    assert rows[8] == ("eur", "2026-01-09", "1.009")
    types = "select distinct data_type from information_schema.columns where table_schema = "
    assert _rows(given, f"{types} 'raw_seeds'") == [("VARCHAR",)]


def test_a_file_that_is_taken_away_gives_way_to_the_shipped_one(given: Settings) -> None:
    own = given.seeds_dir / "excluded_accounts.csv"
    own.write_text("account_id\nuser_1\n")
    ingest.load_seeds(given)
    assert _rows(given, "select * from raw_seeds.excluded_accounts") == [("user_1", "")]
    own.unlink()
    assert ingest.load_seeds(given) == ["excluded_accounts"]
    assert _rows(given, "select * from raw_seeds.excluded_accounts") == []


def test_more_rows_than_one_statement_holds(given: Settings) -> None:
    lines = "\n".join(f"user_{number}," for number in range(1_234))
    (given.seeds_dir / "excluded_accounts.csv").write_text(f"account_id,reason\n{lines}\n")
    ingest.load_seeds(given)
    query = "select count(*), count(distinct account_id) from raw_seeds.excluded_accounts"
    assert _rows(given, query) == [(1_234, 1_234)]


def test_one_wrong_file_keeps_all_as_they_were(given: Settings) -> None:
    ingest.load_seeds(given)
    (given.seeds_dir / "excluded_accounts.csv").write_text("account_id\nuser_1\n")
    (given.seeds_dir / "fx_rates.csv").write_text("currency,date,usd_per_unit\neur,soon,1\n")
    with pytest.raises(SettingsError):
        ingest.load_seeds(given)
    assert _rows(given, "select * from raw_seeds.excluded_accounts") == []


def test_a_file_of_another_name_is_pointed_out(
    given: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (given.seeds_dir / "provider_rate.csv").write_text("provider,usd_per_credit\n")
    with caplog.at_level(logging.WARNING):
        ingest.load_seeds(given)
    assert "provider_rate.csv is no seed file" in caplog.text


def test_the_fingerprint_follows_the_seeds_and_the_day(given: Settings) -> None:
    empty = ingest.fingerprint(given)
    ingest.load_seeds(given)
    landed = ingest.fingerprint(given)
    later = given.model_copy(update={"tillhouse_now": datetime(2026, 11, 22, 23, 59, tzinfo=UTC)})
    morrow = given.model_copy(update={"tillhouse_now": datetime(2026, 11, 23, tzinfo=UTC)})
    assert ingest.fingerprint(later) == landed
    (given.seeds_dir / "fx_rates.csv").write_text("currency,date,usd_per_unit\neur,2026-01-01,1\n")
    ingest.load_seeds(given)
    assert len({empty, landed, ingest.fingerprint(given), ingest.fingerprint(morrow)}) == 4
