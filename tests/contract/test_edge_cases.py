"""The list of edge cases names tests that exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.yaml_files import read_yaml

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "edge-cases.md").read_text())


@cache
def _tests() -> frozenset[str]:
    """Return the names of tests, of stories and of cases of the made-up company."""
    project = ROOT / "dbt_project"
    files = (read_yaml(path) for path in (project / "models").rglob("_*.yml"))
    unit = {test["name"] for file in files for test in file.get("unit_tests") or []}
    singular = {path.stem for path in (project / "tests" / "singular").rglob("*.sql")}
    python = {
        name
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"^ *def (\w+)\(", path.read_text(), re.MULTILINE)
    }
    return frozenset(unit | singular | python)


def test_the_list_is_in_order_and_says_each_case_once() -> None:
    numbers = [int(number) for number, *_ in ROWS]
    assert numbers == list(range(1, 73))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_test_that_is_named_exists(row: tuple[str, ...]) -> None:
    named = re.findall(r"`(\w+)`", row[3])
    assert named
    assert set(named) - _tests() == set()


def test_a_name_that_is_no_test_is_found() -> None:
    assert "test_that_was_never_written" not in _tests()
