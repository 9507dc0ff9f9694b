"""How far the pull of one account has come, as the pipeline's state keeps it beside the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from ingest.stripe.changes import Anchor, Cursor
from ingest.stripe.slices import Slice, load_slices

Kind = Literal["first", "added", "owed", "full", "heal", "nightly"]
"""Why lists are read: never before; new tables; tables that were left out; asked for; after a gap;
against what is landed."""


@dataclass
class OpenListing:
    """A reading of whole lists that has begun and not ended.

    Attributes:
        kind: why.
        began: the instant that counted as now then.
        anchor: the newest event then; where the tail begins when the lists have been read.
        tables: whose.
        slices: what is still to be read.
    """

    kind: Kind
    began: datetime
    anchor: Anchor | None
    tables: frozenset[str]
    slices: list[Slice]

    @property
    def judges(self) -> bool:
        """Whether what is landed and in no list any more has to be looked into."""
        return self.kind in {"owed", "full", "heal", "nightly"}

    @property
    def replaces_tail(self) -> bool:
        """Whether the tail goes on from this listing's anchor."""
        return self.kind in {"first", "full", "heal"}

    @property
    def joins_late(self) -> bool:
        """Whether objects that were landed long before may name what these tables hold."""
        return self.kind in {"added", "owed"}

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
            "tables": sorted(self.tables),
            "slices": [part.saved() for part in self.slices],
        }

    @classmethod
    def load(cls, saved: Mapping[str, Any]) -> OpenListing:
        """Return a listing that a killed pull left, to be gone on with.

        Where absence is judged, a slice is needed whole and begins again.
        """
        anchor = Anchor(**saved["anchor"]) if saved["anchor"] else None
        began = datetime.fromisoformat(saved["began"])
        slices = load_slices(saved["slices"])
        listing = cls(saved["kind"], began, anchor, frozenset(saved["tables"]), slices)
        if listing.judges:
            listing.slices = [Slice(part.table, part.gte, part.lt) for part in listing.slices]
        return listing


@dataclass
class Position:
    """Where the pull of an account stands.

    Attributes:
        cursor: how far the event stream has been read; None before the first listing has ended.
        listing: lists that are being read.
        known: tables whose lists have been read at some time, or are being read.
        left_out: tables that were not read: they are owed a reading of their lists.
        settled_at: the beginning of the last pull that read all that its objects name.
        was_settled: whether that was the last pull.
        is_settled: whether it is this one.
        saved_before: the position as it was saved last.
    """

    cursor: Cursor | None = None
    listing: OpenListing | None = None
    known: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    settled_at: datetime | None = None
    was_settled: bool = False
    is_settled: bool = False
    saved_before: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, saved: Mapping[str, Any]) -> Position:
        """Return the position that a state keeps; the beginning if it keeps none."""
        settled = saved.get("settled_at")
        return cls(
            cursor=Cursor.load(saved.get("cursor") or {}),
            listing=OpenListing.load(saved["listing"]) if saved.get("listing") else None,
            known=frozenset(saved.get("known", ())),
            left_out=frozenset(saved.get("left_out", ())),
            settled_at=datetime.fromisoformat(settled) if settled else None,
            was_settled=bool(saved.get("settled")),
            saved_before=dict(saved),
        )

    def saved(self) -> dict[str, Any]:
        """Return the position as the state keeps it."""
        return {
            "cursor": self.cursor.saved() if self.cursor else None,
            "listing": self.listing.saved() if self.listing else None,
            "known": sorted(self.known),
            "left_out": sorted(self.left_out),
            "settled_at": self.settled_at.isoformat() if self.settled_at else None,
            "settled": self.is_settled,
        }
