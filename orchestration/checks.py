"""What each check of the data said last, kept where the marts read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ingest.memory import create_tables, rewrite
from warehouse.dbt import NodeResult, load_manifest
from warehouse.engines import engine_for
from warehouse.settings import Settings

_SAID = {"pass": "passed", "warn": "warned"}


def record_checks(settings: Settings, run_id: str, results: Iterable[NodeResult]) -> None:
    """Replace the results of the data's checks, so that the marts about to be published tell them.

    Args:
        settings: which warehouse, and what counts as now.
        run_id: the refresh.
        results: what became of each test.
    """
    nodes = load_manifest(settings)["nodes"]
    now = settings.now()
    rows = [
        [*_row(result, nodes.get(result.unique_id, {})), run_id, now]
        for result in results
        if result.status != "skipped"
    ]
    with engine_for(settings).connect() as connection, connection.transaction():
        create_tables(connection)
        rewrite(connection, "check_results", rows)


def _row(result: NodeResult, node: Mapping[str, Any]) -> list[Any]:
    owner = str(node.get("attached_node") or max(node["depends_on"]["nodes"], default=""))
    return [
        result.name,
        owner.rpartition(".")[2],
        _SAID.get(result.status, "failed"),
        str(node["config"]["severity"]).lower(),
        result.failures,
        result.message or None,
        node.get("description") or None,
    ]
