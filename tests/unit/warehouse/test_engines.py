"""Both engines behind one interface."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from warehouse.engines import DuckDBEngine, Engine, PostgresEngine, engine_for
from warehouse.errors import SettingsError, SourceError
from warehouse.settings import Settings

MakeSettings = Callable[..., Settings]


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, make_settings: MakeSettings) -> Engine:
    if request.param == "duckdb":
        made = engine_for(make_settings())
    else:
        made = engine_for(make_settings(warehouse_url=request.getfixturevalue("postgres_url")))
    made.check()
    return made


def test_question_marks_are_parameters_on_both(engine: Engine) -> None:
    with engine.connect() as connection:
        row = connection.execute("select ? || '%', cast(? as integer)", ["a", 2]).fetchone()
    assert row == ("a%", 2)


def test_a_failed_transaction_leaves_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute("create table t (x integer)")
        with suppress(ZeroDivisionError), connection.transaction():
            connection.execute("insert into t values (1)")
            raise ZeroDivisionError
        with connection.transaction():
            connection.execute("insert into t values (2)")
        assert connection.execute("select x from t").fetchall() == [(2,)]


def test_sessions_know_utc_only(engine: Engine) -> None:
    with engine.connect() as connection:
        text = connection.execute(
            "select cast(cast('2026-01-01 00:00:00+00' as timestamptz) as text)"
        ).fetchone()
    assert text == ("2026-01-01 00:00:00+00",)


def test_read_only_refuses_to_write(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute("create table t (x integer)")
    with engine.connect(read_only=True) as connection, pytest.raises(Exception, match="read-only"):
        connection.execute("insert into t values (1)")


def test_unreachable_postgres_is_one_line_without_the_password(make_settings: MakeSettings) -> None:
    engine = engine_for(make_settings(warehouse_url="postgresql://u:canary@127.0.0.1:1/db"))
    with pytest.raises(SourceError) as error:
        engine.check()
    assert "127.0.0.1:1/db" in str(error.value)
    assert "canary" not in str(error.value)
    assert "canary" not in repr(engine)


@pytest.mark.postgres
def test_a_role_that_may_not_make_schemas_is_refused(postgres_url: str) -> None:
    owner = PostgresEngine(postgres_url)
    role = f"weak_{owner.parts['dbname']}"
    with owner.connect() as connection:
        connection.execute(f"create role {role} login")
        weak = PostgresEngine(postgres_url.replace("postgres@", f"{role}@"))
        with pytest.raises(SourceError, match="grant create on database"):
            weak.check()
        connection.execute(f"drop role {role}")


def test_a_path_under_a_file_is_wrong_settings(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="WAREHOUSE_URL"):
        DuckDBEngine(tmp_path / "file" / "w.duckdb").check()


def test_a_build_in_duckdb_is_bounded(tmp_path: Path) -> None:
    told = DuckDBEngine(tmp_path / "w.duckdb").dbt_env()
    assert told["TILLHOUSE_DUCKDB_PATH"] == str(tmp_path / "w.duckdb")
    assert 0 < int(told["TILLHOUSE_DUCKDB_MEMORY"].removesuffix("MB")) <= 7_000


def test_dbt_gets_every_variable(make_settings: MakeSettings) -> None:
    url = "postgresql://u:p%40@h:5433/d?sslmode=require"
    assert engine_for(make_settings(warehouse_url=url)).dbt_env() == {
        "TILLHOUSE_DBT_TARGET": "postgres",
        "TILLHOUSE_PG_HOST": "h",
        "TILLHOUSE_PG_PORT": "5433",
        "TILLHOUSE_PG_USER": "u",
        "TILLHOUSE_PG_PASSWORD": "p@",
        "TILLHOUSE_PG_DBNAME": "d",
        "TILLHOUSE_PG_SSLMODE": "require",
    }


def test_a_small_write_leaves_what_others_replaced_where_it_is(
    make_settings: MakeSettings,
) -> None:
    engine = engine_for(make_settings())
    engine.check()
    groups = "select count(distinct row_group_id) from pragma_storage_info('t')"
    with engine.connect() as connection:
        connection.execute("create table t as select i from range(500_000) as s (i)")
        connection.execute("delete from t where i % 10 > 0")
        before = connection.execute(groups).fetchall()
    with engine.connect() as connection:
        connection.execute("create table note as select 1 as x")
    with engine.connect(read_only=True) as connection:
        # Merged, what is left of them would be one.
        assert connection.execute(groups).fetchall() == before == [(5,)]
