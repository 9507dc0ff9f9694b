"""What building the marts takes, in full and after an hour, beside a plain read of the same rows.

    python -m benchmarks.transform                       # 100,000 customers: an hour, 20 GB of disk
    python -m benchmarks.transform --customers 10000     # minutes
    python -m benchmarks.transform --company DIR         # a TILLHOUSE_HOME that was refreshed
    python -m benchmarks.transform --out figures.json
    python -m benchmarks.transform --videos 500 3000     # two hours, the second a busy one

A sandbox company of 500 customers is refreshed and multiplied (`multiplied.py`), so every behaviour
of it is there. Then it is built, tested and published as `tillhouse refresh` does it after a pull:
once from nothing, and once for each hour after that, when `--changes` objects of Stripe's and so
many videos have come in (`an_hour.py`): as many as the company makes in an hour of its busiest day,
or what `--videos` says, one number an hour. CPU seconds and the largest memory are the operating
system's, of all processes of a build. What dbt takes to start, before it builds anything, is
measured by itself: a build that selects nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.an_hour import happen
from benchmarks.multiplied import multiply

_KEY: Final = "sk_test_benchmark0000001"
_COMPANY: Final = 500
_SLOWEST: Final = 15
# What every build has to do at least: read every raw row, and add up by what the marts add up by.
_SCANS: Final = {
    "Stripe objects": (
        "select count(*), sum(length(object)), count(distinct id) from raw_stripe.{table}"
    ),
    "usage": (
        'select provider, "timestamp"::date, count(*), sum(credits), sum(cost_usd)'
        " from raw_app.api_usage_log group by 1, 2"
    ),
    "credits": (
        "select user_id, created_at::date, count(*), sum(amount)"
        " from raw_app.credit_transaction group by 1, 2"
    ),
    "videos": (
        "select user_id, created_at::date, status, count(*), sum(credits_used)"
        " from raw_app.video group by 1, 2, 3"
    ),
}


@dataclass(frozen=True)
class Step:
    """What one step took."""

    name: str
    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float = 0


@dataclass(frozen=True)
class Home:
    """A TILLHOUSE_HOME and what counts as now in it."""

    folder: Path
    now: datetime

    @property
    def warehouse(self) -> Path:
        """Its DuckDB file."""
        return self.folder / "warehouse.duckdb"

    def run(self, *command: str) -> tuple[str, Step]:
        """Run a Python module in it to its end; return what it printed and what it took."""
        given = {
            "TILLHOUSE_HOME": str(self.folder),
            "TILLHOUSE_NOW": self.now.isoformat(),
            "STRIPE_SECRET_KEY": _KEY,
            "WAREHOUSE_URL": f"duckdb:///{self.warehouse}",
        }
        began = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={**os.environ, **given},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        printed = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            raise SystemExit(f"{' '.join(command)} failed: see above")
        cpu = usage.ru_utime + usage.ru_stime
        wall = time.monotonic() - began
        return printed, Step(" ".join(command), wall, cpu, usage.ru_maxrss / 1024)


def large_company(company: Path | None, customers: int, folder: Path) -> Home:
    """Make the company to measure; return its home, in which nothing is built yet."""
    small = company or folder / "small"
    if company is None:
        made = ["tillhouse", "demo", "--no-serve", "--customers", str(_COMPANY)]
        small.mkdir()
        subprocess.run(
            [sys.executable, "-m", *made],
            env={**os.environ, "TILLHOUSE_HOME": str(small)},
            check=True,
        )
    large = folder / "large"
    large.mkdir()
    shutil.copy(small / "pseudonym.key", large)
    multiply(small / "warehouse.duckdb", large / "warehouse.duckdb", customers // _COMPANY)
    with duckdb.connect(str(large / "warehouse.duckdb"), read_only=True) as connection:
        row = connection.execute("select now_at from raw_tillhouse.run_context").fetchone()
    assert row is not None
    # The day's first build is a whole one: so the hour after it has to be of the same day.
    day = row[0].replace(hour=0, minute=0, second=0, microsecond=0)
    return Home(large, day + timedelta(days=1))


def counted(home: Home) -> dict[str, int]:
    """Return how many raw rows there are."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables()"
            " where schema_name in ('raw_stripe', 'raw_app') and table_name not like '\\_dlt%'"
            " escape '\\'"
        ).fetchall()
    usage = {"api_usage_log", "credit_transaction"}
    return {
        "customers": sum(n for schema, name, n in rows if (schema, name) == ("raw_app", "user")),
        "Stripe objects": sum(n for schema, _, n in rows if schema == "raw_stripe"),
        "usage rows": sum(n for schema, name, n in rows if schema == "raw_app" and name in usage),
        "other application rows": sum(
            n for schema, name, n in rows if schema == "raw_app" and name not in usage
        ),
    }


