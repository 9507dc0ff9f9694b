"""What the reader serves is what dbt publishes: no column forgotten, none made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from reader.series import (
    CASH,
    CUSTOMER_MOVEMENTS,
    FRESHNESS,
    KPIS,
    MRR_DAILY,
    MRR_MONTHLY,
    PROVIDERS,
    Series,
)

MARTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"
TYPES = {
    "bigint": "integer",
    "integer": "integer",
    "date": "date",
    "boolean": "boolean",
    "timestamptz": "timestamp",
    "text": "text",
    "numeric": "decimal",
}

# Every column of these is served; of the others the series is a part.
WHOLE = (KPIS, MRR_MONTHLY, CASH, PROVIDERS, FRESHNESS)


def _published() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for path in MARTS.rglob("*__models.yml"):
        for model in yaml.safe_load(path.read_text())["models"]:
            columns: list[dict[str, Any]] = model["columns"]
            tables[model["name"]] = {c["name"]: c["data_type"] for c in columns}
    return tables


PUBLISHED = _published()


@pytest.mark.parametrize("series", [*WHOLE, CUSTOMER_MOVEMENTS, MRR_DAILY], ids=lambda s: s.table)
def test_served_columns_are_published_with_their_types(series: Series) -> None:
    published = PUBLISHED[series.table]
    assert series.time in published
    for column in series.columns:
        assert TYPES[published[column.name].split("(")[0]] == column.type, column.name


@pytest.mark.parametrize("series", WHOLE, ids=lambda s: s.table)
def test_no_published_column_is_forgotten(series: Series) -> None:
    served = {series.time, *(column.name for column in series.columns)}
    assert set(PUBLISHED[series.table]) - served == set()
