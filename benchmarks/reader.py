"""How fast the reader answers: `python -m benchmarks.reader --home .tillhouse`.

Serves what is published in a home, on one core, and asks it with wrk from another. Everything is
put beside the least that the same server can do: a route of the same application that returns a
constant, behind the same authentication, limits and audit log.

wrk and taskset must be on PATH (`apt-get install wrk util-linux`). `--datasette PROGRAM` adds
Datasette over the same rows, from an environment of its own (`python -m venv /tmp/datasette &&
/tmp/datasette/bin/pip install datasette`).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from fastapi import Request
from starlette.responses import Response

from reader.app import create_app
from reader.server import run
from tillhouse.tokens import mint
from warehouse.generations import open_reader
from warehouse.settings import Settings, load_settings

KPI = "/v1/kpis"
CONSTANT = "/v1/constant"
_SERVER_CORE, _LOAD_CORE = "0", "1"
_TABLE = "agg_kpis_daily"
_UNLIMITED = 1_000_000_000


@dataclass(frozen=True)
class Result:
    """What one run of wrk saw, and what it cost the server; times in milliseconds."""

    rate: float
    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True)
class Server:
    """A server on its core."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Return the milliseconds of CPU that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1000


@dataclass(frozen=True)
class Case:
    """What is asked: a name for people, an address, headers."""

    name: str
    address: str
    headers: tuple[str, ...] = ()


def serve(port: int) -> None:
    """Serve the reader of this environment's settings, with one route more: a constant."""
    app = create_app(load_settings())

    async def constant(_request: Request) -> Response:
        return Response(b'{"object":"list","data":[]}', media_type="application/json")

    app.add_api_route(CONSTANT, constant)
    run(app, "127.0.0.1", port)


