"""A pull of the application's database: by cursor hourly, whole nightly, from either kind."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from ingest_company import Company, MakeSettings, company
from pydantic import SecretStr

import ingest
from ingest.app.specs import TABLES
from warehouse.engines import engine_for
from warehouse.errors import SourceError

Execute = Callable[[str], None]


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], name="shop"
)
def _shop(
    request: pytest.FixtureRequest, make_settings: MakeSettings, tmp_path: Path
) -> Iterator[Company]:
    chosen = {}
    if request.param == "postgres":
        # The warehouse is PostgreSQL too: its bulk load has its own idea of texts.
        url = request.getfixturevalue("postgres_url")
        chosen = {"app_database_url": url, "warehouse_url": url}
    with company(make_settings, tmp_path, **chosen) as made:
        made.pull_app()
        yield made


@pytest.fixture
def execute(shop: Company) -> Execute:
    def run(statement: str) -> None:
        if shop.app_url.startswith("sqlite"):
            with closing(sqlite3.connect(shop.app_url.removeprefix("sqlite:///"))) as connection:
                connection.execute(statement)
                connection.commit()
        else:
            with psycopg.connect(shop.app_url, autocommit=True) as connection:
                connection.execute(statement.encode())

    return run


def _count(shop: Company, table: str) -> int:
    return int(shop.value(f'select count(*) from "{table}"'))


def _app_rows(report: ingest.PullReport) -> dict[str, int]:
    return {name: n for name, n in report.landed.items() if n and name.startswith("raw_app")}


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_every_row_is_landed_typed_and_without_names(shop: Company) -> None:
    for spec in TABLES:
        landed = shop.value(
            f"select count(*) from raw_app.{spec.table}".replace(".user", '."user"')
        )
        assert landed > 0, spec.name
    columns = shop.rows(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = 'raw_app' and table_name = 'user'"
    )
    types = {name: kind.lower() for name, kind in columns}
    assert set(types) == {
        "id", "email_hash", "role", "stripe_customer_id", "last_login_at", "created_at",
        "updated_at", "hash", "observed_at", "deleted", "_dlt_load_id",
    }  # fmt: skip
    assert types["updated_at"] == types["last_login_at"] == "timestamp with time zone"
    (newest,) = shop.rows("select max(created_at), max(observed_at) from raw_app.video")[0:1]
    assert newest[0] < newest[1] == shop.world.now()


def test_the_hour_brings_what_is_new_and_what_changed(shop: Company, execute: Execute) -> None:
    shop.advance(hours=30)
    videos = shop.value("select min(id) from raw_app.video")
    at = _stamp(shop.world.now() - timedelta(minutes=5))
    execute(f"""update "Video" set status = 'LOST', "updatedAt" = '{at}' where id = '{videos}' """)
    assert shop.pull_app().landed["raw_app.video"] > 0
    newest = shop.rows(
        f"select status from raw_app.video where id = '{videos}' order by observed_at desc"
    )
    assert newest[0] == ("LOST",)
    assert _app_rows(shop.pull_app()) == {}
    assert _app_rows(shop.pull_app("nightly")) == {}


def test_rows_that_come_days_late_are_found_by_the_hour(shop: Company, execute: Execute) -> None:
    for name, days in (("late_1", 6), ("late_2", 60)):
        at = _stamp(shop.world.now() - timedelta(days=days))
        execute(f"""insert into "ApiUsageLog" values ('{name}', 'v', 'LUMA_V1', 3, null, '{at}')""")
    assert _app_rows(shop.pull_app()) == {"raw_app.api_usage_log": 1}
    assert _app_rows(shop.pull_app("nightly")) == {"raw_app.api_usage_log": 1}


def test_the_night_marks_what_is_gone_and_takes_back_what_returns(
    shop: Company, execute: Execute
) -> None:
    (row,) = shop.rows("select id, video_id, credits from raw_app.api_usage_log limit 1")
    execute(f"""create table kept as select * from "ApiUsageLog" where id = '{row[0]}' """)
    execute(f"""delete from "ApiUsageLog" where id = '{row[0]}' """)
    assert _app_rows(shop.pull_app("nightly")) == {"raw_app.api_usage_log": 1}
    assert shop.rows(
        f"select id, video_id, credits from raw_app.api_usage_log where deleted and id = '{row[0]}'"
    ) == [row]
    assert _app_rows(shop.pull_app("nightly")) == {}
    execute('insert into "ApiUsageLog" select * from kept')
    assert _app_rows(shop.pull_app("nightly")) == {"raw_app.api_usage_log": 1}


def test_the_night_finds_what_changed_without_saying_so(shop: Company, execute: Execute) -> None:
    execute('update "Notification" set "readAt" = null')
    changed = shop.value("select count(*) from raw_app.notification where read_at is not null")
    assert changed > 0
    assert _app_rows(shop.pull_app("nightly")) == {"raw_app.notification": changed}


def test_an_empty_text_is_null_on_both_engines_and_odd_ones_survive(
    shop: Company, execute: Execute
) -> None:
    execute("""update "SystemAlert" set message = '', type = 'a "quoted", line
