"""The dbt project over a hand-made raw layer, on either engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.integration.models.raw_layer import RawLayer
from warehouse import dbt
from warehouse.dbt_parsed import target_of
from warehouse.engines import Engine
from warehouse.settings import load_settings

# What a sliced build asks of the one before, to find whose terms and instants are others now.
ASKED = (
    "int_failed_payments",
    "int_item_versions",
    "int_scheduled_discounts",
    "int_scheduled_items",
    "stg_stripe__discounts",
)


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
            layer = RawLayer(connection)
            yield layer
            layer.flush()

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

    def go_on(self, load: str, since: datetime, now: datetime) -> None:
        """Let the next build go on from the one before, as ingestion does after a pull.

        Args:
            load: the last load, of either source, that the build before has read.
            since: what counted as now in that build.
            now: what counts as now in the next.
        """
        with self.engine.connect() as connection, connection.transaction():
            connection.execute("update raw_tillhouse.run_context set now_at = ?", (now,))
            connection.execute("delete from raw_tillhouse.build_scope")
            scope = "insert into raw_tillhouse.build_scope values (?, ?, ?)"
            connection.execute(scope, (load, load, since))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self.engine.connect(read_only=True) as connection:
            return connection.execute(sql).fetchall()
