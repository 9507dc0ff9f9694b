"""The process ends before and after each commit of a pull: the next one makes up for all of it."""

from __future__ import annotations

import pytest
from memory_store import KilledError, MemoryStore
from replica import MemoryReplica
from schedules import Schedule, Sizes
from stripe_line import Line
from troubles import Kill

from ingest.report import Mode

pytestmark = pytest.mark.thorough


def _copy(replica: MemoryReplica) -> MemoryReplica:
    store = MemoryStore()
    for package in replica.hooks.packages:
        store.land(package)
    return MemoryReplica(replica.line, replica.account_id, store)


def _newest(replica: MemoryReplica) -> dict[tuple[str, str], str]:
    """Return the hash of what lives; the last state of what is deleted may be seen or not."""
    newest = replica.image().newest
    return {place: "deleted" if row.deleted else row.hash for place, row in newest.items()}


@pytest.mark.parametrize(
    ("seed", "mode", "landed_before"),
    [(1, "hourly", False), (2, "hourly", True), (3, "nightly", True), (4, "full", True)],
)
def test_a_kill_at_any_commit_changes_nothing(
    seed: int, mode: Mode, line: Line, monkeypatch: pytest.MonkeyPatch, *, landed_before: bool
) -> None:
    Sizes(page=10, package=10, judged=10, worth_listing=5, gets=3).apply(monkeypatch)
    schedule = Schedule(seed, line)
    business, before = schedule.business, MemoryReplica(line, schedule.business.account_id)
    business.begin()
    if landed_before:
        before.pull("hourly", business.clock.now())
        business.pass_time(40 * 3600, acts=20)
    schedule.let_events_appear()
    now = business.clock.now()

    undisturbed = _copy(before)
    undisturbed.pull(mode, now)
    expected = _newest(undisturbed)
    commits = len(undisturbed.hooks.packages) - len(before.hooks.packages)
    assert commits >= 4
    for commit in range(1, commits + 1):
        for after in (False, True):
            killed = _copy(before)
            Kill(commit, after).arm(killed.hooks)
            with pytest.raises(KilledError):
                killed.pull(mode, now)
            Kill().arm(killed.hooks)
            killed.pull(mode, now)
            assert _newest(killed) == expected, f"commit {commit}, {after=}"
