"""What the dbt project promises about itself: lists that agree, columns that are described."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.yaml_files import read_yaml

MODELS = Path(__file__).parents[2] / "dbt_project" / "models"
COUNTED = (MODELS / "intermediate" / "metrics" / "int_tables_counted.sql").read_text()


FILES = [read_yaml(path) for path in sorted(MODELS.rglob("_*.yml"))]
PROPERTIES: dict[str, dict[str, Any]] = {
    model["name"]: model for file in FILES for model in file.get("models", [])
}
UNIT_TESTED = {test["model"] for file in FILES for test in file.get("unit_tests", [])}
MARTS = sorted(path.stem for path in (MODELS / "marts").rglob("*.sql"))
BRANCHING = sorted(
    path
    for path in MODELS.rglob("*.sql")
    if re.search(r"\bcase\b|\bover \(|series_of_|newest_versions", path.read_text())
)


def _listed(name: str) -> set[str]:
    body = re.search(rf"set {name} = \[(.*?)\] -%}}", COUNTED, re.DOTALL)
    assert body is not None
    return set(re.findall(r"\(?'(\w+)'(?:(?:, '\w+')+\))?", body.group(1)))


def test_every_model_is_described() -> None:
    described = {name for name, model in PROPERTIES.items() if model.get("description")}
    assert described == {path.stem for path in MODELS.rglob("*.sql")}


@pytest.mark.parametrize("mart", MARTS)
def test_every_column_of_a_mart_has_a_type_and_a_description(mart: str) -> None:
    columns = PROPERTIES[mart]["columns"]
    assert columns
    incomplete = [c["name"] for c in columns if not (c.get("data_type") and c.get("description"))]
    assert not incomplete


@pytest.mark.parametrize("mart", MARTS)
def test_every_mart_has_a_key_that_is_tested(mart: str) -> None:
    tests = PROPERTIES[mart].get("data_tests", [])
    keys = [test for test in tests if isinstance(test, dict) and "primary_key" in test]
    assert keys


def test_freshness_covers_every_source_and_every_mart() -> None:
    staged = {path.stem for path in (MODELS / "staging" / "stripe").glob("*.sql")}
    derived = {
        "balance_versions", "checkout_line_items", "discount_sightings", "discounts",
        "invoice_lines", "subscription_events", "subscription_items",
        "subscription_schedule_events", "subscription_schedule_versions", "subscription_versions",
    }  # fmt: skip
    assert _listed("stripe_tables") | derived == {name.split("__")[1] for name in staged}
    app = {path.stem.split("__")[1] for path in (MODELS / "staging" / "app").glob("*.sql")}
    assert _listed("app_tables") | {"user_logins"} == app
    assert _listed("marts") | {"agg_freshness"} == set(MARTS)


def test_names_of_unit_tests_fit_into_postgres() -> None:
    names = [test["name"] for file in FILES for test in file.get("unit_tests", [])]
    assert [name for name in names if len(name) > 63] == []
    assert len(names) == len(set(names))


# One macro stages every object the same way: it is tried on charges, customers and invoices.
STAGED_ALIKE = re.compile(r"^stg_(stripe|app)__\w+$")


@pytest.mark.parametrize("path", BRANCHING, ids=lambda path: path.stem)
def test_every_model_with_a_branch_has_a_unit_test(path: Path) -> None:
    text = path.read_text()
    alike = STAGED_ALIKE.match(path.stem) and not re.search(r"\bcase\b|\bover \(", text)
    assert alike or path.stem in UNIT_TESTED


def test_names_of_unit_tests_fit_into_postgresql() -> None:
    names = [test["name"] for file in FILES for test in file.get("unit_tests", [])]
    assert not [name for name in names if len(name) > 63], "dbt makes tables of these names"
