"""Every policy decides something: turned in the SQL, the comparison with the truth turns red."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.run import run_refresh
from tests.e2e.company import Rows, Site, differences, open_site
from warehouse.dbt_parsed import PROJECT, target_of
from warehouse.engines import engine_for

pytestmark = [pytest.mark.slow, pytest.mark.thorough]


@dataclass(frozen=True, slots=True)
class Turn:
    """One policy written differently.

    Attributes:
        path: file of the dbt project.
        ours: what stands there, exactly once.
        theirs: what it is turned into.
        tables: where the truth must notice.
    """

    path: str
    ours: str
    theirs: str
    tables: tuple[str, ...]


MRR = ("agg_mrr_monthly", "agg_retention_monthly")
TURNS = {
    "a grace of 31 days": Turn(
        "macros/mrr_policy.sql", "grace_days() -%} 30 {%-", "grace_days() -%} 31 {%-", MRR
    ),
    "a month of four weeks": Turn(
        "macros/mrr_policy.sql", "when 'week' then 52", "when 'week' then 48", MRR
    ),
    "a once coupon that recurs": Turn(
        "macros/mrr_policy.sql",
        "('forever', 'repeating')",
        "('forever', 'repeating', 'once')",
        MRR,
    ),
    "a rate that begins after its instant": Turn(
        "models/intermediate/usage/int_usage_rated.sql",
        "and logs.occurred_at >= rates.valid_from\n"
        "            and (rates.valid_to is null or logs.occurred_at < rates.valid_to)",
        "and logs.occurred_at > rates.valid_from\n"
        "            and (rates.valid_to is null or logs.occurred_at <= rates.valid_to)",
        ("agg_provider_daily",),
    ),
    "a tombstone not read": Turn(
        "macros/versions.sql",
        "signatures.deleted_at is not null as is_deleted",
        "false as is_deleted",
        MRR,
    ),
    "unpaid that counts": Turn(
        "models/intermediate/billing/int_subscription_states.sql",
        "bool_or(windows.window_kind = 'beyond_grace') as is_beyond_grace",
        "false as is_beyond_grace",
        MRR,
    ),
}


#: Enough for every script of the cast; each turn meets at least one of them.
CUSTOMERS = 150


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Yield a company whose warehouse is built, for every test to copy."""
    with open_site(7, tmp_path_factory.mktemp("company"), customers=CUSTOMERS) as site:
        run_refresh(site.settings(), "full")
        yield site


def _built_rows(site: Site, home: Path) -> Callable[[str], Rows]:
    def read(table: str) -> Rows:
        with engine_for(site.settings(tillhouse_home=home)).connect(read_only=True) as connection:
            cursor = connection.execute(f"select * from build.{table}")
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return read


def _build(site: Site, home: Path, project: Path, tables: tuple[str, ...]) -> None:
    """Run what differs in another project, on the way to tables, on a copy of the warehouse."""
    home.mkdir()
    settings = site.settings(tillhouse_home=home)
    shutil.copyfile(site.home / "warehouse.duckdb", home / "warehouse.duckdb")
    subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "--quiet", "run", "--full-refresh"),
            *("--project-dir", str(project), "--profiles-dir", str(project)),
            *("--target-path", str(home / "target"), "--log-path", str(home / "logs")),
            *("--state", str(target_of(site.settings()))),
            *("--select", *(f"state:modified+,+{table}" for table in tables)),
        ],
        env={**os.environ, **settings.as_environment(), **engine_for(settings).dbt_env()},
        check=True,
        timeout=300,
    )


@pytest.mark.parametrize("name", TURNS)
def test_a_turned_policy_is_seen(name: str, refreshed: Site, tmp_path: Path) -> None:
    turn = TURNS[name]
    project = tmp_path / "dbt_project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    source = (project / turn.path).read_text()
    assert source.count(turn.ours) == 1, f"{turn.path} says it no more: follow it here"
    (project / turn.path).write_text(source.replace(turn.ours, turn.theirs))

    _build(refreshed, tmp_path / "home", project, turn.tables)

    found = differences(refreshed, _built_rows(refreshed, tmp_path / "home"), turn.tables)
    assert found, f"{name}: the truth does not notice"


def test_unturned_nothing_is_seen(refreshed: Site) -> None:
    """Else every turn would be seen, whatever it does."""
    read = _built_rows(refreshed, refreshed.home)
    assert not differences(refreshed, read, (*MRR, "agg_provider_daily"))
