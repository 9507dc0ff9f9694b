"""A series as the API serves it: cut into periods, compared, and served page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reader.columns import Kind, Series
from reader.database import Row
from reader.envelope import Page
from reader.fold import Counts, Key, fold
from reader.periods import Compare, Grain, Period, compared_with, split
from reader.pipeline import Question
from reader.representations import Names

Fetch = Callable[[list[Period]], Sequence[Row]]
Recount = Callable[[list[Period], Grain | None], Counts]

COMPARE = "compare"
PERIOD: Names = (("first_day", "date"), ("last_day", "date"), ("is_partial", "boolean"))


@dataclass(frozen=True)
class Timeline:
    """Where the rows of a series come from.

    Both take contiguous periods. `fetch` gives their days' rows, oldest first; `recount` what can't
    be added up over days (see `reader.fold`).
    """

    series: Series
    fetch: Fetch
    recount: Recount | None = None

    def rows(self, periods: list[Period], grain: Grain | None) -> dict[Key, Row]:
        """Return the rows of contiguous periods, by period and key; no grain: one whole range."""
        if not periods:
            return {}
        rows = self.fetch(periods)
        if grain == "day":
            names = self.series.keys
            return {(row["date"], *(row[name] for name in names)): row for row in rows}
        counts = self.recount(periods, grain) if self.recount else None
        return fold(self.series, rows, periods, counts)


@dataclass(frozen=True)
class Cut:
    """The periods a request means, and position by position what each is compared with."""

    periods: list[Period]
    others: list[Period]

    @classmethod
    def of(cls, first: date, last: date, grain: Grain, compare: Compare) -> Cut:
        """Cut a range of days."""
        periods = split(first, last, grain)
        return cls(periods, compared_with(periods, grain, compare))

    def since(self, question: Question) -> Cut:
        """Leave out the periods that earlier pages have served whole."""
        if question.after is None:
            return self
        start = date.fromisoformat(question.after[0])
        skipped = sum(period.start < start for period in self.periods)
        return Cut(self.periods[skipped:], self.others[skipped:])


def timeline_page(timeline: Timeline, cut: Cut, grain: Grain, question: Question) -> Page:
    """Return one page of a series."""
    cut = cut.since(question)
    rows = timeline.rows(cut.periods, grain)
    if cut.others:
        rows = beside(timeline.series, rows, timeline.rows(cut.others, grain), cut)
    names = columns_of(timeline.series, "date", PERIOD if grain != "day" else ())
    page = paged(rows, names, question, is_compared=bool(cut.others))
    currencies = {row["currency"] for row in page.rows if "currency" in row}
    is_minor = timeline.series.unit == "minor"
    return Page(
        page.rows,
        page.columns,
        page.after,
        timeline.series.unit,
        (currencies.pop() if len(currencies) == 1 else None) if is_minor else "usd",
        any(row.get("is_partial", False) for row in page.rows),
    )


def columns_of(series: Series, time: str, period: Names = ()) -> Names:
    """Return names and types of a served row, in order."""
    own: Names = [(column.name, column.type) for column in series.columns]
    return [(time, "date"), *period, *own]


def paged(
    rows: Mapping[Key, Row], columns: Names, question: Question, *, is_compared: bool = False
) -> Page:
    """Return the rows after the cursor, at most as many as asked for, in order of their keys."""
    names = [name for name, _ in columns]
    if is_compared:
        columns = [*columns, *((f"{COMPARE}_{name}", kind) for name, kind in columns)]
        names.append(COMPARE)
    keys = {tuple(map(str, key)): row for key, row in rows.items()}
    waiting = sorted(key for key in keys if question.after is None or key > question.after)
    taken = waiting[: question.limit]
    after = taken[-1] if len(waiting) > len(taken) else None
    return Page([{name: keys[key][name] for name in names} for key in taken], columns, after)


def beside(
    series: Series, rows: Mapping[Key, Row], others: Mapping[Key, Row], cut: Cut
) -> dict[Key, Row]:
    """Put beside each row the one it is compared with; what only the other has counts as zero."""
    compared: dict[Key, Row] = {}
    tails, other_tails = _tails(rows), _tails(others)
    for period, other in zip(cut.periods, cut.others, strict=True):
        for tail in tails.get(period.start, set()) | other_tails.get(other.start, set()):
            row = rows.get((period.start, *tail)) or _nothing(series, period, tail)
            compared[period.start, *tail] = {**row, COMPARE: others.get((other.start, *tail))}
    return compared


def _tails(rows: Mapping[Key, Row]) -> dict[date, set[Key]]:
    by_start: dict[date, set[Key]] = {}
    for start, *tail in rows:
        by_start.setdefault(start, set()).add(tuple(tail))
    return by_start


def _nothing(series: Series, period: Period, tail: tuple[Any, ...]) -> Row:
    zero = {"integer": 0, "decimal": Decimal("0.000000")}
    counted = (Kind.FLOW, Kind.DISTINCT)
    values = {c.name: zero[c.type] if c.kind in counted else None for c in series.columns}
    return {
        "date": period.start,
        "first_day": period.first,
        "last_day": period.last,
        "is_partial": period.is_partial,
        **values,
        **dict(zip(series.keys, tail, strict=True)),
    }
