"""Whoever is of the small world of a sliced build reads nothing that is only right as a whole.

What these rules rest on is proved by `tests/faults/test_later_changes.py`; they say which of two
models would break it before it does.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
SQL = {path.stem: path.read_text() for path in (PROJECT / "models").rglob("*.sql")}
TESTS = {path.stem: path.read_text() for path in (PROJECT / "tests" / "singular").rglob("*.sql")}
MACROS = {path.stem: path.read_text() for path in (PROJECT / "macros").glob("*.sql")}

SLICED = {name for name, text in SQL.items() if re.search(r"^\{\{ sliced\(", text, re.MULTILINE)}
MERGED = {
    name for name in SLICED if re.match(r"\{\{ sliced\(\s*('|also=)", SQL[name], re.MULTILINE)
}
CUT = set(re.findall(r"'(stg_\w+__\w+)': ", MACROS["slice_cuts"]))
LOOKED_UP = {
    name
    for name, text in SQL.items()
    if "'looked_up': true" in text or name.startswith(("stg_seeds__", "stg_tillhouse__"))
}
BY_PERIOD = {name for name, text in SQL.items() if "{{ by_period() }}" in text}
# What moves a total by period, by the total.
MOVED_BY = {
    name: set(re.findall(r"'(?:came_|went_)?((?:stg|int|dim|fct|agg)_\w+)'", changes))
    for name, changes in re.findall(
        r"^        '(\w+)': \('\w+', \[\n(.*?)^        \]\),",
        MACROS["periods"],
        re.MULTILINE | re.DOTALL,
    )
}
# Rows of these are all replaced in `drill_metric_objects`, whosever they are.
REPLACED_WHOLE = {
    ("int_metric_holdings", "fct_alerts"),
    ("int_metric_states", "agg_kpis_daily"),
    ("int_revenue_objects", "agg_kpis_daily"),
}


def read_by(text: str) -> set[str]:
    """Return the models that a text reads, those of the margin's macro among them."""
    if "margin_by_month(" in text:
        text += MACROS["margin"]
    return set(re.findall(r"\bref\('(\w+)'\)", text))


def test_the_lists_are_not_empty() -> None:
    assert len(SLICED) > 80
    assert len(MERGED) > 30
    assert {"stg_app__videos", "stg_stripe__events"} <= CUT <= SQL.keys()
    assert {"dim_plans", "int_days_covered"} <= LOOKED_UP


@pytest.mark.parametrize("name", sorted(SLICED))
def test_a_sliced_model_reads_slices_and_what_may_be_looked_up(name: str) -> None:
    rest = read_by(SQL[name]) - SLICED - CUT - LOOKED_UP
    assert {(name, other) for other in rest} <= REPLACED_WHOLE


@pytest.mark.parametrize("name", sorted(SQL.keys() - SLICED))
def test_a_whole_model_reads_no_slice_that_is_put_nowhere(name: str) -> None:
    assert not read_by(SQL[name]) & (SLICED - MERGED)


@pytest.mark.parametrize("name", sorted(TESTS))
def test_a_test_that_reads_totals_reads_no_slice_that_is_put_nowhere(name: str) -> None:
    read = read_by(TESTS[name])
    if read - SLICED - CUT - LOOKED_UP:
        assert not read & (SLICED - MERGED)


def test_published_slices_are_put_where_they_belong() -> None:
    marts = {path.stem for path in (PROJECT / "models" / "marts").rglob("*.sql")}
    assert (SLICED & marts) <= MERGED


def test_totals_by_period_are_moved_by_all_that_they_read() -> None:
    assert MOVED_BY.keys() == BY_PERIOD != set()
    for name, moved_by in MOVED_BY.items():
        assert read_by(SQL[name]) - LOOKED_UP <= moved_by, name
