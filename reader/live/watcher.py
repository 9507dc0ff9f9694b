"""Noticing what changed: one look a second at the pointer and at the inbox, by each process.

A look is a file's status and the number of the inbox's last row. What it finds new is read then:
the open alerts of a new generation, the payments of the last hour. So every process is right by
itself, and a nudge from another one only makes it look sooner.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.concurrency import run_in_threadpool

from reader.database import Generation, Published, Row
from reader.errors import NoGenerationError, ReaderError
from reader.live.events import (
    ALERT_COLUMNS,
    ALERT_OPENED,
    ALERT_RESOLVED,
    Event,
    alert_changed,
    generation_published,
    payments_recent,
)
from reader.live.hub import Hub
from warehouse.errors import TillhouseError
from warehouse.operations import Inbox

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS: Final = 1.0
WINDOW: Final = timedelta(hours=1)

# Payments leave the window by the clock alone; that soon it is noticed.
_SUM_EVERY: Final = timedelta(seconds=30)


@dataclass(frozen=True)
class _Seen:
    """What the last look saw."""

    generation: Generation | None = None
    alerts: dict[str, Row] = field(default_factory=dict)
    resolved: tuple[Row, ...] = ()
    inbox_position: int = -1
    summed_at: datetime | None = None
    payments: tuple[Row, ...] = ()


class Watcher:
    """Looks again and again, and tells the hub what is new.

    Args:
        generations: what is published.
        inbox: what Stripe's webhooks told of.
        only_live: leave out payments in test mode.
        hub: is told.
        on_news: called after each look that found something.
        seconds: between two looks.
    """

    def __init__(
        self,
        generations: Published,
        inbox: Inbox,
        hub: Hub,
        *,
        only_live: bool,
        on_news: Callable[[], None] = lambda: None,
        seconds: float = LOOK_EVERY_SECONDS,
    ) -> None:
        self._generations = generations
        self._inbox = inbox
        self._hub = hub
        self._only_live = only_live
        self._on_news = on_news
        self._seconds = seconds
        self._seen = _Seen()
        self._has_looked = asyncio.Event()
        self._wake = asyncio.Event()
        self._is_failing = False

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self._wake.clear()
            events = await run_in_threadpool(self._look)
            # The first look finds what was there before anybody listened.
            if self._has_looked.is_set():
                for event in events:
                    self._hub.publish(event)
                if events:
                    self._on_news()
            self._has_looked.set()
            try:
                async with asyncio.timeout(self._seconds):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def nudge(self) -> None:
        """Look at once."""
        self._wake.set()

    async def state(self, known_generation: str | None = None) -> list[Event]:
        """Return the events that bring a new listener to the current state.

        Args:
            known_generation: of the generation that the listener has been told of already.
        """
        await self._has_looked.wait()
        seen = self._seen
        events = []
        if seen.generation is not None and seen.generation.id != known_generation:
            published = generation_published(seen.generation)
            events.append(published if known_generation else published.as_snapshot())
            events += [
                alert_changed(ALERT_OPENED, alert, seen.generation).as_snapshot()
                for alert in seen.alerts.values()
            ]
        if seen.summed_at is not None:
            events.append(_payments_event(seen, seen.summed_at).as_snapshot())
        return events

    def _look(self) -> list[Event]:
        before, seen = self._seen, self._seen
        try:
            seen = self._with_generation(seen)
            seen = self._with_payments(seen)
        except (TillhouseError, ReaderError) as error:
            if not self._is_failing:
                logger.warning("live updates wait: %s", error)
            self._is_failing = True
        else:
            self._is_failing = False
        self._seen = seen
        return _news(before, seen)

    def _with_generation(self, seen: _Seen) -> _Seen:
        try:
            generation = self._generations.current()
        except NoGenerationError:
            return seen
        if seen.generation is not None and seen.generation.id == generation.id:
            return seen
        rows = self._alerts(generation, seen.alerts)
        still_open = {str(row["alert_id"]): row for row in rows if row["resolved_at"] is None}
        resolved = {str(row["alert_id"]): row for row in rows if row["resolved_at"] is not None}
        # One that is in no table any more is as good as resolved.
        over = tuple(
            resolved.get(name, {**alert, "resolved_at": generation.as_of})
            for name, alert in seen.alerts.items()
            if name not in still_open
        )
        return replace(seen, generation=generation, alerts=still_open, resolved=over)

    def _alerts(self, generation: Generation, before: Collection[str]) -> list[Row]:
        """Return the open alerts, and what became of those that were open before."""
        if "fct_alerts" not in generation.tables:
            return []
        marks = ", ".join("?" for _ in before)
        were_open = f"or alert_id in ({marks})" if before else ""
        with self._generations.connect(generation) as connection:
            return connection.fetch(
                f"select {', '.join(ALERT_COLUMNS)} from {connection.table('fct_alerts')} "  # noqa: S608
                f"where resolved_at is null {were_open} order by raised_at, alert_id",
                list(before),
            )

    def _with_payments(self, seen: _Seen) -> _Seen:
        now = datetime.now(UTC)
        position = self._inbox.newest_position()
        is_recent = seen.summed_at is not None and now - seen.summed_at < _SUM_EVERY
        if position == seen.inbox_position and is_recent:
            return seen
        sums = self._inbox.payments(now - WINDOW, only_live=self._only_live)
        rows = tuple(vars(row) for row in sums)
        return replace(seen, inbox_position=position, summed_at=now, payments=rows)


def _news(before: _Seen, seen: _Seen) -> list[Event]:
    events = []
    generation = seen.generation
    if generation is not None and generation is not before.generation:
        opened = [alert for name, alert in seen.alerts.items() if name not in before.alerts]
        events.append(generation_published(generation))
        events += [alert_changed(ALERT_OPENED, alert, generation) for alert in opened]
        events += [alert_changed(ALERT_RESOLVED, alert, generation) for alert in seen.resolved]
    if seen.payments != before.payments and seen.summed_at is not None:
        events.append(_payments_event(seen, seen.summed_at))
    return events


def _payments_event(seen: _Seen, until: datetime) -> Event:
    generation_id = seen.generation.id if seen.generation else None
    return payments_recent(seen.payments, until - WINDOW, until, generation_id)
