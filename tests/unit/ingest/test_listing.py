"""Many workers over many lists: each slice in its order, the first error ends all."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from ingest.stripe.client import LostCursorError
from ingest.stripe.landing import Row
from ingest.stripe.listing import PER_LIST, Fetched, Listing, PageRead
from ingest.stripe.slices import Slice
from warehouse.errors import SourceError

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BEGAN = 1_700_000_000
SECONDS = 5_000
PAGE = 10


def _row(name: str, created: int) -> Row:
    return Row(name, "{}", "ab" * 32, created, NOW, None, False, None, "acct_1")


class Lists:
    """Lists of one object a second, newest first, as Stripe cuts them into pages."""

    def __init__(self, *tables: str, seconds: int = SECONDS) -> None:
        self.created = {t: range(BEGAN, BEGAN + seconds) for t in tables}
        self.gone: set[str] = set()
        self.asked: list[Slice] = []
        self.at_once: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self._lock = threading.Lock()

    def fetch(self, part: Slice) -> Fetched:
        with self._lock:
            self.asked.append(part)
            self.at_once[part.table] += 1
            self.most[part.table] = max(self.most[part.table], self.at_once[part.table])
        try:
            return self._page(part)
        finally:
            with self._lock:
                self.at_once[part.table] -= 1

    def _page(self, part: Slice) -> Fetched:
        if part.after in self.gone:
            raise LostCursorError(part.after)
        low = BEGAN if part.gte is None else part.gte
        high = BEGAN + 10**6 if part.lt is None else part.lt
        if part.after is not None:
            high = min(high, int(part.after.partition("_")[2]))
        every = self.created[part.table]
        # From the end: the newest first.
        there = [at for at in reversed(every) if f"{part.table}_{at}" not in self.gone]
        within = [at for at in there if low <= at < high][: PAGE + 1]
        rows = [_row(f"{part.table}_{at}", at) for at in within[:PAGE]]
        return Fetched(rows, rows[-1].id if rows else None, more=len(within) > PAGE)


def _never(_: str) -> bool:
    return False


def _always(_: str) -> bool:
    return True


def _read(pages: Iterable[PageRead | None]) -> list[PageRead]:
    return [page for page in pages if page is not None]


def test_each_slice_is_read_in_its_order_whoever_reads_it() -> None:
    lists = Lists("charges", "invoices", "products", seconds=400)
    reading = Listing(lists.fetch, [Slice(t) for t in lists.created], splits=_never)
    found: dict[str, list[int]] = {}
    for page in _read(reading.pages()):
        found.setdefault(page.slice.table, []).extend(row.created_at or 0 for row in page.rows)
    assert found == {t: list(reversed(every)) for t, every in lists.created.items()}
    # A list that may not be split is read by one worker at a time.
    assert set(lists.most.values()) == {1}


def test_one_long_list_is_shared_out_and_read_once() -> None:
    lists = Lists("charges", seconds=3_000)
    reading = Listing(lists.fetch, [Slice("charges", BEGAN)], splits=_always)
    found = [row.id for page in _read(reading.pages()) for row in page.rows]
    assert len(found) == len(set(found)) == 3_000
    assert len({(part.gte, part.lt) for part in lists.asked}) >= PER_LIST
    assert lists.most["charges"] <= PER_LIST


def test_a_list_is_cut_no_further_than_workers_may_read_it() -> None:
    lists = Lists("charges", seconds=3_000)
    slices = {Slice("charges", BEGAN)}
    reading = Listing(lists.fetch, slices, splits=_always)
    for page in _read(reading.pages()):
        slices.remove(page.slice)
        slices.update(page.left)
        # Each of those that read at a time may have cut what it had before it saw the others' cuts.
        assert len(slices) <= 2 * PER_LIST
    assert slices == set()


def test_what_is_left_of_every_page_is_what_is_still_to_be_read() -> None:
    """A work queue that is kept at any page leads to the same rows as no interruption."""
    lists = Lists("charges", "invoices", seconds=600)
    slices = [Slice("charges", BEGAN), Slice("invoices", BEGAN)]
    seen: list[str] = []
    for stop in (7, 20, 33, 10**6):
        reading = Listing(lists.fetch, list(slices), splits=_always, workers=4)
        pages = reading.pages()
        for number, page in enumerate(_read(pages)):
            slices.remove(page.slice)
            slices.extend(page.left)
            seen += [row.id for row in page.rows]
            if number == stop:
                break
        pages.close()  # type: ignore[attr-defined]  a generator
    assert slices == []
    assert len(seen) == len(set(seen)) == 1_200


@pytest.mark.parametrize("splits", [True, False])
def test_a_lost_cursor_begins_again(splits: bool) -> None:
    """At the last second that was read; but for a range that is needed whole, at its beginning."""
    lists = Lists("charges", seconds=60)
    lost = f"charges_{BEGAN + 40}"

    def fetch(part: Slice) -> Fetched:
        # Deleted when it has been read and the list is to go on after it.
        if part.after == lost:
            lists.gone.add(lost)
        return lists.fetch(part)

    slices = [Slice("charges", BEGAN)]
    reading = Listing(fetch, slices, splits=lambda _: splits, workers=1)
    found = [row.created_at for page in _read(reading.pages()) for row in page.rows]
    assert set(found) == set(lists.created["charges"])
    assert len(found) == (60 if splits else 60 + 19)


def test_a_list_that_keeps_losing_its_place_is_an_error() -> None:
    def lose(part: Slice) -> Fetched:
        raise LostCursorError(part.table)

    reading = Listing(lose, [Slice("charges", None, None, "ch_1", 50)], splits=_never)
    with pytest.raises(SourceError, match="list of charges lost its place 4 times"):
        _read(reading.pages())


def test_the_first_error_of_a_worker_ends_all() -> None:
    lists = Lists("charges", "invoices")

    def fetch(part: Slice) -> Fetched:
        if part.table == "invoices" and part.after:
            raise SourceError("Stripe fails to answer for invoices")
        return lists.fetch(part)

    before = threading.active_count()
    reading = Listing(fetch, [Slice("charges", BEGAN), Slice("invoices")], splits=_always)
    with pytest.raises(SourceError, match="Stripe fails to answer for invoices"):
        _read(reading.pages())
    assert threading.active_count() == before
    assert len(lists.asked) < SECONDS // PAGE


def test_closing_the_pages_ends_the_workers() -> None:
    lists = Lists("charges", "invoices")
    before = threading.active_count()
    slices = [Slice("charges", BEGAN), Slice("invoices", BEGAN)]
    pages = Listing(lists.fetch, slices, splits=_always).pages()
    assert next(iter(pages)) is not None
    assert threading.active_count() > before
    pages.close()  # type: ignore[attr-defined]  a generator
    assert threading.active_count() == before


def test_who_waits_hears_that_nothing_has_come_yet() -> None:
    asked, answered = threading.Event(), threading.Event()

    def fetch(part: Slice) -> Fetched:
        asked.set()
        assert answered.wait(30)
        return Fetched([], None, more=False)

    pages = iter(Listing(fetch, [Slice("charges")], splits=_never).pages(patience=0.01))
    assert next(pages) is None
    assert asked.wait(30)
    answered.set()
    assert [page.left for page in pages if page is not None] == [()]


@pytest.mark.parametrize(("seconds", "enough"), [(0.01, 8), (0.15, 15), (0.5, 32)])
def test_as_many_read_as_use_up_the_accounts_rate(seconds: float, enough: int) -> None:
    """A hundred answers a second, where each takes so long; never fewer than eight."""
    at_work: set[int] = set()

    def fetch(part: Slice) -> Fetched:
        at_work.add(threading.get_ident())
        time.sleep(0.01)
        read = int(part.after or 0) + 1
        return Fetched([_row(str(read), BEGAN)], str(read), read < 9, seconds)

    tables = [f"list_{number}" for number in range(40)]
    _read(Listing(fetch, [Slice(table) for table in tables], splits=_never).pages())
    assert len(at_work) == enough


def test_nothing_to_read_is_read_at_once() -> None:
    assert _read(Listing(Lists().fetch, [], splits=_always).pages()) == []
