"""Reading SQLite, and the URLs of PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.app.database import app_database, check_tables, postgres_url
from ingest.app.specs import Column, TableSpec
from warehouse.errors import SettingsError, SourceError
from warehouse.settings import Settings

CALLS = TableSpec(
    name="Call", columns=(Column("id", "text"), Column("at", "timestamp")), cursor=None
)
BY_CURSOR = TableSpec(
    name="Call",
    columns=CALLS.columns,
    cursor="at",
    overlap=datetime(2026, 1, 2) - datetime(2026, 1, 1),  # noqa: DTZ001
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a folder #1" / "app.db"
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute('create table "Call" (id text, "at" text)')
        connection.execute('create table "Number" (id text, "at" integer)')
    connection.close()
    return path


def _fill(path: Path, table: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    with connection:
        rows = [(f"c{n}", value) for n, value in enumerate(values)]
        connection.executemany(f'insert into "{table}" values (?, ?)', rows)
    connection.close()


def _settings(make_settings: Callable[..., Settings], path: Path) -> Settings:
    return make_settings(app_database_url=f"sqlite:///{path}")


def test_rows_from_a_day_on_in_every_form(
    make_settings: Callable[..., Settings], database: Path
) -> None:
    forms = ("2026-11-21T23:59:59Z", "2026-11-22 00:00:00", "2026-11-22T08:00:00.000Z")
    _fill(database, "Call", *forms, "1795305600000", "1795305599999")
    _fill(database, "Number", 1795305600000, 1795305599999)
    since = datetime(2026, 11, 22, tzinfo=UTC)
    numbers = TableSpec(
        name="Number", columns=CALLS.columns, cursor="at", overlap=BY_CURSOR.overlap
    )
    with app_database(_settings(make_settings, database)) as app:
        assert [len(chunk) for chunk in app.rows(CALLS, None)] == [5]
        found = [row[0] for chunk in app.rows(BY_CURSOR, since) for row in chunk]
        assert found == ["c1", "c2", "c3"]
        assert [row[0] for chunk in app.rows(numbers, since) for row in chunk] == ["c0"]


def test_it_is_never_written_to(make_settings: Callable[..., Settings], database: Path) -> None:
    with app_database(_settings(make_settings, database)) as app:
        list(app.rows(CALLS, None))
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            app._connection.execute("delete from Call")  # type: ignore[attr-defined]


def test_a_missing_table_is_named(make_settings: Callable[..., Settings], database: Path) -> None:
    users = TableSpec(name="User", columns=(Column("id", "text"),))
    with (
        app_database(_settings(make_settings, database)) as app,
        pytest.raises(SourceError, match="no table User"),
    ):
        check_tables(app, [CALLS, users])


def test_missing_columns_are_named(make_settings: Callable[..., Settings], database: Path) -> None:
    spec = TableSpec(
        name="Call", columns=(*CALLS.columns, Column("cost", "double"), Column("who", "text"))
    )
    with (
        app_database(_settings(make_settings, database)) as app,
        pytest.raises(SourceError, match="table Call has no column cost, who"),
    ):
        check_tables(app, [spec])


def test_a_missing_file_is_not_made(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    with (
        pytest.raises(SourceError, match=r"can't be reached: SQLite .*none\.db"),
        app_database(_settings(make_settings, missing)),
    ):
        pass
    assert not missing.exists()


def test_a_file_that_is_no_database_is_said_so(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be read as one" * 50)
    with (
        pytest.raises(SourceError, match="not a database"),
        app_database(_settings(make_settings, path)),
    ):
        pass


def test_an_unreachable_server_is_said_without_the_password(
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings(
        app_database_url="postgresql://me:canary@127.0.0.1:1/app?schema=public"
    )
    with (
        pytest.raises(SourceError, match="can't be reached: PostgreSQL at 127") as caught,
        app_database(settings),
    ):
        pass
    assert "canary" not in str(caught.value)


def test_a_wrong_url_is_a_wrong_setting(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(app_database_url="postgresql://127.0.0.1:1/app?colour=blue")
    with pytest.raises(SettingsError, match="APP_DATABASE_URL"), app_database(settings):
        pass


def test_no_url_is_a_wrong_setting(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="APP_DATABASE_URL is not set"), app_database(settings):
        pass


@pytest.mark.parametrize(
    ("given", "plain", "schema"),
    [
        ("postgresql://h/db", "postgresql://h/db", None),
        ("postgresql://h/db?schema=shop", "postgresql://h/db", "shop"),
        (
            "postgresql://u:p@h:5432/db?schema=public&connection_limit=5&sslmode=require",
            "postgresql://u:p@h:5432/db?sslmode=require",
            "public",
        ),
    ],
)
def test_prismas_own_parameters_are_taken_out(given: str, plain: str, schema: str | None) -> None:
    assert postgres_url(given) == (plain, schema)
