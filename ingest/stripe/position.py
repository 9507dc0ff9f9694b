"""How far the pull of one account has come, as the pipeline's state keeps it beside the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from ingest.stripe.changes import Anchor, Cursor
from ingest.stripe.slices import Slice, load_slices
from ingest.stripe.specs import BY_TABLE

Kind = Literal["first", "added", "owed", "full", "heal", "nightly"]
"""Why lists are read: never before; new tables; tables that were left out; asked for; after a gap;
against what is landed."""


@dataclass
class OpenListing:
    """A reading of whole lists that has begun and not ended.

    Attributes:
        kind: why.
        began: the instant that counted as now then.
        anchor: the newest event then; where the tail begins when the lists have been read. None
            where it goes on from where it was.
        slices: what is still to be read.
        parents: by table, the parent up to which (in the order of ids) the lists under parents have
            been read; those come last.
    """

    kind: Kind
    began: datetime
    anchor: Anchor | None
    slices: list[Slice]
    parents: dict[str, str] = field(default_factory=dict)

    @property
    def judges(self) -> bool:
        """Whether what is landed and in no list any more has to be looked into."""
        return self.kind in {"owed", "full", "heal", "nightly"}

    @property
    def replaces_tail(self) -> bool:
        """Whether the tail goes on from this listing's anchor."""
        return self.kind in {"first", "heal"}

    @property
    def makes_up(self) -> bool:
        """Whether events may have passed unread before it."""
        return self.kind not in {"full", "nightly"}

    def advance(self, part: Slice, left: tuple[Slice, ...]) -> None:
        """Take note that a page of a slice has been read."""
        self.slices.remove(part)
        self.slices.extend(left)

    def saved(self) -> dict[str, Any]:
        """Return the listing as the state keeps it."""
        return {
            "kind": self.kind,
            "began": self.began.isoformat(),
            "anchor": self.anchor.saved() if self.anchor else None,
            "slices": [part.saved() for part in self.slices],
            "parents": dict(self.parents),
        }

    @classmethod
    def load(cls, saved: Mapping[str, Any]) -> OpenListing:
        """Return a listing that a killed pull left, to be gone on with.

        Where absence is judged, a slice is needed whole and begins again.
        """
        anchor = Anchor(**saved["anchor"]) if saved["anchor"] else None
        began = datetime.fromisoformat(saved["began"])
        slices, parents = load_slices(saved["slices"]), dict(saved.get("parents", {}))
        listing = cls(saved["kind"], began, anchor, slices, parents)
        if listing.judges:
            listing.slices = [part.whole for part in listing.slices]
        return listing


@dataclass
class Position:
    """Where the pull of an account stands.

    Attributes:
        cursor: how far the event stream has been read; None before the first listing has ended.
        listing: lists that are being read.
        left_out: tables that were not read, or that an earlier release did not have: they are owed
            a reading of their lists.
        settled_at: the beginning of the last pull that read all that its objects name.
        was_settled: whether that was the last pull.
        is_settled: whether it is this one.
        saved_before: the position as it was saved last.
    """

    cursor: Cursor | None = None
    listing: OpenListing | None = None
    left_out: frozenset[str] = frozenset()
    settled_at: datetime | None = None
    was_settled: bool = False
    is_settled: bool = False
    saved_before: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, saved: Mapping[str, Any]) -> Position:
        """Return the position that a state keeps; the beginning if it keeps none."""
        settled = saved.get("settled_at")
        left_out = set(saved.get("left_out", ()))
        if saved:
            left_out |= BY_TABLE.keys() - set(saved["tables"])
        return cls(
            cursor=Cursor.load(saved.get("cursor") or {}),
            listing=OpenListing.load(saved["listing"]) if saved.get("listing") else None,
            left_out=frozenset(left_out),
            settled_at=datetime.fromisoformat(settled) if settled else None,
            was_settled=bool(saved.get("settled")),
            saved_before=dict(saved),
        )

    def saved(self) -> dict[str, Any]:
        """Return the position as the state keeps it."""
        return {
            "cursor": self.cursor.saved() if self.cursor else None,
            "listing": self.listing.saved() if self.listing else None,
            "left_out": sorted(self.left_out),
            # That a table is there says nothing: a pull that is killed leaves an empty one, and
            # another account's pull may have made it.
            "tables": sorted(BY_TABLE),
            "settled_at": self.settled_at.isoformat() if self.settled_at else None,
            "settled": self.is_settled,
        }
