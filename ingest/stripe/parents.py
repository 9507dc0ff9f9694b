"""Which lists under parents are still to be read, so that a kill costs no more than a package."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from ingest.stripe.fetching import Found


class ParentsLeft:
    """The parents whose lists have not been read, in the order in which they are asked for.

    Lists end in any order, as several are read at a time: those up to the first that has not ended
    are done, later ones would be read again after a kill.

    Args:
        wanted: the ids of parents, by child table.
        done: by child table, the parent up to which they were read; is moved on.
    """

    def __init__(self, wanted: Mapping[str, Iterable[str]], done: dict[str, str]) -> None:
        self._done = done
        self.left: dict[str, list[str]] = {
            table: sorted(one for one in ids if one > done.get(table, ""))
            for table, ids in wanted.items()
        }

    def noted(self, lists: Iterable[Found]) -> Iterator[Found]:
        """Yield the lists; one is done when the next is asked for: then it has been taken."""
        waiting = {table: deque(ids) for table, ids in self.left.items()}
        ended: set[tuple[str, str | None]] = set()
        for one in lists:
            yield one
            table, left = one.spec.table, waiting[one.spec.table]
            ended.add((table, one.under))
            while left and (table, left[0]) in ended:
                self._done[table] = left.popleft()
