"""A company, a home that was refreshed once, and the command line run against copies of it."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.run import Sandbox, open_sandbox
from tillhouse.cli import main

CUSTOMERS = 40
TODAY = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line that says what went wrong."""
        (line,) = [line for line in self.err.splitlines() if line.startswith("error: ")]
        assert self.err.splitlines()[-1] == line
        return line.removeprefix("error: ")


@dataclass(frozen=True)
class Shop:
    """A company and a home of one test's own, and the environment that brings them together."""

    folder: Path
    sandbox: Sandbox
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """TILLHOUSE_HOME."""
        return self.folder / "home"

    @property
    def app(self) -> Path:
        """The application's SQLite file."""
        return self.folder / "app.sqlite"

    @property
    def seeds(self) -> Path:
        """TILLHOUSE_SEEDS."""
        return self.folder / "seeds"

    def variables(self) -> dict[str, str]:
        """Return the environment of its commands."""
        return {
            "TILLHOUSE_HOME": str(self.home),
            "TILLHOUSE_NOW": self.sandbox.now.isoformat(),
            "TILLHOUSE_SEEDS": str(self.seeds),
            "STRIPE_SECRET_KEY": self.sandbox.api_key,
            "STRIPE_API_BASE": self.sandbox.base_url,
            "STRIPE_MAX_REQUESTS_PER_SECOND": "100",
            "APP_DATABASE_URL": f"sqlite:///{self.app}",
            **self.environment,
        }

    def with_(self, **environment: str) -> Shop:
        """Return the same with other variables."""
        return replace(self, environment={**self.environment, **environment})

    def copy_to(self, folder: Path) -> Shop:
        """Return a copy with files of its own."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return replace(self, folder=folder)

    def run(self, *arguments: str) -> Outcome:
        """Run the command line in this process."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.variables().items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["tillhouse", *arguments])
            with _captured(patch) as streams, pytest.raises(SystemExit) as ended:
                main()
        code = ended.value.code
        return Outcome(0 if code is None else int(code), *streams.texts())

    def traces(self) -> dict[str, str]:
        """Return what lies in the home, by a hash of each file, but for logs and locks."""
        files = [path for path in self.home.rglob("*") if path.is_file()]
        kept = ("run.lock", "warehouse.duckdb.lock", "operations.sqlite")
        return {
            str(path.relative_to(self.home)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
            if not path.name.startswith(kept)
        }

    def served(self) -> dict[str, str]:
        """Return what readers could see: every file of the published generations."""
        return {name: digest for name, digest in self.traces().items() if "serving/g" in name} | {
            name: digest
            for name, digest in self.traces().items()
            if name.startswith(("serving/CURRENT", "serving/manifest"))
        }


@dataclass
class _Streams:
    out: Path
    err: Path

    def texts(self) -> tuple[str, str]:
        return self.out.read_text(), self.err.read_text()


@contextmanager
def _captured(patch: pytest.MonkeyPatch) -> Iterator[_Streams]:
    folder = Path.cwd()
    streams = _Streams(folder / "stdout.txt", folder / "stderr.txt")
    with streams.out.open("w") as out, streams.err.open("w") as err:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        yield streams


@contextmanager
def open_shop(folder: Path) -> Iterator[Shop]:
    """Open a company of forty customers; what lies in the folder already is continued."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_sandbox(
        7,
        CUSTOMERS,
        TODAY,
        app_url=f"sqlite:///{folder / 'app.sqlite'}",
        seeds_dir=folder / "seeds",
    ) as sandbox:
        yield Shop(folder, sandbox)
