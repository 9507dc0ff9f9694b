"""One pull of one account, as packages: whole lists where they must be read, then what changed.

Events say what changed; the API says what it is. The newest event is read before any list and
becomes the tail's anchor, so whatever changes while lists are read is read again after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from ingest.report import Meter, Mode, PullReport
from ingest.stripe.changes import Anchor, Cursor
from ingest.stripe.fetching import Fetcher, Found
from ingest.stripe.gaps import Gap, GapLog, find_gap
from ingest.stripe.judging import Judge
from ingest.stripe.known import Known, signs
from ingest.stripe.landing import Row, add
from ingest.stripe.listing import Listing
from ingest.stripe.packages import Package, Packer
from ingest.stripe.parents import ParentsLeft
from ingest.stripe.position import Kind, OpenListing, Position
from ingest.stripe.slices import STRIPE_BEGAN, Outlook, Slice, created_of
from ingest.stripe.specs import ACCOUNTS, BY_TABLE, CHANGES_BY, EVENTS, OBJECTS
from ingest.stripe.store import Landed
from ingest.stripe.tail import Tail

# How many objects a slice holds in which absence is judged: their ids are in memory.
_JUDGED_OBJECTS: Final = 10_000
_RENEWED: Final = timedelta(days=1)
_TICK_SECONDS: Final = 1.0
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Pull:
    """Reads what an account holds, or what has changed in it.

    Attributes:
        fetcher: reads the account.
        landed: knows what is landed of it.
        position: where the last pull stood.
        mode: hourly, nightly or full.
        now: the instant that counts as now.
        start: the earliest `created` of what is bounded, as an epoch; 0 for everything.
        gaps: keeps what the event stream can't tell.
        report: is filled with what was done.
        meter: counts what is read.
        name: what notes call the account.
    """

    fetcher: Fetcher
    landed: Landed
    position: Position
    mode: Mode
    now: datetime
    start: int
    gaps: GapLog
    report: PullReport
    meter: Meter
    name: str = "Stripe"
    _packer: Packer = field(default_factory=Packer)
    _read_all: bool = False

    def __post_init__(self) -> None:
        """Begin with nothing that waits."""
        self._known = Known(self.landed, self._packer, self.fetcher.tables)

    def packages(self) -> Iterator[Package]:
        """Yield everything of this pull; each is landed before the next is asked for.

        Raises:
            SettingsError: the key is refused.
            SourceError: the key may not read something, or Stripe doesn't answer.
        """
        newest = self.fetcher.reader.newest(EVENTS)
        anchor = Anchor.of(newest) if newest else None
        yield from self._lists_before_the_tail(anchor)
        yield from self._taken(self._tail.found(anchor, trails=not self._read_all))
        if gap := self.gaps.unhealed():
            yield from self._healed(gap, anchor)
        if self.mode == "nightly":
            yield from self._listed(self._open("nightly", None))
        yield from self._settled(self.now)
        yield from self._ended()

    @property
    def _tail(self) -> Tail:
        return Tail(self.fetcher, self.landed, self.position, self.start, self.gaps)

    # -- whole lists -------------------------------------------------------------------------------

    def _lists_before_the_tail(self, anchor: Anchor | None) -> Iterator[Package]:
        position = self.position
        left = position.listing
        if left is not None and left.kind != "nightly":
            self.report.note(f"{self.name}: the last pull was interrupted, it goes on from there")
            yield from self._listed(left)
        position.listing = None
        if position.cursor is None:
            # Said now, for a pull that is killed before it comes to `_added`.
            position.left_out |= BY_TABLE.keys() - self.fetcher.tables
            self.report.note(f"{self.name}: the first pull, so everything is read")
            yield from self._listed(self._open("first", anchor))
        elif gap := self.gaps.unhealed() or find_gap(
            self.fetcher.reader, position.cursor, self.now
        ):
            # Kept by a pull that was killed before it had healed it, or noticed now.
            yield from self._healed(gap, anchor)
        elif self.mode == "full" and left is None:
            # The tail goes on from where it was: what lists don't hold, only its events tell.
            yield from self._listed(self._open("full", None))
        yield from self._added()

    def _healed(self, gap: Gap, anchor: Anchor | None) -> Iterator[Package]:
        """Read everything again that can have changed unseen."""
        self.report.warn(f"{self.name}: {gap.reason}, so everything is read again")
        self.gaps.opened(gap)
        yield from self._listed(self._open("heal", anchor))

    def _added(self) -> Iterator[Package]:
        """Read the lists of tables that are new since the last pull, or were left out by it."""
        tables = self.fetcher.tables
        new = tables - self.landed.tables()
        if new:
            yield from self._listed(self._open("added", None, only=new))
        owed = (self.position.left_out & tables) - new
        # Their events passed unread, and with them what nothing else tells of.
        told_by = frozenset[str]().union(*(CHANGES_BY.get(table, ()) for table in new | owed))
        if again := owed | (told_by & tables) - new:
            yield from self._listed(self._open("owed", None, only=again))
        if new or owed:
            yield from self._named_before(new | owed)
        self.position.left_out = frozenset(BY_TABLE) - tables

    def _named_before(self, tables: Set[str]) -> Iterator[Package]:
        """Read what is in no list of tables, and was named or told of while they were not read.

        And what their own objects name: a pull that was killed may have landed those, and the pull
        that made up for it could not read them.
        """
        read = self.fetcher.tables
        named = self.landed.named(BY_TABLE, _EVER, tables)
        add(named, self.landed.named(tables, _EVER, read))
        yield from self._taken(self.fetcher.ids(self._known.unknown(named)))
        parents = self.landed.parents(_EVER, signs(read, tables))
        add(parents, self._known.told_parents(_EVER, tables))
        yield from self._taken(self.fetcher.children(parents))
        yield from self._cut()

    def _open(
        self, kind: Kind, anchor: Anchor | None, only: Iterable[str] | None = None
    ) -> OpenListing:
        chosen = self.fetcher.tables if only is None else set(only)
        listing = OpenListing(kind, self.now, anchor, [])
        for spec in OBJECTS:
            if spec.table in chosen and not spec.singleton:
                first = self.start if spec.bounded and self.start else None
                listing.slices += self._slices(spec.table, first, judged=listing.judges)
        if anchor and EVENTS.table in chosen:
            # Later ones are the tail's: what it has not read itself is what it goes after.
            listing.slices.append(Slice(EVENTS.table, None, anchor.overlap_start))
        return listing

    def _slices(self, table: str, first: int | None, *, judged: bool) -> list[Slice]:
        if not judged or not BY_TABLE[table].has_created:
            return [Slice(table, first)]
        within = [at for at in self.landed.boundaries(table, _JUDGED_OBJECTS) if at > (first or 0)]
        ends: list[int | None] = [*within, None]
        return [Slice(table, gte, lt) for gte, lt in zip([first, *within], ends, strict=True)]

    def _listed(self, listing: OpenListing) -> Iterator[Package]:
        self.position.listing = listing
        # Nothing of it is landed yet, or only what a kill left: a second version does no harm.
        self._known.compares = listing.kind not in {"first", "added"}
        judge = Judge(self.landed, listing.kind) if listing.judges else None
        outlook = Outlook(listing.slices, int(self.now.timestamp()))
        self.meter.objects_left = lambda: outlook.objects_left(listing.slices)
        reading = Listing(
            self.fetcher.page,
            list(listing.slices),
            splits=lambda table: (
                BY_TABLE[table].has_created and (judge is None or table == EVENTS.table)
            ),
            began=STRIPE_BEGAN if judge else self._account_began(),
        )
        for read in reading.pages(_TICK_SECONDS):
            if read is None:
                self.meter.add(0)
            else:
                self._take(read.slice.table, read.rows)
                if judge:
                    # Before the slice counts as read: a kill would forget what is in doubt.
                    doubtful = judge.doubtful(read.slice, read.rows, ended=not read.left)
                    yield from self._taken(self.fetcher.ids(doubtful))
                listing.advance(read.slice, read.left)
                created = [row.created_at for row in read.rows]
                outlook.note(read.slice, created, ended=not read.left)
            if self._packer.is_full:
                yield from self._cut()
        self.meter.objects_left = None
        self._known.compares = True
        if self._known.unseen:
            # A part is landed, so that all has to be asked there; and rows that wait take memory.
            yield from self._cut()
        if listing.makes_up:
            # What was deleted meanwhile is in no list. Its events have the last of it, and the API
            # has only its id: so before it is read because something names it.
            yield from self._taken(self.fetcher.objects(self._known.told_deleted()))
        yield from self._settled(listing.began)
        yield from self._cut()
        if listing.replaces_tail:
            self.position.cursor = Cursor(listing.anchor, listing.began)
            self.position.settled_at = listing.began
            # Of one that an interrupted pull began, a part is as old as that.
            self._read_all = listing.began == self.now
        if listing.kind == "heal":
            self.gaps.healed()
        self.position.listing = None

    def _account_began(self) -> int:
        """Return when the account was opened, where Stripe says so: lists are cut by it."""
        created = created_of(self.fetcher.reader.get(ACCOUNTS, ACCOUNTS.object))
        return STRIPE_BEGAN if created is None else created

    # -- what objects name -------------------------------------------------------------------------

    def _settled(self, began: datetime) -> Iterator[Package]:
        """Read what objects observed since an instant name and no list holds.

        Only objects of this pull can name something new, unless the last one was interrupted: what
        that has landed is not landed again, so that its objects have to be looked at, too.
        """
        if not self.position.was_settled:
            self._known.unseen |= self.fetcher.tables
            began = min(began, self.position.settled_at or began)
        if (listing := self.position.listing) is not None:
            told = self._known.parents(began)
            if listing.replaces_tail:
                add(told, self._known.told_parents(began, self.fetcher.tables))
            parents = ParentsLeft(told, listing.parents)
            yield from self._taken(parents.noted(self.fetcher.children(parents.left)))
        while wanted := self._known.named(began):
            yield from self._taken(self.fetcher.ids(wanted))
        self.position.was_settled = True

    # -- packages ----------------------------------------------------------------------------------

    def _taken(self, found: Iterable[Found]) -> Iterator[Package]:
        for one in found:
            self._take(one.spec.table, one.rows)
            if self._packer.is_full:
                yield from self._cut()

    def _take(self, table: str, rows: list[Row]) -> None:
        self.report.fetched[f"raw_stripe.{table}"] += len(rows)
        self.meter.add(len(rows))
        self._packer.add(table, rows)

    def _cut(self, *, forced: bool = False) -> Iterator[Package]:
        rows = self._known.take()
        state = self.position.saved()
        if rows or (forced and state != self.position.saved_before):
            for table, found in rows.items():
                self.report.landed[f"raw_stripe.{table}"] += len(found)
            yield Package(rows, state)
            self.position.saved_before = state

    def _ended(self) -> Iterator[Package]:
        """Land the last cursor; if no event came, only once a day: a load costs time."""
        cursor, before = self.position.cursor, self.position.saved_before
        assert cursor is not None  # noqa: S101  the first listing has made one
        owed = set(before.get("left_out", ())) != self.position.left_out
        saved = Cursor.load(before.get("cursor") or {})
        renewed = saved is None or not (timedelta(0) <= self.now - saved.pulled_at < _RENEWED)
        moved = saved is None or saved.anchor != cursor.anchor
        if self.report.rows_landed or self._known.has_news() or renewed or moved or owed:
            self.position.cursor = Cursor(cursor.anchor, self.now)
            self.position.settled_at = self.now
            self.position.is_settled = True
            yield from self._cut(forced=True)
