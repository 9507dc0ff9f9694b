"""Many lists at once: workers that read slices page by page, and share out what is left of them."""

from __future__ import annotations

import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple

from ingest.stripe.client import LostCursorError
from ingest.stripe.landing import Row
from ingest.stripe.pace import ACCOUNT_LIMIT
from ingest.stripe.slices import STRIPE_BEGAN, Slice
from warehouse.errors import SourceError

# Enough to use up the account's rate where an answer takes half a second, and no more than that:
# Stripe limits what is under way at one time, too.
WORKERS: Final = 32
# A list's own limit, 25 a second, is met by so many at Stripe's usual 300 ms an answer.
PER_LIST: Final = 8
# So many begin, and another joins them while answers take so long that those at work could not use
# up what Stripe allows an account. Where answers come at once, more of them only hold more pages at
# a time, which costs a tenth of the CPU.
_FIRST_WORKERS: Final = 8
# The quickest of so many tells what Stripe takes: the others have waited for each other, too.
_ANSWERS: Final = 8
# What waits to be taken while a package is loaded: the next one, in pages of 100. With half of it,
# workers stand still at 100 requests a second, for a load can take longer than a second.
_WAITING_PAGES: Final = 200
_RESTARTS: Final = 3


@dataclass(frozen=True)
class PageRead:
    """The rows of a page of a slice, and what of the slice is left: nothing, itself, or halves."""

    slice: Slice
    rows: list[Row]
    left: tuple[Slice, ...]


class Fetched(NamedTuple):
    """A page as it was fetched.

    Attributes:
        rows: of its objects.
        last_id: of the last of them as listed.
        more: whether more pages follow.
        seconds: how long Stripe took to begin its answer.
    """

    rows: list[Row]
    last_id: str | None
    more: bool
    seconds: float = 0.0


Fetch = Callable[[Slice], Fetched]


class Listing:
    """Reads slices to their end.

    Args:
        fetch: reads the next page of a slice.
        slices: what is to be read.
        splits: whether a list's ranges may be shared out among workers.
        began: about when the first object was created: where a list is cut.
        workers: how many pages are read at a time at most.
    """

    def __init__(
        self,
        fetch: Fetch,
        slices: Iterable[Slice],
        *,
        splits: Callable[[str], bool],
        began: int = STRIPE_BEGAN,
        workers: int = WORKERS,
    ) -> None:
        self._fetch = fetch
        self._splits = splits
        self._began = began
        self._workers = workers
        self._pending: dict[str, deque[Slice]] = {}
        self._running: Counter[str] = Counter()
        self._restarts: Counter[tuple[str, int | None]] = Counter()
        self._turn = threading.Condition()
        self._stopped = threading.Event()
        self._answers: tuple[float, ...] = (0.0,)
        self._results: queue.Queue[PageRead | BaseException | None] = queue.Queue(_WAITING_PAGES)
        for part in slices:
            self._pending.setdefault(part.table, deque()).append(part)

    def pages(self, patience: float | None = None) -> Iterator[PageRead | None]:
        """Yield pages as they come; closing the iterator ends the workers.

        Args:
            patience: yield None after so many seconds without a page.

        Raises:
            TillhouseError: the first error of any worker.
        """
        with ThreadPoolExecutor(self._workers, thread_name_prefix="stripe") as pool:
            begun = working = min(self._workers, _FIRST_WORKERS)
            for _ in range(begun):
                pool.submit(self._work)
            try:
                while working:
                    if begun < min(self._workers, min(self._answers) * ACCOUNT_LIMIT):
                        pool.submit(self._work)
                        begun, working = begun + 1, working + 1
                    try:
                        result = self._results.get(timeout=patience)
                    except queue.Empty:
                        yield None
                        continue
                    if isinstance(result, BaseException):
                        raise result
                    if result is None:
                        working -= 1
                    else:
                        yield result
            finally:
                self._stop()

    def _work(self) -> None:
        try:
            while (part := self._take()) is not None:
                read = self._read(part)
                # Before anybody can read what it leaves: a slice's pages stay in order.
                self._put(read)
                self._give_back(part, read.left)
        except BaseException as error:  # noqa: BLE001  raised again in the thread that reads
            self._put(error)
        else:
            self._put(None)

    def _take(self) -> Slice | None:
        """Return a slice of the list that the fewest are reading; None when all is read."""
        with self._turn:
            while not self._stopped.is_set():
                ready = [
                    table
                    for table, slices in self._pending.items()
                    if slices and self._running[table] < PER_LIST
                ]
                if ready:
                    table = min(ready, key=lambda name: self._running[name])
                    self._running[table] += 1
                    return self._pending[table].popleft()
                if not +self._running:
                    return None
                self._turn.wait()
            return None

    def _read(self, part: Slice) -> PageRead:
        try:
            page = self._fetch(part)
            self._answers = (*self._answers[1 - _ANSWERS :], page.seconds)
        except LostCursorError:
            self._restarts[part.table, part.gte] += 1
            if self._restarts[part.table, part.gte] > _RESTARTS:
                raise SourceError(
                    f"Stripe's list of {part.table} lost its place {_RESTARTS + 1} times while it "
                    "was read: objects are being deleted as fast as they are listed; "
                    "run again later"
                ) from None
            # A range that may not be split may not lose its beginning, either.
            anew = part.begun_anew if self._splits(part.table) else part.whole
            return PageRead(part, [], (anew,))
        if not page.more:
            return PageRead(part, page.rows, ())
        rest = part.rest(page.last_id, (row.created_at for row in page.rows))
        halves = rest.halved(self._began) if self._is_worth_splitting(part.table) else None
        return PageRead(part, page.rows, halves or (rest,))

    def _is_worth_splitting(self, table: str) -> bool:
        with self._turn:
            readable = self._running[table] + len(self._pending.get(table, ()))
        return self._splits(table) and readable < PER_LIST

    def _give_back(self, part: Slice, left: tuple[Slice, ...]) -> None:
        with self._turn:
            self._running[part.table] -= 1
            # What was begun goes first, so that few slices are open at a time.
            self._pending.setdefault(part.table, deque()).extendleft(reversed(left))
            self._turn.notify_all()

    def _put(self, result: PageRead | BaseException | None) -> None:
        while not self._stopped.is_set():
            try:
                self._results.put(result, timeout=0.1)
            except queue.Full:
                continue
            return

    def _stop(self) -> None:
        self._stopped.set()
        with self._turn:
            self._turn.notify_all()
