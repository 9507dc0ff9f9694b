"""Where asset keys, groups and freshness come from: derived from the table's name, once.

A raw table's key is its schema and name, a model's its dbt schema and name, so that dlt's tables
are dbt's sources without anything being written down twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dlt import DagsterDltTranslator
from dagster_dlt.translator import DltResourceTranslatorData

from orchestration.without_dbt import DagsterDbtTranslator, DbtProject

UNIQUE_ID = "dagster_dbt/unique_id"

# Pulled every hour; two missed hours are worth a look, four an alarm.
RAW_FRESHNESS = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=4), warn_window=timedelta(hours=2)
)
# Built at least once a day, because a new day changes them.
MART_FRESHNESS = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=30), warn_window=timedelta(hours=26)
)


def raw_spec(schema: str, table: str, description: str | None = None) -> dg.AssetSpec:
    """Return the spec of a raw table."""
    return dg.AssetSpec(
        key=dg.AssetKey([schema, table]),
        group_name=schema,
        description=description,
        freshness_policy=RAW_FRESHNESS,
    )


class RawTranslator(DagsterDltTranslator):
    """dlt resources as assets."""

    def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
        """Return the spec of the table that a resource lands."""
        assert data.pipeline is not None  # noqa: S101  our assets always name theirs
        base = super().get_asset_spec(data)
        raw = raw_spec(data.pipeline.dataset_name, data.resource.name, base.description)
        return raw.replace_attributes(metadata=base.metadata, kinds=base.kinds)


class ModelTranslator(DagsterDbtTranslator):
    """dbt models as assets, and every test as a check of one of them."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Return the spec of a model or source."""
        base = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if node["resource_type"] != "model":
            return base
        policy = MART_FRESHNESS if node["fqn"][1] == "marts" else None
        return base.replace_attributes(
            key=dg.AssetKey([node["schema"], node["name"]]),
            group_name="_".join(node["fqn"][1:-1]),
            freshness_policy=policy,
        )

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """Return a test's check on the model it belongs to, and on no other.

        Checks don't block by themselves: the step that runs them fails with any of them, so what
        comes after it never starts.
        """
        test = self.get_resource_props(manifest, unique_id)
        owner = self.get_asset_spec(manifest, _owner(test), project).key
        if asset_spec.key != owner:
            return None
        return dg.AssetCheckSpec(
            name=test["name"],
            asset=owner,
            description=test.get("description") or None,
            metadata={UNIQUE_ID: unique_id},
        )


def _owner(test: Mapping[str, Any]) -> str:
    """Return the model a test is written at, else the last one it reads, by name."""
    models = [name for name in test["depends_on"]["nodes"] if name.startswith("model.")]
    return str(test.get("attached_node") or max(models, default=""))
