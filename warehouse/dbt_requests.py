"""Requests to dbt's process (`dbt_process.py`), which is kept for the next one.

To import dbt and to read the project takes about as long as to build the marts of a small company.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import RLock

from warehouse.errors import SourceError

_PROCESS = Path(__file__).with_name("dbt_process.py")


class DbtProcess:
    """The process of one parsed project."""

    def __init__(self, parsed: Path) -> None:
        """Start it; it imports dbt while its caller goes on.

        Args:
            parsed: dbt's form of the parsed project.

        Raises:
            SourceError: Python can't be started.
        """
        self.name = parsed.name
        try:
            self._process = subprocess.Popen(  # noqa: S603  our own arguments
                [sys.executable, "-P", str(_PROCESS), str(parsed)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        except OSError as error:
            raise SourceError(f"dbt can't be started ({error}): install Tillhouse again") from error

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_there(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def run(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        tell: Callable[[str], None],
    ) -> int:
        """Run dbt and return its exit code; a signal's is its negative number.

        Args:
            arguments: dbt's own, `--target-path` among them.
            environment: all variables that dbt is to see.
            folder: where dbt runs.
            tell: is called with each line that dbt writes.
        """
        request = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": str(folder),
        }
        assert self._process.stdin is not None  # noqa: S101  asked for above
        assert self._process.stdout is not None  # noqa: S101  asked for above
        try:
            self._process.stdin.write(f"{json.dumps(request)}\n")
            self._process.stdin.flush()
            for line in self._process.stdout:
                ended = _ended(line)
                if ended is not None:
                    return ended
                tell(line)
        except BrokenPipeError:
            pass  # It has gone, and its exit code says how.
        except BaseException:
            self.close()
            raise
        return self._process.wait()

    def close(self) -> None:
        """Let it end, and what it is doing with it; wait for that."""
        with self._process:
            pass


def _ended(line: str) -> int | None:
    """Return the exit code if a line tells of an end."""
    if not line.startswith('{"ended"'):
        return None
    return int(json.loads(line)["ended"])


_kept: list[DbtProcess] = []
_lock = RLock()


@atexit.register
def close() -> None:
    """Let the process that is kept end, and wait for that."""
    while _kept:
        _kept.pop().close()


def kept() -> DbtProcess | None:
    """Return the process that the next request may go to."""
    return _kept[0] if _kept else None


def prepare(parsed: Path) -> DbtProcess:
    """Return the process of a parsed project, started if it is not there; it imports meanwhile.

    Args:
        parsed: dbt's form of it; its name says what it was parsed from.

    Raises:
        SourceError: Python can't be started.
    """
    with _lock:
        if not _kept or _kept[0].name != parsed.name or not _kept[0].is_there:
            close()
            _kept.append(DbtProcess(parsed))
        return _kept[0]


def run(
    parsed: Path,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    tell: Callable[[str], None],
) -> int:
    """Run dbt over a parsed project, in the process that ran it before if there is one.

    Args:
        parsed: dbt's form of it; its name says what it was parsed from.
        arguments: dbt's own, `--target-path` among them.
        environment: all variables that dbt is to see.
        folder: where dbt runs.
        tell: is called with each line that dbt writes.

    Raises:
        SourceError: Python can't be started.
    """
    with _lock:
        return prepare(parsed).run(arguments, environment, folder, tell)
