"""How fast Stripe is replicated, beside the least that a client can do.

    python -m benchmarks.ingest                      # 100,000 objects of 3 kB, no limits
    python -m benchmarks.ingest --limits --rate 50   # with Stripe's own limits on
    python -m benchmarks.ingest --objects 4000000 --alone   # memory at a larger size
    python -m benchmarks.ingest --postgres postgresql://…
    python -m benchmarks.ingest --verified ../verified-sources   # dlt's own Stripe source beside it

The account is served by another process on this machine. CPU seconds are the operating system's for
the whole client process, its start included; compare ratios, not seconds of different machines.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table

from ingest.stripe.pace import ENDPOINT_LIMIT, ENDPOINT_SHARE

_KEY = "sk_test_benchmark0000001"
_START_SECONDS = 120


@dataclass(frozen=True)
class Run:
    """What one client took."""

    name: str
    objects: int
    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float
    requests: str
    answered: int


@contextmanager
def account(objects: int, *options: str) -> Iterator[str]:
    """Serve an account in a process of its own, with options of its server; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "benchmarks.stripe_server", "--port", str(port), "--objects", str(objects)]
    server = subprocess.Popen([sys.executable, *command, *options])
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(base)
        yield base
    finally:
        server.terminate()
        server.wait()


def _wait_for(base: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            asked(base)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def asked(base: str) -> dict[str, int]:
    """Return how many requests were answered so far, by status."""
    with urlopen(f"{base}/_asked") as answer:
        counts: dict[str, int] = json.load(answer)
    return counts


def measured(name: str, base: str, command: list[str], env: dict[str, str]) -> Run:
    """Run a client to its end and return what it took."""
    before = asked(base)
    began = time.monotonic()
    arguments = [sys.executable, *command]
    whole = {**os.environ, **env}
    child = subprocess.Popen(arguments, env=whole, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    printed = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{name} failed: {' '.join(command)}")
    last = json.loads(printed.strip().splitlines()[-1])
    after = asked(base)
    counts = {code: after[code] - before.get(code, 0) for code in after}
    return Run(
        name,
        last["objects"] if isinstance(last, dict) else last,
        time.monotonic() - began,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1024,
        ", ".join(f"{n} of {code}" for code, n in counts.items() if n),
        sum(counts.values()),
    )


def ours(base: str, home: Path, rate: int, warehouse: str | None = None, mode: str = "full") -> Run:
    """Pull the account once, through dlt."""
    env = {
        "STRIPE_SECRET_KEY": _KEY,
        "STRIPE_API_BASE": base,
        "STRIPE_MAX_REQUESTS_PER_SECOND": str(rate),
        "TILLHOUSE_HOME": str(home),
        "WAREHOUSE_URL": warehouse or "",
    }
    engine = "PostgreSQL" if warehouse else "DuckDB"
    name = f"tillhouse → {engine}, {mode}"
    return measured(name, base, ["-m", "benchmarks.pull_once", mode], env)


def verified(base: str, checkout: Path, home: Path) -> Run:
    """Load some of the account with dlt's verified source; it is told where its clone is."""
    home.mkdir()
    command = ["-m", "benchmarks.verified_source", str(checkout), base, str(home), "10"]
    return measured("dlt's verified source → DuckDB", base, command, {})


def show(runs: list[Run]) -> None:
    """Print the runs as a table."""
    table = Table("client", "objects", "objects/s", "wall s", "CPU s", "peak MB", "requests")
    for run in runs:
        table.add_row(
            run.name,
            f"{run.objects:,}",
            f"{run.objects / run.wall_seconds:,.0f}",
            f"{run.wall_seconds:.1f}",
            f"{run.cpu_seconds:.1f}",
            f"{run.peak_megabytes:,.0f}",
            run.requests,
        )
    Console().print(table)


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=400, help="our requests a second")
    parser.add_argument("--limits", action="store_true", help="Stripe's limits: 100/s, 25/s a list")
    parser.add_argument("--mixed", action="store_true", help="small objects too, as a company has")
    parser.add_argument("--alone", action="store_true", help="without the bare client")
    parser.add_argument("--postgres", help="an empty PostgreSQL database to pull into, too")
    parser.add_argument("--verified", type=Path, help="a clone of dlt-hub/verified-sources")
    chosen = parser.parse_args()
    options = [f"--{option}" for option in ("limits", "mixed") if vars(chosen)[option]]
    with (
        tempfile.TemporaryDirectory() as folder,
        account(chosen.objects, *options) as base,
    ):
        place = Path(folder)
        runs = []
        if not (chosen.limits or chosen.alone):
            bare = ["-m", "benchmarks.bare_client", base, str(place / "bare.duckdb")]
            runs.append(measured("bare client → DuckDB", base, bare, {}))
        runs.append(ours(base, place / "home", chosen.rate))
        if chosen.postgres:
            runs.append(ours(base, place / "pg", chosen.rate, chosen.postgres))
        if chosen.verified:
            runs.append(verified(base, chosen.verified.resolve(), place / "verified"))
        show(runs)
        if chosen.limits:
            print(_kept(base, chosen.rate))


def _kept(base: str, budget: int) -> str:
    """Say how much of the budget was used while enough lists had pages left to use it up."""
    one_list = min(ENDPOINT_LIMIT, budget * ENDPOINT_SHARE)
    with urlopen(f"{base}/_kept/{budget}/{math.ceil(budget / one_list)}") as answer:
        told: dict[str, int] = json.load(answer)
    return f"{told['percent']} % of {budget} requests a second, for {told['seconds']} s"


if __name__ == "__main__":
    main()
