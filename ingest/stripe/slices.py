"""Parts of lists that are still to be read: what a backfill's work queue is made of.

A slice is a half-open range of `created`, so several workers can read one list at a time, and
objects of one second are never parted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

# Stripe itself is not older, and no account.
STRIPE_BEGAN: Final = 1_262_304_000
# A page of minutes says nothing about years.
_SHORTEST_READ: Final = 3_600


@dataclass(frozen=True)
class Slice:
    """A range of one list, or what is left of it; newest first, as Stripe lists.

    Attributes:
        table: whose list.
        gte: the earliest `created` in it as an epoch; None for no bound.
        lt: the first `created` after it; None for no bound.
        after: the id to go on after; None at its beginning.
        last: `created` of that object.
    """

    table: str
    gte: int | None = None
    lt: int | None = None
    after: str | None = None
    last: int | None = None

    @property
    def params(self) -> dict[str, Any]:
        """The filter of the range, as a list takes it."""
        bounds = {"gte": self.gte, "lt": self.lt}
        created = {name: bound for name, bound in bounds.items() if bound is not None}
        return {"created": created} if created else {}

    @property
    def whole(self) -> Slice:
        """The slice from its beginning."""
        return Slice(self.table, self.gte, self.lt)

    @property
    def begun_anew(self) -> Slice:
        """The slice from where its cursor was lost: later objects have been read."""
        if self.last is None:
            return self.whole
        return Slice(self.table, self.gte, self.last + 1)

    def rest(self, after: str | None, created: Iterable[int | None]) -> Slice:
        """Return what is left when a page of it has been read and more follow.

        Args:
            after: the id of the page's last object.
            created: when its objects were created.
        """
        known = (at for at in created if at is not None)
        return replace(self, after=after, last=min(known, default=self.last))

    def halved(self, began: int = STRIPE_BEGAN) -> tuple[Slice, Slice] | None:
        """Return the later and the earlier half of what is left; None where a second is left.

        Args:
            began: about when the first object of a slice without a beginning was created.
        """
        low = began if self.gte is None else self.gte
        if self.last is None or self.last - low < 2:
            return None
        middle = (low + self.last + 1) // 2
        return replace(self, gte=middle), Slice(self.table, self.gte, middle)

    def seconds_left(self, now: int, began: int) -> int:
        """Return how much of the time that it spans has not been read.

        Args:
            now: the end of a slice without one.
            began: the beginning of a slice without one.
        """
        high = next((at for at in (self.last, self.lt) if at is not None), now)
        return max(0, high - max(began, self.gte or 0))

    def saved(self) -> list[Any]:
        """Return the slice as the pipeline's state keeps it."""
        return [self.table, self.gte, self.lt, self.after, self.last]


class Outlook:
    """How many objects are left to be listed, judged by how dense the part was that is read.

    How far back an account goes is not known before a list has been read to its end; those of what
    is sold are short and as old as any.
    """

    def __init__(self, slices: Iterable[Slice], now: int) -> None:
        self._now = now
        self._planned = list(slices)
        self._rows: Counter[str] = Counter()
        # By table, of slices that have ended: where each began, ended, and its oldest object.
        self._ended: dict[str, dict[int | None, tuple[int | None, int | None]]] = {}

    def note(self, part: Slice, created: Iterable[int | None], *, ended: bool) -> None:
        """Take note of when the objects of a page were created; the last page `ended` the slice."""
        known = list(created)
        self._rows[part.table] += len(known)
        if ended:
            oldest = min((at for at in known if at is not None), default=part.last)
            self._ended.setdefault(part.table, {})[part.gte] = part.lt, oldest

    def objects_left(self, slices: Iterable[Slice]) -> float | None:
        """Return how many objects are left in slices, in all likelihood; None if nobody can say."""
        left = list(slices)
        began = self._began()
        if began is None:
            if any(part.gte is None for part in left):
                return None
            began = 0
        planned, unread = self._spans(self._planned, began), self._spans(left, began)
        objects = 0.0
        for table, seconds in unread.items():
            read = max(planned[table] - seconds, _SHORTEST_READ)
            objects += self._rows[table] / read * seconds
        return objects

    def _began(self) -> int | None:
        """Return the oldest object of the lists that have been read from their beginning.

        A list that was cut in two without knowing its age has slices with nothing in them.
        """
        found: list[int] = []
        for ended in self._ended.values():
            lt, oldest = ended.get(None, (None, None))
            while oldest is None and lt is not None:
                lt, oldest = ended.get(lt, (None, None))
            if oldest is not None:
                found.append(oldest)
        return min(found, default=None)

    def _spans(self, slices: Iterable[Slice], began: int) -> Counter[str]:
        spans: Counter[str] = Counter()
        for part in slices:
            spans[part.table] += part.seconds_left(self._now, began)
        return spans


def load_slices(saved: Iterable[list[Any]]) -> list[Slice]:
    """Return slices that a state keeps."""
    return [Slice(*parts) for parts in saved]


def created_of(obj: dict[str, Any]) -> int | None:
    """Return when an object was created, as an epoch; invoice items call it their date."""
    created = obj.get("created", obj.get("date"))
    return created if isinstance(created, int) else None
