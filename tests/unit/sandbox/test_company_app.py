"""The application's database and the seed files say what happened."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from company_world import DAY, START, default_world, facts, new_world, since

from sandbox.app import write_app_database
from sandbox.app.schema import TABLES
from sandbox.company.world import World
from sandbox.ledger import (
    CreditMoved,
    FxRateSet,
    PricePublished,
    ProviderCalled,
    ProviderRateSet,
    StripeCustomerCreated,
    UserDeleted,
    UserLoggedIn,
    UserSignedUp,
    VideoFinished,
    VideoRequested,
)

END = since(160)


def read(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def everything(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: read(path, f'select * from "{table.name}" order by id') for table in TABLES}


@pytest.fixture(scope="module")
def world() -> World:
    return new_world(END)


@pytest.fixture(scope="module")
def database(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("app") / "app.db"
    write_app_database(world, f"sqlite:///{path}", END)
    return path


class TestRows:
    def test_users_have_their_customer_and_last_login(self, world: World, database: Path) -> None:
        logins = {f.user_id: f.at for f in facts(world, UserLoggedIn)}
        customers = {
            f.user_id: f.customer_id
            for f in facts(world, StripeCustomerCreated)
            if f.linked_by == "user"
        }
        gone = {f.user_id for f in facts(world, UserDeleted)}
        rows = read(database, 'select id, role, "stripeCustomerId", "lastLoginAt" from "User"')
        assert {row[0] for row in rows} == {
            f.user_id for f in facts(world, UserSignedUp) if f.user_id not in gone
        }
        assert {row[1] for row in rows} == {"USER", "ADMIN"}
        for user_id, _, customer_id, login in rows:
            assert customer_id == customers.get(user_id)
            at = logins.get(user_id)
            text = at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
            assert login == text

    def test_videos_have_their_final_status(self, world: World, database: Path) -> None:
        done = {f.video_id: f.status for f in facts(world, VideoFinished)}
        asked = {f.video_id: f.credits for f in facts(world, VideoRequested)}
        rows = read(database, 'select id, status, "creditsUsed", "completedAt" from "Video"')
        assert {row[0]: row[2] for row in rows} == asked
        for video_id, status, _, completed in rows:
            assert status == done.get(video_id, status)
            assert (completed is not None) == (status == "COMPLETED")

    def test_calls_and_credits_are_complete(self, world: World, database: Path) -> None:
        calls = read(database, 'select id, "costUSD" from "ApiUsageLog"')
        reported = {f.usage_log_id: f.reported_cost_usd for f in facts(world, ProviderCalled)}
        assert {i: None if c is None else Decimal(str(c)) for i, c in calls} == reported
        ((total,),) = read(database, 'select sum(amount) from "CreditTransaction"')
        assert total == sum(f.credits for f in facts(world, CreditMoved))

    def test_a_late_call_is_not_there_before_it_appears(self, tmp_path: Path) -> None:
        late = next(
            f
            for f in facts(default_world(), ProviderCalled)
            if f.at - f.called_at > timedelta(hours=24)
        )
        path = tmp_path / "app.db"
        query = f"select count(*) from \"ApiUsageLog\" where id = '{late.usage_log_id}'"
        write_app_database(default_world(), f"sqlite:///{path}", late.at)
        assert read(path, query) == [(0,)]
        write_app_database(default_world(), f"sqlite:///{path}", DAY)
        assert read(path, query) == [(1,)]


class TestContinuing:
    def test_a_database_of_an_earlier_day_is_continued(
        self, world: World, database: Path, tmp_path: Path
    ) -> None:
        path = tmp_path / "app.db"
        for until in (since(80), since(80), since(159), END):
            write_app_database(world, f"sqlite:///{path}", until)
        assert everything(path) == everything(database)

    def test_instants_are_text_in_utc(self, database: Path) -> None:
        (row,) = read(database, 'select max("createdAt") from "Video"')
        assert datetime.fromisoformat(row[0]).utcoffset() == timedelta(0)
        assert row[0].endswith("Z")

    def test_another_database_is_refused(self, world: World) -> None:
        with pytest.raises(ValueError, match="sqlite or postgresql"):
            write_app_database(world, "mysql://localhost/app", END)


@pytest.mark.postgres
def test_postgresql_holds_the_same(world: World, database: Path, postgres_url: str) -> None:
    for until in (since(80), END):
        write_app_database(world, postgres_url, until)
    with psycopg.connect(postgres_url) as connection:
        for table in TABLES:
            rows = connection.execute(f'select * from "{table.name}"'.encode()).fetchall()
            lite = {row[0]: row for row in everything(database)[table.name]}
            assert {str(row[0]) for row in rows} == set(lite)
            for row in rows:
                for name, value, other in zip(table.columns, row, lite[row[0]], strict=True):
                    if name in table.instants and value is not None:
                        assert value.isoformat(timespec="milliseconds") + "Z" == other
                    else:
                        assert value == other


class TestSeeds:
    @pytest.fixture(scope="class")
    def folder(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("home") / "seeds"
        default_world().write_seeds(folder)
        return folder

    @staticmethod
    def rows(path: Path) -> list[dict[str, str]]:
        with path.open(newline="") as file:
            return list(csv.DictReader(file))

    def test_fx_rates_cover_every_day_and_move(self, folder: Path) -> None:
        rows = self.rows(folder / "fx_rates.csv")
        days = [START.date() + timedelta(days=n) for n in range((DAY - START).days)]
        for currency, low, high in (("eur", "1.04", "1.16"), ("jpy", "0.0062", "0.0071")):
            rates = {
                r["date"]: Decimal(r["usd_per_unit"]) for r in rows if r["currency"] == currency
            }
            assert [date.fromisoformat(day) for day in rates] == days
            assert all(Decimal(low) < rate < Decimal(high) for rate in rates.values())
            assert len(set(rates.values())) > len(days) // 2
        assert rows[0] == {"currency": "usd", "date": "1970-01-01", "usd_per_unit": "1"}
        assert len(facts(default_world(), FxRateSet)) == 2 * len(days)

    def test_provider_rates_have_neither_gap_nor_overlap(self, folder: Path) -> None:
        rows = self.rows(folder / "provider_rates.csv")
        assert len({row["rate_id"] for row in rows}) == len(facts(default_world(), ProviderRateSet))
        kling = [row for row in rows if row["provider"] == "KLING_V2"]
        assert [row["usd_per_credit"] for row in kling] == ["0.006", "0.0052"]
        assert kling[0]["valid_to"] == kling[1]["valid_from"]
        assert kling[0]["valid_to"].endswith("T14:00:00Z")
        assert [row["valid_to"] for row in rows if row is not kling[0]] == [""] * 4

    def test_the_catalogue_and_the_excluded_accounts_are_whole(self, folder: Path) -> None:
        prices = {row["price_id"] for row in self.rows(folder / "plan_catalog.csv")}
        assert prices == {p.price_id for p in facts(default_world(), PricePublished)}
        accounts = [row["account_id"] for row in self.rows(folder / "excluded_accounts.csv")]
        assert len(accounts) == len(set(accounts)) == 2