break' where id = (select min(id) from "SystemAlert")""")
    shop.pull_app()
    newest = "from raw_app.system_alert order by observed_at desc, _dlt_load_id desc limit 1"
    assert shop.rows(f"select message, type {newest}") == [(None, 'a "quoted", line\nbreak')]


def test_a_missing_table_is_named_and_nothing_is_landed(shop: Company, execute: Execute) -> None:
    execute('alter table "Notification" rename to "Notice"')
    before = ingest.fingerprint(shop.settings)
    with pytest.raises(SourceError, match="no table Notification"):
        shop.pull_app()
    assert ingest.fingerprint(shop.settings) == before


def test_a_missing_column_is_named(shop: Company, execute: Execute) -> None:
    execute('alter table "Video" rename column "creditsUsed" to "credits"')
    with pytest.raises(SourceError, match="table Video has no column creditsUsed"):
        shop.pull_app()


def test_a_database_without_users_is_not_believed(shop: Company, execute: Execute) -> None:
    execute('delete from "User"')
    with pytest.raises(SourceError, match="User is empty"):
        shop.pull_app("nightly")
    assert shop.value('select count(*) from raw_app."user" where deleted') == 0


@pytest.mark.postgres
def test_prismas_url_names_the_schema(
    make_settings: MakeSettings, tmp_path: Path, postgres_url: str
) -> None:
    in_shop = f"{postgres_url}?options=-csearch_path%3Dshop"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("create schema shop")
    with company(make_settings, tmp_path, app_database_url=in_shop) as made:
        elsewhere = {"app_database_url": SecretStr(postgres_url)}
        with pytest.raises(SourceError, match="no table User"):
            ingest.preflight(made.settings.model_copy(update=elsewhere))
        prisma = {"app_database_url": SecretStr(f"{postgres_url}?schema=shop&connection_limit=5")}
        ingest.preflight(made.settings.model_copy(update=prisma))


def test_the_run_context_tells_the_transforms_about_the_run(shop: Company) -> None:
    shop.pull()
    start = datetime(2020, 1, 1, tzinfo=UTC)
    now = datetime(2027, 1, 1, tzinfo=UTC)
    settings = shop.settings.model_copy(
        update={"tillhouse_now": now, "stripe_account_start": start}
    )
    ingest.write_run_context(settings, "run_1", "hourly")
    with engine_for(settings).connect() as connection:
        # As a warehouse of an older Tillhouse has it.
        connection.execute("alter table raw_tillhouse.run_context drop column account_start_at")
    ingest.write_run_context(settings, "run_2", "nightly")
    (row,) = shop.rows(
        "select run_id, mode, now_at, live_mode, first_load_at, account_id, default_currency, "
        "account_start_at from raw_tillhouse.run_context"
    )
    account = next(iter(shop.world.store.table("account").rows))
    assert row[:4] == ("run_2", "nightly", settings.now(), False)
    assert row[4:] == (shop.world.now(), account, "usd", start)
    synced = dict(shop.rows("select source, synced_through from raw_tillhouse.source_syncs"))
    assert synced["raw_stripe.charges"] == synced["raw_app.video"] == shop.world.now()
