"""The assets: raw tables, models, the publication. Each calls one step of `refresh`.

Dagster reads the annotations of asset functions, so they are not postponed here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dlt import DagsterDltResource, dlt_assets

import ingest
from ingest.memory import TABLES
from ingest.seed_specs import SEEDS
from orchestration.events import dbt_events
from orchestration.refresh import Refresh
from orchestration.translators import ModelTranslator, RawTranslator, raw_spec
from orchestration.without_dbt import dbt_assets
from warehouse.dbt import mart_tables, raise_for_failures
from warehouse.settings import Settings

RefreshParam = dg.ResourceParam[Refresh]


def build_assets(settings: Settings, manifest: Mapping[str, Any]) -> list[dg.AssetsDefinition]:
    """Return all assets; nothing connects.

    Args:
        settings: which warehouse.
        manifest: dbt's.
    """
    raw = [_stripe(settings), _application(settings), _seeds()]
    pulled = [key for asset in raw for key in asset.keys]
    return [*raw, _run_context(pulled), _models(manifest), _publication(manifest)]


def _stripe(settings: Settings) -> dg.AssetsDefinition:
    """Return the assets of Stripe's tables: many loads, package by package, fill them."""

    @dlt_assets(
        name="stripe",
        dlt_source=ingest.stripe_source(settings),
        dlt_pipeline=ingest.build_pipeline(settings, "stripe"),
        dagster_dlt_translator=RawTranslator(),
    )
    def stripe(
        context: dg.AssetExecutionContext, refresh: RefreshParam
    ) -> Iterator[dg.MaterializeResult[Any]]:
        with refresh.step():
            refresh.pull_stripe()
        for key in context.assets_def.keys:
            rows = refresh.report.landed[".".join(key.path)]
            yield dg.MaterializeResult(key, metadata={"rows landed": rows})

    return stripe


def _application(settings: Settings) -> dg.AssetsDefinition:
    """Return the assets of the application's tables."""

    @dlt_assets(
        name="application",
        dlt_source=ingest.app_source(settings, "hourly"),
        dlt_pipeline=ingest.build_pipeline(settings, "app"),
        dagster_dlt_translator=RawTranslator(),
    )
    def application(
        context: dg.AssetExecutionContext, dlt: DagsterDltResource, refresh: RefreshParam
    ) -> Iterator[Any]:
        with refresh.step():
            yield from dlt.run(context=context, dlt_source=refresh.application())

    return application


def _seeds() -> dg.AssetsDefinition:
    @dg.multi_asset(name="seeds", specs=[raw_spec("raw_seeds", seed.name) for seed in SEEDS])
    def seeds(refresh: RefreshParam) -> Iterator[dg.MaterializeResult[Any]]:
        with refresh.step():
            changed = set(refresh.load_seeds())
        for seed in SEEDS:
            metadata = {"rewritten": seed.name in changed}
            yield dg.MaterializeResult(["raw_seeds", seed.name], metadata=metadata)

    return seeds


def _run_context(pulled: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """Return the assets that end a pull: they come after every raw table."""
    specs = [
        raw_spec("raw_tillhouse", table).replace_attributes(deps=pulled)
        for table in ("source_syncs", "run_context", *TABLES)
    ]

    @dg.multi_asset(name="run_context", specs=specs)
    def run_context(refresh: RefreshParam) -> Iterator[dg.MaterializeResult[Any]]:
        with refresh.step():
            refresh.end_pull()
        for spec in specs:
            metadata = {"rows landed by this pull": refresh.report.rows_landed}
            yield dg.MaterializeResult(spec.key, metadata=metadata)

    return run_context


def _models(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    @dbt_assets(name="models", manifest=manifest, dagster_dbt_translator=ModelTranslator())
    def models(context: dg.AssetExecutionContext, refresh: RefreshParam) -> Iterator[Any]:
        with refresh.step():
            results = refresh.transform()
            yield from dbt_events(context, results)
            raise_for_failures(refresh.settings, results)

    return models


def _publication(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """Return the asset that publishes: it waits for every mart and its checks."""
    marts: Sequence[dg.AssetKey] = [
        dg.AssetKey(["build", table.name]) for table in mart_tables(manifest)
    ]

    @dg.asset(key=["serving", "generation"], group_name="serving", deps=marts)
    def generation(refresh: RefreshParam) -> dg.MaterializeResult[Any]:
        """Publish a copy of the marts and move the pointer to it."""
        with refresh.step():
            published = refresh.publish()
        rows = {name: table.rows for name, table in published.tables.items()}
        return dg.MaterializeResult(metadata={"id": published.id, "rows": rows})

    return generation
