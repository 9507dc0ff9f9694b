"""The dbt project over a hand-made raw layer, on either engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.dbt.raw_layer import RawLayer
from warehouse.engines import Engine

PROJECT = Path(__file__).parents[3] / "dbt_project"


@dataclass(frozen=True)
class Project:
    """A warehouse, its URL, and a folder for dbt's artefacts."""

    engine: Engine
    url: str
    folder: Path

    @contextmanager
    def raw(self) -> Iterator[RawLayer]:
        """Open the raw layer for writing; close it before dbt runs."""
        with self.engine.connect() as connection, connection.transaction():
            yield RawLayer(connection)

    def dbt(self, command: str, *arguments: str) -> list[dict[str, Any]]:
        """Run a dbt command and return the results of its nodes, failed ones among them."""
        folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        output = ["--target-path", str(self.folder), "--log-path", str(self.folder), "--quiet"]
        subprocess.run(
            [sys.executable, "-m", "dbt.cli.main", command, *folders, *output, *arguments],
            env=os.environ | self.engine.dbt_env() | {"DO_NOT_TRACK": "1"},
            check=False,
            capture_output=True,
            timeout=300,
        )
        results = json.loads((self.folder / "run_results.json").read_text())["results"]
        (self.folder / "run_results.json").unlink()
        return list(results)

    def run(self, *arguments: str) -> None:
        """Run models and expect that all are built."""
        results = self.dbt("run", *arguments)
        failed = [result["message"] for result in results if result["status"] != "success"]
        assert results, "no model was selected"
        assert not failed, failed

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self.engine.connect(read_only=True) as connection:
            return connection.execute(sql).fetchall()
