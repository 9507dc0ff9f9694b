"""One writer at a time, and the message names it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.errors import LockHeldError
from warehouse.lock import holder_of, run_lock
from warehouse.settings import Settings

HOLD = """
import sys, time
from warehouse.lock import run_lock
from warehouse.settings import load_settings
with run_lock(load_settings(), "tillhouse refresh --mode nightly"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def hold() -> Callable[[Settings], subprocess.Popen[str]]:
    def start(settings: Settings) -> subprocess.Popen[str]:
        environment = settings.as_environment() | {"PYTHONPATH": str(Path(__file__).parents[3])}
        child = subprocess.Popen(
            [sys.executable, "-c", HOLD], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        return child

    return start


def kill(child: subprocess.Popen[str]) -> None:
    child.send_signal(signal.SIGKILL)
    child.communicate(timeout=10)


def test_the_holder_is_named_and_its_death_frees_the_lock(
    settings: Settings, hold: Callable[[Settings], subprocess.Popen[str]]
) -> None:
    child = hold(settings)
    with pytest.raises(LockHeldError) as error, run_lock(settings, "second"):
        pytest.fail("two writers")
    assert error.value.exit_code == 3
    assert f"`tillhouse refresh --mode nightly`, process {child.pid} on " in str(error.value)
    assert str(child.pid) in str(holder_of(settings))
    kill(child)
    assert holder_of(settings) is None
    with run_lock(settings, "third"):
        assert f"`third`, process {os.getpid()} on " in str(holder_of(settings))


def test_two_homes_may_not_write_to_one_file(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    url = f"duckdb:///{tmp_path}/shared.duckdb"
    one = make_settings(tillhouse_home=tmp_path / "one", warehouse_url=url)
    two = make_settings(tillhouse_home=tmp_path / "two", warehouse_url=url)
    with run_lock(one, "first"), pytest.raises(LockHeldError, match="`first`"):  # noqa: SIM117
        with run_lock(two, "second"):
            pytest.fail("two writers")
    with run_lock(two, "second"):
        assert "`second`" in str(holder_of(one))
    assert holder_of(one) is None


@pytest.mark.postgres
def test_two_homes_may_not_write_to_one_database(
    make_settings: Callable[..., Settings], tmp_path: Path, postgres_url: str
) -> None:
    one = make_settings(tillhouse_home=tmp_path / "one", warehouse_url=postgres_url)
    two = make_settings(tillhouse_home=tmp_path / "two", warehouse_url=postgres_url)
    with run_lock(one, "first"), pytest.raises(LockHeldError, match=f"first pid {os.getpid()}"):  # noqa: SIM117
        with run_lock(two, "second"):
            pytest.fail("two writers")
    with run_lock(two, "second"):
        assert f"second pid {os.getpid()}" in str(holder_of(one))
    assert holder_of(one) is None


def test_a_failed_run_frees_the_lock(settings: Settings) -> None:
    with pytest.raises(ZeroDivisionError), run_lock(settings, "first"):
        raise ZeroDivisionError
    assert holder_of(settings) is None
    assert not (settings.tillhouse_home / "run.lock.holder").exists()
