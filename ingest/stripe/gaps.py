"""Gaps: times of which the event stream can't tell every change, and how they are noticed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from ingest.stripe.changes import LONGEST_ABSENCE, Cursor
from ingest.stripe.client import GoneError, StripeReader
from ingest.stripe.specs import EVENTS
from warehouse.operations import SyncGaps


@dataclass(frozen=True)
class Gap:
    """A time of which changes may be unknown.

    Attributes:
        reason: in words.
        since: its beginning: all before is known.
        until: when it was noticed.
    """

    reason: str
    since: datetime
    until: datetime


class GapLog(Protocol):
    """Where gaps are kept until they are healed, and after."""

    def opened(self, gap: Gap) -> None:
        """Keep a gap; once, however often it is noticed."""

    def unhealed(self) -> Gap | None:
        """Return the oldest gap that is kept and not healed, None if there is none."""

    def healed(self) -> None:
        """Note that everything has been read again: no gap is left."""


@dataclass(frozen=True)
class OperationsGapLog:
    """Gaps in the operations store, where they outlive a refresh that fails.

    Attributes:
        gaps: the store's.
        account_id: the Stripe account.
        now: the instant that counts as now.
    """

    gaps: SyncGaps
    account_id: str
    now: datetime

    def opened(self, gap: Gap) -> None:
        """Keep a gap."""
        self.gaps.open(self.account_id, gap.reason, gap.since, gap.until, self.now)

    def unhealed(self) -> Gap | None:
        """Return the oldest gap of the account that is not healed, None if there is none."""
        found = (gap for gap in self.gaps.unhealed() if gap.account_id == self.account_id)
        return next((Gap(gap.reason, gap.since, gap.until) for gap in found), None)

    def healed(self) -> None:
        """Note that everything has been read again."""
        self.gaps.heal(self.account_id, self.now)


def find_gap(reader: StripeReader, cursor: Cursor, now: datetime) -> Gap | None:
    """Return why changes since the last pull can't all be learned from events, None if they can."""
    absence = now - cursor.pulled_at
    if absence > LONGEST_ABSENCE:
        reason = f"the last pull is {absence.days} days old and Stripe keeps events for 30"
        return Gap(reason, cursor.pulled_at, now)
    if cursor.anchor is None:
        return None
    try:
        reader.get(EVENTS, cursor.anchor.id)
    except GoneError:
        age = now.timestamp() - cursor.anchor.created
        # The anchor of a quiet account ages out while nothing happens: no gap.
        if age < LONGEST_ABSENCE.total_seconds():
            reason = f"the event {cursor.anchor.id}, where the last pull ended, is gone"
            return Gap(reason, datetime.fromtimestamp(cursor.anchor.created, UTC), now)
    return None