def load(case: Case, server: Server, *, seconds: int, connections: int, pause: float = 0) -> Result:
    """Ask over so many connections for so long.

    Args:
        case: what to ask.
        server: whom.
        seconds: how long.
        connections: how many, each of which waits for its answer.
        pause: milliseconds between an answer and the next request of a connection.
    """
    with TemporaryDirectory() as folder:
        script = Path(folder) / "pause.lua"
        script.write_text(f"function delay() return {pause:.0f} end\n" if pause else "")
        command = [
            "taskset",
            "-c",
            _LOAD_CORE,
            "wrk",
            "--latency",
            "--timeout=20s",
            "-t1",
            f"-c{connections}",
        ]
        command += [f"-d{seconds}s", "-s", str(script)]
        for header in case.headers:
            command += ["-H", header]
        address = f"http://127.0.0.1:{server.port}{case.address}"
        before = server.cpu()
        done = subprocess.run([*command, address], check=True, capture_output=True, text=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(done.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    answered = re.search(r"(\d+) requests in", done.stdout)
    assert rate is not None, done.stdout
    assert answered is not None, done.stdout
    cpu = (server.cpu() - before) / max(1, int(answered[1]))
    return Result(float(rate[1]), _latency(done.stdout, 50), _latency(done.stdout, 99), cpu)


def _latency(output: str, percentile: int) -> float:
    found = re.search(rf"^\s+{percentile}%\s+([\d.]+)(us|ms|s)", output, re.MULTILINE)
    assert found, output
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


@contextmanager
def running(command: Sequence[str], port: int, settings: Settings, path: str) -> Iterator[Server]:
    """Run a server on its core while inside."""
    process = subprocess.Popen(
        ["taskset", "-c", _SERVER_CORE, *command],
        env=settings.as_environment(),
        # Datasette writes a line for each request, which is to cost it as little as can be.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}{path}")
        yield Server(process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            httpx.get(address, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not start")


def measure(
    cases: Sequence[Case],
    server: Server,
    *,
    rounds: int,
    seconds: int,
    connections: int,
    least: float | None = None,
) -> float:
    """Measure cases in turn, several times; print the median of each.

    In turn, so that whatever else the machine does falls on all of them alike.

    Args:
        cases: what to ask.
        server: whom.
        rounds: how often.
        seconds: how long each time.
        connections: how many at once.
        least: the rate that 100 % is; the first case's unless given; 0: nothing to compare with.

    Returns:
        The rate of the first case.
    """
    results: dict[str, list[Result]] = {case.name: [] for case in cases}
    for case in cases:
        load(case, server, seconds=1, connections=connections)
    for _ in range(rounds):
        for case in cases:
            done = load(case, server, seconds=seconds, connections=connections)
            results[case.name].append(done)
    first = median(result.rate for result in results[cases[0].name])
    whole = first if least is None else least
    for name, found in results.items():
        rate = median(result.rate for result in found)
        p50, p99 = median(r.p50 for r in found), median(r.p99 for r in found)
        part = f"{rate / whole:.0%}" if whole else ""
        cpu = median(result.cpu for result in found)
        print(f"| {name} | {rate:,.0f} | {part} | {p50:.2f} | {p99:.2f} | {cpu:.2f} |", flush=True)
    return first


def at_half_load(case: Case, server: Server, *, seconds: int, connections: int) -> None:
    """Print how long answers take when half as many are asked for as can be given."""
    most = load(case, server, seconds=seconds, connections=connections)
    pause = connections / (most.rate / 2) * 1000 - most.p50 / connections
    half = load(case, server, seconds=2 * seconds, connections=connections, pause=pause)
    print(
        f"{case.name} at half load: {half.rate:,.0f} of {most.rate:,.0f} a second, "
        f"p50 {half.p50:.2f} ms, p99 {half.p99:.2f} ms"
    )


def sqlite_copy(settings: Settings, folder: Path) -> Path:
    """Write the KPIs' table as SQLite, for Datasette."""
    path = folder / "marts.db"
    with open_reader(settings) as reader, reader.connect() as connection:
        cursor = connection.execute(f"select * from {connection.table(_TABLE)} order by date")
        names = [str(column[0]) for column in cursor.description or ()]
        rows = [[str(value) for value in row] for row in cursor.fetchall()]
    with sqlite3.connect(path) as copy:
        copy.execute(f"create table {_TABLE} ({', '.join(names)}, primary key (date))")
        copy.executemany(f"insert into {_TABLE} values ({', '.join('?' * len(names))})", rows)
    copy.close()
    return path


def datasette(program: str, settings: Settings, port: int, **how: Any) -> None:
    """Measure Datasette over the same rows; `how` is that of `measure`."""
    with TemporaryDirectory() as folder:
        copy = sqlite_copy(settings, Path(folder))
        # Without the facets and counts that it adds unless told not to.
        less = "_shape=objects&_nofacet=1&_nosuggest=1&_nocount=1"
        row = f"/marts/{_TABLE}.json?_size=1&_sort_desc=date&{less}"
        command = [program, "serve", str(copy), "--port", str(port)]
        with running(command, port, settings, "/-/versions.json") as server:
            measure([Case("Datasette, its newest KPI row", row)], server, **how)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a TILLHOUSE_HOME in which data is published")
    parser.add_argument("--port", type=int, default=_free_port())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--datasette", help="its program")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.port)
        return
    for program in ("wrk", "taskset"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not on PATH: apt-get install wrk util-linux")
    home = {"tillhouse_home": given.home} if given.home else {}
    settings = load_settings(**home, reader_rate_limit=_UNLIMITED)
    token = mint(settings, "benchmark", expires=timedelta(hours=1))
    bearer = f"Authorization: Bearer {token}"
    how = {"rounds": given.rounds, "seconds": given.seconds, "connections": given.connections}
    serving = [sys.executable, "-m", "benchmarks.reader", "--serve", "--port", str(given.port)]
    print("| asked | a second | of the constant | p50 ms | p99 ms | CPU ms each |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with running(serving, given.port, settings, "/livez") as server:
        address = f"http://127.0.0.1:{given.port}"
        headers = {"Authorization": f"Bearer {token}"}
        newest = httpx.get(f"{address}{KPI}", headers=headers).raise_for_status()
        tag = f"If-None-Match: {newest.headers['etag']}"
        month = newest.json()["data"][0]["date"][:7]
        drill = f"/v1/metrics/new_mrr_usd/explain?period={month}"
        constant = Case("a constant", CONSTANT, (bearer,))
        warm = Case("KPI, in the cache", KPI, (bearer,))
        unchanged = Case("KPI, not changed (304)", KPI, (bearer, tag))
        objects = Case("objects of a figure, in the cache", drill, (bearer,))
        most = measure([constant, unchanged, warm, objects], server, **how)
        at_half_load(warm, server, seconds=given.seconds, connections=given.connections)
    uncached = settings.model_copy(update={"enable_dashboard_cache": False})
    uncached.model_fields_set.add("enable_dashboard_cache")
    with running(serving, given.port, uncached, "/livez") as server:
        cold = Case("KPI, queried each time", KPI, (bearer,))
        cold_objects = Case("objects of a figure, queried each time", drill, (bearer,))
        measure([constant, cold], server, **how)
        # One at a time: a drill-down is asked by a person, not by all dashboards at once.
        measure([cold_objects], server, **how | {"connections": 1}, least=0)
    if given.datasette:
        datasette(given.datasette, settings, given.port, least=most, **how)


if __name__ == "__main__":
    main()
