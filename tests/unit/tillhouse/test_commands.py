"""Commands over a small published warehouse: what they print, and how they end."""

from __future__ import annotations

import csv
import io
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration.refresh import Refresh
from tillhouse.cli import app
from tillhouse.commands.refresh import in_words
from warehouse.engines import engine_for
from warehouse.generations import MartTable, Publication, publish
from warehouse.lock import run_lock
from warehouse.operations import ApiKeys, Delivery, Inbox, OperationsStore, RunHistory, SyncGaps
from warehouse.settings import Settings, load_settings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUERY = "select * from marts.agg_kpis_daily order by date"

Run = Callable[..., Any]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Return settings of the environment, with two published generations at noon."""
    monkeypatch.setenv("TILLHOUSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TILLHOUSE_NOW", NOON.isoformat())
    settings = load_settings()
    settings.prepare_home()
    with engine_for(settings).connect() as connection:
        connection.execute("create schema build")
        connection.execute(
            "create table build.agg_kpis_daily as select date '2026-02-27' + i::int as date, "
            "(i * 10.5)::numeric(20,6) as mrr_usd, case when i = 1 then 'a,b' end as note, "
            "timestamptz '2026-02-28 12:00:00+00' as at from range(2) as r(i)"
        )
    table = MartTable("agg_kpis_daily", "One row a day.", {})
    for number in (1, 2):
        sources = {"stripe": NOON, "app": NOON}
        checks = {"passed": 5, "warned": 0}
        publish(settings, Publication("hourly", f"r{number}", "f", (table,), sources, checks))
    return settings


@pytest.mark.parametrize("name", [command.callback.__name__ for command in app.registered_commands])
def test_every_command_helps_with_an_example(name: str, run: Run) -> None:
    done = run(name, "--help")
    assert done.code == 0
    assert f"Example: tillhouse {name}" in " ".join(done.out.split())


def test_a_wrong_option_is_wrong_usage(run: Run) -> None:
    assert run("refresh", "--mode", "weekly").code == 2
    assert run("nothing").code == 2


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--only", "charges,chargez"), "chargez"),
        (("--except", "chargez"), "chargez"),
        (("--only", "charges", "--except", "refunds"), "both given"),
        (("--except", "events"), "events"),
    ],
)
def test_a_wrong_choice_of_tables_is_wrong_settings(
    options: tuple[str, ...],
    problem: str,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("TILLHOUSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STRIPE_SECRET_KEY", "rk_test_1")
    monkeypatch.setenv("APP_DATABASE_URL", "sqlite:///app.db")
    # An option wins over either setting.
    monkeypatch.setenv("STRIPE_EXCEPT", "disputes")
    done = run("refresh", *options)
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert problem in line
    assert not (tmp_path / "home").exists()


def test_what_was_left_out_is_said(settings: Settings) -> None:
    done = Refresh(settings, "hourly", "run-1")
    assert in_words(done, 1) == "nothing has changed, nothing is published (1 s)"
    done.report.left_out = ["disputes", "reviews"]
    told = "nothing has changed, without disputes, reviews, nothing is published (1 s)"
    assert in_words(done, 1) == told


def test_sql_as_a_table(published: Settings, run: Run) -> None:
    done = run("sql", QUERY)
    assert done.code == 0
    assert [line.split() for line in done.out.splitlines()] == [
        ["date", "mrr_usd", "note", "at"],
        ["2026-02-27", "0.000000", "2026-02-28", "12:00:00Z"],
        ["2026-02-28", "10.500000", "a,b", "2026-02-28", "12:00:00Z"],
    ]


def test_sql_as_csv(published: Settings, run: Run) -> None:
    rows = list(csv.reader(io.StringIO(run("sql", QUERY, "--format", "csv").out)))
    assert rows[0] == ["date", "mrr_usd", "note", "at"]
    assert rows[2][:3] == ["2026-02-28", "10.500000", "a,b"]
    assert datetime.fromisoformat(rows[2][3]) == NOON - timedelta(days=1)


def test_sql_as_json_keeps_decimals_exact(published: Settings, run: Run) -> None:
    rows = json.loads(run("sql", QUERY, "--format", "json").out)
    assert rows[0]["note"] is None
    assert rows[1]["mrr_usd"] == "10.500000"
    assert rows[1]["date"] == "2026-02-28"


def test_sql_as_parquet(published: Settings, run: Run, tmp_path: Path) -> None:
    assert run("sql", QUERY, "--format", "parquet").code == 2
    path = tmp_path / "out.parquet"
    assert run("sql", QUERY, "--format", "parquet", "--out", str(path)).code == 0
    table = pq.read_table(path)
    assert table.column("mrr_usd").to_pylist()[1] * 2 == 21
    assert str(table.schema.field("date").type) == "date32[day]"


@pytest.mark.parametrize(
    "query", ["select", "select * from absent", "drop table marts.agg_kpis_daily"]
)
def test_a_query_that_fails_is_one_line(query: str, published: Settings, run: Run) -> None:
    done = run("sql", query)
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith("error: the query failed: ")


def test_generations_newest_first(published: Settings, run: Run) -> None:
    newest, oldest = json.loads(run("generations", "--json").out)
    assert (newest["active"], oldest["active"]) == (True, False)
    assert newest["id"] > oldest["id"]
    assert newest["as_of"] == newest["published_at"] == "2026-03-01T12:00:00Z"
    assert newest["location"] == str(published.serving_dir / f"g{newest['id']}.duckdb")
    assert Path(newest["location"]).is_absolute()
    assert newest["rows"] == {"agg_kpis_daily": 2}
    assert run("generations", "--activate", oldest["id"]).code == 0
    assert [g["active"] for g in json.loads(run("generations", "--json").out)] == [False, True]
    assert oldest["id"] in run("generations").out
    assert run("generations", "--activate", "000009").code == 1


def test_status_is_fresh_until_the_next_run_is_long_due(
    published: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def state_after(hours: float) -> tuple[int, set[str]]:
        monkeypatch.setenv("TILLHOUSE_NOW", (NOON + timedelta(hours=hours)).isoformat())
        done = run("status", "--json")
        return done.code, {row["state"] for row in json.loads(done.out)["rows"]}

    assert state_after(2) == (0, {"fresh"})
    assert state_after(3) == (0, {"late"})
    assert state_after(5) == (1, {"stale"})
    history = RunHistory(OperationsStore(published))
    history.begin("r", "hourly", NOON + timedelta(hours=4))
    history.end("r", "unchanged", "nothing had changed", None, NOON + timedelta(hours=4))
    assert state_after(5) == (0, {"fresh"})
    history.begin("s", "hourly", NOON + timedelta(hours=5))
    history.end("s", "failed", "Stripe is away", None, NOON + timedelta(hours=5))
    assert state_after(5) == (1, {"fresh"})
    assert "Stripe is away" in run("status").err


def test_status_tells_of_webhooks_once_they_are_set_up(
    published: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert json.loads(run("status", "--json").out)["webhooks"] is None
    assert "webhooks" not in run("status").out
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_1")
    assert "webhooks: 0 events in the last 24 h, none ever\n" in run("status").out
    now = datetime.now(UTC)
    Inbox(OperationsStore(published)).add(
        [
            Delivery(f"evt_{hours}", None, "invoice.paid", None, NOON, True, now - hours * HOUR)
            for hours in (30, 20, 1)
        ]
    )
    told = json.loads(run("status", "--json").out)["webhooks"]
    newest = (now - HOUR).isoformat().replace("+00:00", "Z")
    assert told == {"events_in_24_h": 2, "newest_at": newest}
    line = f"webhooks: 2 events in the last 24 h, the newest at {now - HOUR:%Y-%m-%d %H:%M:%S}Z\n"
    assert line in run("status").out


def test_status_tells_of_gaps_until_they_are_healed_and_of_the_last_one_after(
    published: Settings, run: Run
) -> None:
    assert json.loads(run("status", "--json").out)["gaps"] == {"open": [], "last_healed": None}
    gaps = SyncGaps(OperationsStore(published))
    gaps.open("acct_1", "the last pull is 33 days old", NOON - timedelta(days=33), NOON, NOON)
    done = run("status")
    assert done.code == 1
    assert (
        "error: changes of Stripe account acct_1 from 2026-01-27 12:00:00Z to 2026-03-01 12:00:00Z "
        "may be missing (the last pull is 33 days old): run `tillhouse refresh`"
    ) in done.err
    assert "last gap" not in done.out
    told = json.loads(run("status", "--json").out)
    assert (told["ok"], told["gaps"]["last_healed"]) == (False, None)
    assert told["gaps"]["open"] == [
        {
            "account_id": "acct_1",
            "reason": "the last pull is 33 days old",
            "since": "2026-01-27T12:00:00Z",
            "until": "2026-03-01T12:00:00Z",
            "detected_at": "2026-03-01T12:00:00Z",
            "healed_at": None,
        }
    ]
    gaps.heal("acct_1", NOON + HOUR)
    done = run("status")
    assert (done.code, done.err) == (0, "")
    assert (
        "last gap: Stripe account acct_1, 2026-01-27 12:00:00Z to 2026-03-01 12:00:00Z "
        "(the last pull is 33 days old); healed at 2026-03-01 13:00:00Z\n"
    ) in done.out
    told = json.loads(run("status", "--json").out)
    assert (told["ok"], told["gaps"]["open"]) == (True, [])
    assert told["gaps"]["last_healed"]["healed_at"] == "2026-03-01T13:00:00Z"


def test_status_names_the_tables_that_are_left_out(
    published: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert json.loads(run("status", "--json").out)["left_out"] == []
    assert "left out" not in run("status").out
    monkeypatch.setenv("STRIPE_EXCEPT", "reviews, disputes")
    assert json.loads(run("status", "--json").out)["left_out"] == ["disputes", "reviews"]
    assert "Stripe tables left out by the settings: disputes, reviews\n" in run("status").out


def test_status_tells_a_run_that_was_killed_from_one_that_is_under_way(
    published: Settings, run: Run
) -> None:
    history = RunHistory(OperationsStore(published))
    history.begin("r", "nightly", NOON)
    with run_lock(published, "tillhouse refresh --mode nightly"):
        done = run("status")
        assert (done.code, done.err) == (0, "")
        assert "running now: `tillhouse refresh --mode nightly`" in done.out
    done = run("status")
    assert done.code == 1
    killed = "the last run (nightly, begun at 2026-03-01 12:00:00Z) was killed before it ended"
    assert killed in done.err


def test_before_the_first_refresh(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TILLHOUSE_HOME", str(tmp_path / "home"))
    assert run("status").code == 1
    assert run("sql", "select 1").code == 1
    assert json.loads(run("generations", "--json").out) == []


def test_a_token_is_all_that_is_printed(published: Settings, run: Run) -> None:
    done = run("token", "ana")
    assert done.code == 0
    assert (done.out.count("\n"), done.out.count("."), done.err) == (1, 2, "")


def test_a_key_is_printed_once_and_can_be_revoked(published: Settings, run: Run) -> None:
    key = run("token", "ci", "--api-key", "--scopes", "export, admin").out.strip()
    keys = ApiKeys(OperationsStore(published))
    found = keys.find(key)
    assert found is not None
    assert (found.name, found.scopes, found.expires_at) == ("ci", {"export", "admin"}, None)
    assert run("token", "ci", "--revoke").code == 0
    assert keys.find(key) is None
    again = run("token", "ci", "--revoke")
    assert (again.code, again.err[:6]) == (0, "0 keys")


def test_a_taken_port_is_one_line(published: Settings, run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", "--port", str(taken.getsockname()[1]))
    assert done.code == 2
    assert "choose another --port" in done.err


def test_what_nobody_expected_is_one_line_too(
    published: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("warehouse.generations.active", broken)
    done = run("generations")
    assert done.code == 1
    (line,) = done.err.splitlines()
    assert line.startswith("error: RuntimeError: two lines; the details are in ")
    path = Path(line.rpartition(" ")[2])
    assert "Traceback" in path.read_text()
    path.unlink()


def test_help_imports_nothing_slow() -> None:
    slow = {"dlt", "dagster", "dbt", "duckdb", "pandas", "pyarrow", "fastapi", "stripe", "psycopg"}
    code = f"import sys, tillhouse.cli; print(sorted({slow!r} & sys.modules.keys()))"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout == "[]\n"


def test_keys_are_listed_without_being_shown(published: Settings, run: Run) -> None:
    key = run("token", "ci", "--api-key", "--scopes", "read").out.strip()
    run("token", "other", "--api-key")
    run("token", "other", "--revoke")
    listed = run("token", "--keys").out
    assert key.split("_")[1] in listed
    assert key.split("_", 2)[2] not in listed
    assert [line.split()[-1] for line in listed.splitlines()[1:]] == ["yes", "no"]
    assert run("token", "ci", "--keys").out.count("\n") == 2
    assert run("token").code == 2


def test_a_misspelt_scope_is_refused(published: Settings, run: Run) -> None:
    done = run("token", "ana", "--scopes", "exprot")
    assert (done.code, done.out) == (2, "")
    assert "read, customers, export, admin" in done.err


def test_what_is_done_on_the_command_line_is_in_the_audit_log(
    published: Settings, run: Run, tmp_path: Path
) -> None:
    assert run("audit", "head").code == 1
    run("token", "ci", "--api-key", "--scopes", "admin")
    run("token", "ana@example.com", "--revoke")
    generation = json.loads(run("generations", "--json").out)[1]["id"]
    assert run("generations", "--activate", generation).code == 0
    rows = json.loads(run("audit", "show", "--json").out)[::-1]
    assert [row["action"] for row in rows] == ["create key", "revoke", "activate"]
    assert rows[2]["target"] == generation
    assert "ana@" not in json.dumps(rows)
    assert rows[0]["actor"].startswith("command line: ")
    assert "activate" in run("audit", "show").out
    anchors = tmp_path / "anchors"
    anchors.write_text(run("audit", "head").out)
    assert run("audit", "verify", "--anchors", str(anchors)).out.startswith("3 rows")
    assert run("audit", "verify", "--anchors", str(tmp_path / "none")).code == 2


def test_a_broken_chain_ends_with_one(published: Settings, run: Run) -> None:
    run("token", "ci", "--api-key")
    with OperationsStore(published).connect() as connection:
        connection.execute("drop trigger audit_update")
        connection.execute("update audit set target = 'somebody else'")
    done = run("audit", "verify")
    assert (done.code, done.out) == (1, "")
    assert "row 1 is not what was written there" in done.err


@pytest.mark.parametrize("name", ["verify", "head", "show"])
def test_every_command_of_the_audit_log_helps_with_an_example(name: str, run: Run) -> None:
    assert f"Example: tillhouse audit {name}" in " ".join(run("audit", name, "--help").out.split())
