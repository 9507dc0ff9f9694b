"""The judgement on a schedule that has been run."""

from __future__ import annotations

from equality import differences, false_history, lost_children, lost_events, lost_rows
from schedules import Schedule


def verdict(schedule: Schedule) -> list[str]:
    """Return all that is wrong after refreshes that nothing disturbs; nothing if nothing is."""
    schedule.let_events_appear()
    schedule.refresh("hourly")
    fresh = schedule.fresh()
    ours = schedule.replica.image()
    found = differences(schedule.business, ours, fresh, known_silent=False)
    wrong = [f"after the hourly refresh {one}" for one in found]
    schedule.refresh("nightly")
    ours = schedule.replica.image()
    found = differences(schedule.business, ours, fresh, known_silent=True)
    wrong += [f"after the nightly refresh {one}" for one in found]
    wrong += lost_events(schedule, ours, fresh.image())
    wrong += lost_rows(schedule, ours)
    wrong += lost_children(schedule, ours)
    wrong += false_history(ours)
    if schedule.refresh("hourly").rows_landed:
        wrong.append("a refresh after which nothing happened landed something")
    if schedule.replica.gaps.open:
        wrong.append(f"gaps are left open: {schedule.replica.gaps.open}")
    return wrong
