"""Rules that every model keeps and no linter knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
MODELS = sorted((PROJECT / "models").rglob("*.sql"))
TESTS = sorted((PROJECT / "tests" / "singular").rglob("*.sql"))
FORBIDDEN = {
    r"\bcurrent_(date|time|timestamp)\b": "now is run_context's",
    r"\b(now|today|getdate|clock_timestamp|localtimestamp)\s*\(": "now is run_context's",
    r"\bround\s*\(": "it rounds half away from zero: round_half_even or round_ratio",
    r"\bavg\s*\(": "it is a binary fraction on DuckDB: round_ratio of sum and count",
    r"\b(float|float4|float8|real|double)\b": "no binary fractions",
    r"\b(numeric|decimal)\b(?!\s*\()": "bare numeric has three places on DuckDB: name them",
    r"(?<![(/'])/(?![)/])(?!\s*\d*\s*$)": "a division is a binary fraction on DuckDB: round_ratio",
}  # fmt: skip


def _sql(path: Path) -> str:
    """Return a file without its comments, Jinja comments and quoted texts."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"--[^\n]*", "", text)
    return re.sub(r"'[^'\n]*'", "''", text)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_models_keep_time_and_money_exact(path: Path) -> None:
    sql = _sql(path)
    broken = {why for pattern, why in FORBIDDEN.items() if re.search(pattern, sql)}
    assert not broken


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_models_are_short_and_end_with_a_named_select(path: Path) -> None:
    lines = path.read_text().strip().splitlines()
    assert len(lines) <= 100
    assert "select * from final" in lines[-2:], "the last step is named final"


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_tests_tell_what_is_wrong(path: Path) -> None:
    assert re.search(r"\bas message\b", path.read_text()), "a failing row has to say why"


def test_every_name_is_taken_once() -> None:
    names = [path.stem for path in (*MODELS, *TESTS)]
    assert len(names) == len(set(names))
