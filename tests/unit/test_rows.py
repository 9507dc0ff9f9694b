"""The comparison of tables sees what it is for: another value, type or number of rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.rows import Row, unequal_tables


def test_the_order_of_rows_and_trailing_zeros_make_no_difference() -> None:
    ours: list[Row] = [(1, Decimal("2.50")), (2, None)]
    assert unequal_tables({"t": ours}, {"t": [(2, None), (1, Decimal("2.5"))]}) == []


@pytest.mark.parametrize("other", [[(1,)], [(1,), (1,), (1,)], [(1,), (2,)], [(1,), (Decimal(1),)]])
def test_another_row_is_seen(other: list[Row]) -> None:
    (told, *_) = unequal_tables({"t": [(1,), (1,)]}, {"t": other})
    assert told.startswith("t: 1 rows only ")


def test_a_table_of_one_side_is_seen() -> None:
    assert unequal_tables({"t": []}, {}) == ["t is on one side only"]
