"""TBD"""

from __future__ import annotations

import pytest
from equality import differences, false_history, lost_events
from schedules import Schedule, Sizes
from stripe_line import Line


def wrong_after(schedule: Schedule) -> list[str]:
    schedule.run()
    schedule.let_events_appear()
    business, fresh = schedule.business, None
    wrong = []
    schedule.refresh("hourly")
    fresh = schedule.fresh()
    for mode in ("hourly", "nightly"):
        if mode == "nightly":
            schedule.refresh(mode)
        ours = schedule.replica.image()
        found = differences(business, ours, fresh, known_silent=mode == "nightly")
        wrong += [f"after the {mode}: {one}" for one in found]
    wrong += lost_events(business, ours, fresh.image(), schedule.followed)
    wrong += false_history(ours)
    return wrong


def test_nothing_is_lost(seed: int, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = Schedule(seed, line)
    Sizes.any(schedule.rng).apply(monkeypatch)
    wrong = wrong_after(schedule)
    assert not wrong, "\n".join([f"seed {seed}", *wrong, *schedule.business.diary])