def scanned(home: Home) -> Step:
    """Read and add up every raw row, and nothing else."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        connection.execute("set threads = 2; set TimeZone = 'UTC'")
        tables = [
            str(name)
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'raw_stripe'"
                " and starts_with(table_name, '_dlt') = false and estimated_size > 0"
            ).fetchall()
        ]
        wall, cpu = time.monotonic(), time.process_time()
        for sql in _SCANS.values():
            for table in tables if "{table}" in sql else [""]:
                connection.execute(sql.format(table=table)).fetchall()
    return Step("scan and aggregate", time.monotonic() - wall, time.process_time() - cpu)


def busiest_hour(home: Home) -> int:
    """Return how many videos the company makes in an hour of the day on which it made most."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        row = connection.execute(
            "select max(videos) // 24 from (select count(*) as videos from raw_app.video"
            " group by created_at::date)"
        ).fetchone()
    assert row is not None
    return int(row[0])


def built(home: Home, mode: str, name: str) -> tuple[list[Step], dict[str, float]]:
    """Build and publish; return what the steps took, and the seconds of each node."""
    printed, whole = home.run("benchmarks.build_once", mode)
    took: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    nodes: dict[str, float] = took.pop("nodes")
    steps = [
        Step(f"{name}: {step}", spent["wall"], spent["cpu"], whole.peak_megabytes)
        for step, spent in took.items()
    ]
    return steps, nodes


def show(steps: list[Step], nodes: dict[str, dict[str, float]]) -> None:
    """Print what was measured as tables."""
    table = Table("step", "wall s", "CPU s", "peak MB")
    for step in steps:
        peak = f"{step.peak_megabytes:,.0f}" if step.peak_megabytes else ""
        table.add_row(step.name, f"{step.wall_seconds:,.1f}", f"{step.cpu_seconds:,.1f}", peak)
    Console().print(table)
    for mode, seconds in nodes.items():
        table = Table(f"slowest, {mode}", "wall s")
        for name in sorted(seconds, key=lambda name: -seconds[name])[:_SLOWEST]:
            kind, _, title = name.split(".")[:3]
            table.add_row(f"{kind} {title}", f"{seconds[name]:,.1f}")
        Console().print(table)


def share(steps: list[Step], hour: str) -> float:
    """Return what an hourly build takes of a full one's CPU, dbt's start taken off both."""
    cpu = {step.name: step.cpu_seconds for step in steps}
    start = cpu["dbt's start"]
    return (cpu[f"{hour}: transform"] - start) / (cpu["full: transform"] - start)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=1_000, help="objects that change in an hour")
    parser.add_argument("--videos", type=int, nargs="+", help="new videos of each hour")
    parser.add_argument("--company", type=Path, help="a home to multiply: 500 customers, refreshed")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary one if not given")
    parser.add_argument("--out", type=Path, help="a JSON file of the figures")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        home = large_company(chosen.company, chosen.customers, Path(folder))
        rows = counted(home)
        steps = [scanned(home)]
        full, full_nodes = built(home, "full", "full")
        steps, nodes = [*steps, *full], {"full": full_nodes}
        for number, videos in enumerate(chosen.videos or [busiest_hour(home)], start=1):
            later = Home(home.folder, home.now + timedelta(hours=number))
            happen(home.warehouse, chosen.changes, videos, later.now)
            hour = f"hour {number}, {videos:,} videos"
            hourly, nodes[hour] = built(later, "hourly", hour)
            steps += hourly
        _, start = home.run("benchmarks.dbt_start")
        steps.append(Step("dbt's start", start.wall_seconds, start.cpu_seconds))
    print(", ".join(f"{count:,} {name}" for name, count in rows.items()))
    show(steps, nodes)
    for hour in [name for name in nodes if name != "full"]:
        print(f"{hour}: {share(steps, hour):.1%} of a full build's CPU, dbt's start excluded")
    if chosen.out:
        figures = {"rows": rows, "steps": [asdict(step) for step in steps], "nodes": nodes}
        chosen.out.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
