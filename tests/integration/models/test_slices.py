"""Models that go on from what the build before left: as a rebuild, and only what changed anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.models.project import ASKED, Project
from tests.integration.models.raw_layer import RawLayer

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SLICED = (
    "build.fct_credit_allocations",
    "build.fct_credit_entries",
    "build.fct_provider_usage",
    "build.fct_videos",
    "build.fct_user_activity_days",
    "build.focus_provider_usage",
    "build.dim_users",
)
WRONG = (("fct_credit_entries", "credits"), ("fct_videos", "credits_used"))
SELECTED = ("--select", *(f"+{name.rpartition('.')[2]}" for name in (*SLICED, *ASKED)))


class Day:
    """Lands what happens in the application, load by load."""

    def __init__(self, raw: RawLayer, load_id: str, at: datetime) -> None:
        self._raw, self._load_id, self._at = raw, load_id, at
        raw.load("raw_app", load_id)
        raw.load("raw_stripe", load_id)

    def row(self, table: str, *, deleted: bool = False, **row: Any) -> None:
        self._raw.app(table, row, observed_at=self._at, load_id=self._load_id, deleted=deleted)

    def user(self, name: str, role: str = "USER") -> None:
        self.row("user", id=name, role=role, created_at=NOON - 9 * HOUR, updated_at=self._at)

    def credit(self, entry: str, user: str, kind: str, amount: int, **more: Any) -> None:
        row = {"type": kind, "amount": amount, "created_at": self._at - HOUR / 2, **more}
        self.row("credit_transaction", id=entry, user_id=user, **row)

    def video(self, name: str, user: str, status: str = "COMPLETED") -> None:
        at = NOON - 2 * HOUR
        row = {"provider": "P", "status": status, "credits_used": 10, "created_at": at}
        self.row("video", id=name, user_id=user, completed_at=at, updated_at=self._at, **row)

    def call(self, name: str, video: str | None, **more: Any) -> None:
        row = {"provider": "P", "credits": 3, "timestamp": NOON - 2 * HOUR, **more}
        self.row("api_usage_log", id=name, video_id=video, **row)


def first_load(raw: RawLayer) -> None:
    raw.create(now=NOON, first_load_at=NOON)
    rate = {"rate_id": "r", "provider": "P", "usd_per_credit": "0.01", "valid_from": "2020-01-01"}
    raw.seed("provider_rates", [rate])
    day = Day(raw, "1", NOON)
    for name in ("still", "active", "giver", "taker", "chief", "ending"):
        day.user(name)
        until = NOON + HOUR / 2 if name == "ending" else None
        day.credit(f"gift_{name}", name, "PROMO", 100, expires_at=until)
        day.video(f"v_{name}", name)
        day.credit(f"use_{name}", name, "USAGE", -10, video_id=f"v_{name}")
        day.call(f"call_{name}", f"v_{name}")
    day.call("call_of_nobody", None)


def second_load(raw: RawLayer) -> None:
    """Land an hour: use, a video and an entry that change owners, a deletion, a new role."""
    day = Day(raw, "2", NOON + HOUR)
    day.video("v_new", "active", "FAILED")
    day.credit("use_new", "active", "USAGE", -10, video_id="v_new")
    day.credit("back_new", "active", "USAGE_REFUND", 10, video_id="v_new")
    day.call("call_new", "v_new")
    day.video("v_giver", "taker")
    day.credit("use_giver", "taker", "USAGE", -10, video_id="v_giver", created_at=NOON - HOUR / 2)
    day.call("call_taker", "v_taker", deleted=True)
    day.call("call_late", None)
    day.user("chief", "ADMIN")


def told(project: Project) -> dict[str, list[str]]:
    """Return what is said of all but the user to whom nothing happens."""
    return {
        name: sorted(
            row for row in map(str, project.rows(f"select * from {name}")) if "still" not in row
        )
        for name in SLICED
    }


def test_what_changed_is_computed_anew_and_nothing_else(project: Project) -> None:
    with project.raw() as raw:
        first_load(raw)
    project.run(*SELECTED)
    before = told(project)
    with project.raw() as raw:
        second_load(raw)
    project.go_on("1", NOON, NOON + HOUR)
    with project.engine.connect() as connection:
        # What nothing happened to is left as it is, right or wrong.
        for table, column in WRONG:
            wrong = f"update build.{table} set {column} = 777 where user_id = 'still'"
            connection.execute(wrong)
    project.run("--vars", "{sliced: true}", *SELECTED)
    owners = project.rows("select owner_id from intermediate.int_changed_owners order by 1")
    assert [owner for (owner,) in owners] == ["active", "chief", "ending", "giver", "taker"]
    for table, column in WRONG:
        kept = project.rows(f"select distinct {column} from build.{table} where user_id = 'still'")
        assert kept == [(777,)]
    after = told(project)
    project.run("--full-refresh", *SELECTED)
    assert after == told(project)
    assert all(after[name] != before[name] for name in SLICED)
    assert_failing_test_is_told(project)


def assert_failing_test_is_told(project: Project) -> None:
    """Ask for what a test of slices found, after the build, as `warehouse/dbt.py` does."""
    with project.raw() as raw:
        Day(raw, "3", NOON + 2 * HOUR).call("call_unpriced", None, provider="Q")
    project.go_on("2", NOON + HOUR, NOON + 2 * HOUR)
    test = "assert_every_call_has_a_rate"
    selected = ("--indirect-selection", "empty", "--select", "+fct_provider_usage", test)
    only_data = ("--exclude-resource-type", "unit_test")
    results = project.dbt("build", "--vars", "{sliced: true}", *only_data, *selected)
    failed = {result["unique_id"]: result for result in results if result["status"] != "success"}
    assert list(failed) == [f"test.tillhouse.{test}"]
    compiled = failed[f"test.tillhouse.{test}"]["compiled_code"]
    ((message,),) = project.rows(f"select message from ({compiled}) as failures")
    assert message.startswith("no rate for provider Q at 2026-11-20T10:00:00")
