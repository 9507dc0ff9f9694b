"""The dbt project over a hand-made raw layer, on either engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.dbt.raw_layer import RawLayer
from warehouse import dbt
from warehouse.dbt_parsed import target_of
from warehouse.engines import Engine
from warehouse.settings import load_settings


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
        settings = load_settings(tillhouse_home=self.folder, warehouse_url=self.url)
        target = target_of(settings)
        dbt.run(settings, [*dbt.arguments(command, target), *arguments], lambda _: None)
        results = json.loads((target / "run_results.json").read_text())["results"]
        (target / "run_results.json").unlink()
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
