"""dbt's results in Dagster's words: materialisations and check results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dagster as dg

from orchestration.translators import UNIQUE_ID
from warehouse.dbt import NodeResult

_BUILT = frozenset({"success"})


def dbt_events(
    context: dg.AssetExecutionContext, results: Iterable[NodeResult]
) -> Iterator[dg.MaterializeResult[object] | dg.AssetCheckResult]:
    """Yield one event a model that was built, and one a test that was run.

    Args:
        context: the run's; its assets know which model or test each is.
        results: what became of each model and test.
    """
    assets = context.assets_def
    models = {spec.metadata[UNIQUE_ID]: spec.key for spec in assets.specs}
    checks = {(spec.metadata or {})[UNIQUE_ID]: spec for spec in assets.check_specs}
    for result in results:
        seconds = {"seconds": round(result.seconds, 3)}
        if result.unique_id in models and result.status in _BUILT:
            yield dg.MaterializeResult(models[result.unique_id], metadata=seconds)
        elif result.unique_id in checks and result.status != "skipped":
            spec = checks[result.unique_id]
            yield dg.AssetCheckResult(
                passed=result.status == "pass",
                asset_key=spec.asset_key,
                check_name=spec.name,
                severity=dg.AssetCheckSeverity.ERROR
                if result.failed
                else dg.AssetCheckSeverity.WARN,
                description=result.message or None,
                metadata=seconds,
            )
