"""What the application's cost logger writes is what the warehouse works out, to the last digit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from served_rates import CHANGE, NOW, SeedRow, rate, serving_rates, shipped

from tests.integration.models.project import Project
from warehouse.settings import Settings

pytestmark = pytest.mark.slow

MILLISECOND = timedelta(milliseconds=1)
# Beyond what is shipped: a change, nine places, and who takes nothing for failures.
OWN = [
    rate("CHANGES", "0.006", until=CHANGE),
    rate("CHANGES", "0.0052", since=CHANGE),
    rate("TINY", "0.000000001"),
    rate("LONG", "1.234567891"),
    rate("KIND", "0.0037", bills_failures="false"),
]
CREDITS = (1, 3, 95, 160, 480, 33_333)


def calls(rates: list[SeedRow]) -> list[dict[str, Any]]:
    """Return calls at every provider, for videos that live and that fail, around the change."""
    change = datetime.fromisoformat(CHANGE)
    return [
        {
            "videoId": f"{fate}-{provider}-{amount}",
            "provider": provider,
            "credits": amount,
            "at": at.isoformat(),
        }
        for provider in sorted({row["provider"] for row in rates})
        for amount in CREDITS
        for fate in ("lives", "fails")
        for at in (change - MILLISECOND, change, change + MILLISECOND)
    ]


def logged(path: Path) -> list[dict[str, Any]]:
    """Return the application's rows of calls."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute('select * from "ApiUsageLog"')]


def land(project: Project, rates: list[SeedRow], path: Path) -> None:
    """Land the rates, the application's calls and their videos."""
    with closing(sqlite3.connect(path)) as connection:
        videos = connection.execute('select id, status from "Video"').fetchall()
    with project.raw() as raw:
        raw.create(now=NOW, first_load_at=NOW)
        raw.load("raw_app", "1")
        raw.seed("provider_rates", rates)
        for row in logged(path):
            landed = {
                "id": row["id"],
                "video_id": row["videoId"],
                "provider": row["provider"],
                "credits": row["credits"],
                "cost_usd": row["costUSD"],
                "timestamp": datetime.fromisoformat(row["timestamp"]),
            }
            raw.app("api_usage_log", landed, observed_at=NOW, load_id="1")
        for video_id, status in videos:
            video = {"id": video_id, "user_id": "u", "status": status}
            raw.app("video", video, observed_at=NOW, load_id="1")


# One engine: credits are whole and rates have nine places, so that neither has anything to round.
@pytest.mark.parametrize("project", ["duckdb"], indirect=True)
def test_the_warehouse_prices_every_logged_call_alike(
    project: Project, make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    rates = [*shipped(), *OWN]
    made = calls(rates)
    (tmp_path / "calls.json").write_text(json.dumps(made))
    database = tmp_path / "app.sqlite"
    with serving_rates(make_settings(), rates) as reader:
        reader.run("log.ts", CALLS=str(tmp_path / "calls.json"), DATABASE=str(database))
    land(project, rates, database)
    project.run("--select", "+int_usage_rated")
    rated = project.rows(
        "select provider, cost_usd, app_reported_cost_usd, rate_id is null "
        "from intermediate.int_usage_rated"
    )
    assert len(rated) == len(made)
    assert [row for row in rated if row[1] != row[2] or row[3]] == []
    assert {provider for provider, cost, *_ in rated if cost == 0} == {"KIND"}
