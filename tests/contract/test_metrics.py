"""Metrics are declared once: the declarations agree with what is published and drilled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from tests.yaml_files import read_yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"
SAID = {"unit", "formula", "example", "limits"}
WIDE = {"agg_kpis_daily": "date", "agg_mrr_monthly": "month", "agg_retention_monthly": "month"}

FILES = [read_yaml(path) for path in sorted((PROJECT / "models").rglob("_*.yml"))]
METRICS: dict[str, dict[str, Any]] = {
    metric["name"]: metric for file in FILES for metric in file.get("metrics") or []
}
MODELS = [model for file in FILES for model in file.get("semantic_models") or []]
COLUMNS = {
    model["name"]: {column["name"] for column in model.get("columns") or []}
    for file in FILES
    for model in file.get("models") or []
}


def _published(metric: dict[str, Any]) -> tuple[str, str]:
    """Return the table and column of a metric."""
    params = metric["type_params"]
    first = params.get("measure") or params.get("numerator") or params["metrics"][0]["name"]
    for model in MODELS:
        for measure in model["measures"]:
            if measure["name"] == first:
                simple = metric["type"] == "simple"
                column = measure.get("expr", first) if simple else metric["name"]
                return model["model"].split("'")[1], column
    raise AssertionError(f"{metric['name']} is made of the unknown measure {first}")


HELD = {name: _published(metric) for name, metric in METRICS.items()}


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_says_all_there_is_to_say(name: str) -> None:
    metric = METRICS[name]
    assert metric["label"]
    assert metric["description"]
    said = metric["config"]["meta"]
    assert set(said) == SAID
    assert all(isinstance(text, str) and text.strip() for text in said.values())
    table, column = HELD[name]
    assert column in COLUMNS[table]
    assert (said["unit"] == "US dollars") == column.endswith("_usd")


def test_no_two_metrics_are_one_column() -> None:
    assert len(set(HELD.values())) == len(HELD)


@pytest.mark.parametrize("table", WIDE)
def test_every_column_of_a_wide_table_is_a_metric(table: str) -> None:
    held = {column for name, column in HELD.values() if name == table}
    assert COLUMNS[table] - {WIDE[table], "is_final"} == held


def test_every_measure_is_a_metric() -> None:
    measures = {measure["name"] for model in MODELS for measure in model["measures"]}
    assert measures <= METRICS.keys()


def test_every_drilled_figure_is_a_metric() -> None:
    returned: list[list[str]] = []
    environment = Environment(autoescape=True)
    environment.globals["return"] = returned.append
    text = (PROJECT / "macros" / "drilled_figures.sql").read_text()
    module: Any = environment.from_string(text).module
    for table in ("agg_kpis_daily", "agg_mrr_monthly"):
        module.drilled_figures(table)
    assert {name for names in returned for name in names} <= METRICS.keys()
