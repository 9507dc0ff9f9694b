"""Expected against actual rows: every cell, exactly."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.truth.tables import TABLES, ZeroRows

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell (or a whole row: column ``*``) that is not what it should be."""

    table: str
    key: tuple[Any, ...]
    column: str
    expected: Any
    actual: Any

    def __str__(self) -> str:
        key = ", ".join(str(part) for part in self.key)
        return f"{self.table} ({key}) {self.column}: expected {self.expected}, got {self.actual}"


def compare(
    expected_rows: Iterable[Row],
    actual_rows: Iterable[Row],
    key: Sequence[str],
    columns: Sequence[str],
    *,
    table: str = "rows",
    zero_rows: ZeroRows = ZeroRows.MATTER,
) -> list[Difference]:
    """Compare row by row and cell by cell, without tolerance.

    Args:
        expected_rows: what the truth says.
        actual_rows: what the warehouse holds; columns beyond ``columns`` are not looked at.
        key: columns that identify a row.
        columns: columns to compare.
        table: name for the differences' text.
        zero_rows: which rows of nothing but zeros and nulls may be missing on either side.

    Returns:
        The differences in key order; none if all is well. A missing, unexpected or doubled row
        is one difference of the column ``*``. A float is always a difference: figures are exact.
    """
    expected, doubled = _by_key(expected_rows, key), _doubled(actual_rows := [*actual_rows], key)
    actual = _by_key(actual_rows, key)
    excused = _excused(expected, columns, zero_rows) | _excused(actual, columns, zero_rows)
    differences = [Difference(table, row_key, "*", "one row", "several") for row_key in doubled]
    for row_key in sorted(expected.keys() | actual.keys(), key=str):
        if row_key in expected and row_key in actual:
            differences += _cells(table, row_key, expected[row_key], actual[row_key], columns)
        elif row_key not in excused:
            there, missing = "a row", "no row"
            texts = (there, missing) if row_key in expected else (missing, there)
            differences.append(Difference(table, row_key, "*", *texts))
    return differences


def compare_table(
    table: str, expected_rows: Iterable[Row], actual_rows: Iterable[Row]
) -> list[Difference]:
    """Compare one of :data:`sandbox.truth.TABLES` by its own key and columns."""
    spec = TABLES[table]
    return compare(
        expected_rows, actual_rows, spec.key, spec.columns, table=table, zero_rows=spec.zero_rows
    )


def render(differences: Sequence[Difference], limit: int = 40) -> str:
    """Describe differences for a person: how many by column, then the first ones."""
    if not differences:
        return "no differences"
    by_column = Counter(f"{d.table}.{d.column}" for d in differences)
    counts = [f"  {name}: {count}" for name, count in by_column.most_common()]
    first = [f"  {difference}" for difference in differences[:limit]]
    left_out = len(differences) - len(first)
    more = [f"  … and {left_out} more"] if left_out else []
    return "\n".join([f"{len(differences)} differences", *counts, *first, *more])


def _by_key(rows: Iterable[Row], key: Sequence[str]) -> dict[tuple[Any, ...], Row]:
    return {tuple(row[name] for name in key): row for row in rows}


def _doubled(rows: Iterable[Row], key: Sequence[str]) -> list[tuple[Any, ...]]:
    counts = Counter(tuple(row[name] for name in key) for row in rows)
    return sorted((row_key for row_key, count in counts.items() if count > 1), key=str)


def _excused(
    rows: Mapping[tuple[Any, ...], Row], columns: Sequence[str], zero_rows: ZeroRows
) -> set[tuple[Any, ...]]:
    """Keys of rows that need not be there, because they say nothing."""
    if zero_rows is ZeroRows.MATTER:
        return set()
    excused = set()
    for row_key in sorted(rows, key=str):
        if _says_something(rows[row_key], columns):
            if zero_rows is ZeroRows.MAY_LEAD:
                break
        else:
            excused.add(row_key)
    return excused


def _says_something(row: Row, columns: Sequence[str]) -> bool:
    """Whether anything is there but zeros, nulls and flags."""
    return any(row.get(name) and not isinstance(row.get(name), bool) for name in columns)


def _cells(
    table: str, row_key: tuple[Any, ...], expected: Row, actual: Row, columns: Sequence[str]
) -> list[Difference]:
    return [
        Difference(table, row_key, name, expected[name], actual.get(name, "no such column"))
        for name in columns
        if not _is_same(expected[name], actual.get(name, "no such column"))
    ]


def _is_same(expected: Any, actual: Any) -> bool:
    if isinstance(actual, float) or isinstance(expected, bool) is not isinstance(actual, bool):
        return False
    return bool(expected == actual)
