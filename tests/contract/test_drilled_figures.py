"""Every amount and count of the wide tables leads to its objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from tests.yaml_files import read_yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"

# A ratio is no sum of objects: what it is worked out from is drilled.
RATIOS = {"arpa_usd", "quick_ratio"}
KEYS = {"date", "month", "is_final"}


def _macro(name: str, *arguments: str) -> Any:
    """Return what a macro of the file returns, as dbt would."""
    returned: list[Any] = []
    environment = Environment(autoescape=False)
    environment.globals["return"] = returned.append
    text = (PROJECT / "macros" / "drilled_figures.sql").read_text()
    getattr(environment.from_string(text).module, name)(*arguments)
    return returned[-1]


def _columns(table: str) -> set[str]:
    declared = [
        model
        for path in (PROJECT / "models" / "marts").rglob("*__models.yml")
        for model in read_yaml(path)["models"]
        if model["name"] == table
    ]
    return {column["name"] for column in declared[0]["columns"]}


@pytest.mark.parametrize("table", ["agg_kpis_daily", "agg_mrr_monthly"])
def test_every_figure_is_drilled(table: str) -> None:
    drilled = [_macro("figure_column", metric) for metric in _macro("drilled_figures", table)]
    assert len(drilled) == len(set(drilled))
    assert set(drilled) == _columns(table) - RATIOS - KEYS


def test_a_metric_has_one_name_over_all_tables() -> None:
    names = [
        *_macro("drilled_figures", "agg_kpis_daily"),
        *_macro("drilled_figures", "agg_mrr_monthly"),
    ]
    assert len(names) == len(set(names))
