"""Progress as people see it: one line that moves on a terminal, lines with a time elsewhere."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tillhouse import terminal

WORK = """
import sys, time
from ingest import Progress
from tillhouse import terminal
with terminal.progress() as tell:
    tell(str(Progress("Stripe", 12_000, 800, 95)))
    time.sleep(1.2)
    tell("dbt: building 116 models, " + "very " * 80 + "long")
    time.sleep(0.3)
print("generation 1 is published")
"""
ROOT = Path(__file__).parents[3]


def test_elsewhere_each_line_is_printed_with_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress() as tell:
        tell("Stripe: 12,000 objects, 800 a second, about 2 min left")
        tell("dbt: [bold] is no markup " + "x" * 200)
    captured = capsys.readouterr()
    assert captured.out == ""
    first, second = captured.err.splitlines()
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d Stripe: 12,000 objects, 800 a second, about 2 min left", first
    )
    assert second.endswith("dbt: [bold] is no markup " + "x" * 200)


def _on_a_terminal(columns: int) -> str:
    """Run the work on a real terminal of so many columns; return all that was written to it."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WORK]
    child = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment, cwd=ROOT)
    os.close(theirs)
    written = b""
    # A terminal whose last writer has gone gives an error in place of an end.
    while select.select([ours], [], [], 60)[0]:
        try:
            written += os.read(ours, 65_536)
        except OSError:
            break
    os.close(ours)
    assert child.wait(timeout=60) == 0
    return written.decode()


def test_a_terminal_sees_one_line_with_the_time_so_far() -> None:
    written = _on_a_terminal(columns=80)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written)
    lines = [line.strip() for line in re.split(r"[\r\n]+", shown) if line.strip()]
    seen = [line for line in lines if "Stripe" in line]
    assert seen[0][2:] == "0:00  Stripe: 12,000 objects, 800 a second, about 2 min left"
    # The clock goes on although nothing new was told.
    assert any(line[2:].startswith("0:01  Stripe") for line in seen)
    assert all(len(line) < 80 for line in lines)
    assert any("dbt: building 116 models, very" in line for line in lines)
    # It is wiped away in the end, and what follows begins a line of its own.
    assert lines[-1] == "generation 1 is published"


def test_time_so_far_in_minutes() -> None:
    assert [terminal._elapsed(s) for s in (0.9, 61, 3_725)] == ["0:00", "1:01", "62:05"]
