"""What a pull of a small company costs, whatever it finds: of most of it any company has as much.

    python -m benchmarks.small_pull

The sandbox company of forty customers is pulled: for the first time, again with nothing new, a day
later by the hour, and then by night. Each pull is a process of its own (`python -m ingest`); the
CPU seconds are the operating system's, its imports are among them and the sandbox is not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from sandbox.run import Sandbox, open_sandbox

_CUSTOMERS: Final = 40
_TODAY: Final = datetime(2026, 11, 22, tzinfo=UTC)


def pulled(sandbox: Sandbox, home: Path, mode: str) -> float:
    """Pull in a process of its own; return its CPU seconds."""
    given = {
        "TILLHOUSE_HOME": str(home),
        "TILLHOUSE_NOW": sandbox.now.isoformat(),
        "TILLHOUSE_SEEDS": str(sandbox.seeds_dir),
        "STRIPE_SECRET_KEY": sandbox.api_key,
        "STRIPE_API_BASE": sandbox.base_url,
        "STRIPE_MAX_REQUESTS_PER_SECOND": "100",
        "APP_DATABASE_URL": sandbox.app_url,
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "ingest", mode],
        env={**os.environ, **given},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"python -m ingest {mode} failed with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Measure and print."""
    table = Table("pull", "CPU s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        opened = open_sandbox(
            7,
            _CUSTOMERS,
            _TODAY,
            app_url=f"sqlite:///{folder / 'app.db'}",
            seeds_dir=folder / "seeds",
        )
        with opened as sandbox:
            home = folder / "home"
            table.add_row("the first", f"{pulled(sandbox, home, 'hourly'):.1f}")
            table.add_row("with nothing new", f"{pulled(sandbox, home, 'hourly'):.1f}")
            sandbox.advance(_TODAY + timedelta(days=1))
            table.add_row("a day later, hourly", f"{pulled(sandbox, home, 'hourly'):.1f}")
            table.add_row("then nightly", f"{pulled(sandbox, home, 'nightly'):.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
