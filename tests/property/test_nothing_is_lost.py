"""Whatever goes wrong, a replica of a Stripe account ends up as if nothing had.

A seed makes a small random business (`random_business`) that acts on the sandbox's Stripe on a
virtual clock, and a schedule (`schedules`) by which the product's own engine pulls it over HTTP in
any mode while things go wrong (`troubles`): refusals, errors, cut and dropped connections at every
page; objects that come, change and go between two pages; hundreds of one second; events that come
late, together, in the shape of an older version or with ten lines of many; 45 days without a pull;
a resource that may not be read; tables that are left out for a time; and the end of the process
before or after any commit. The engine's units (pages, packages, slices) are made so small that few
objects make many of them. A lost, doubled or early webhook only makes a refresh earlier or later,
which is what the schedule does anyway.

Then the last events become visible, nothing goes wrong any more, and one hourly refresh is held
against the truth, and then one nightly. Compared are (`equality`), and this is why:

- What lives: (table, id, hash) of every object's newest version, in all tables but `events`. All
  that a pull from scratch into an empty warehouse finds at the same instant must be held in the
  same version. So that the engine is not its own judge, that pull is held against the sandbox's
  own store: all that is listed, each with all of its nested rows. Ours may hold more: what no list
  holds and nothing names any more (the price of an item that was taken away). That must be true.
- What is gone: the sandbox's own record of deletions. What we hold to be deleted must be in it;
  what is in it must be deleted in ours if it was ever landed or if its `.deleted` event was. The
  rest came and went unseen, as Stripe's events do after 30 days.
- After the hourly refresh the same, but for the business's own record of what it did without any
  sign: objects that vanished without an event, and the copies of balance transactions inside of
  disputes that became available. Only the nightly refresh looks for those. Everything else has an
  event, is named by something that has one, or lies in a window that is read again, so the hourly
  must have it, after a gap too.
- Events, compared apart because a warehouse keeps them for ever and Stripe for 30 days: all that
  were visible when a pull began that ended well must be landed, none that never was, each in one
  version; a pull from scratch holds just those that are kept.
- Lists under a parent (a customer's balance transactions): all rows that an event told of, which a
  pull from scratch may not find.
- History: no row that was landed disappears, money is never deleted, and of no object does an
  older version follow a newer one.
- Rest: one more hourly refresh lands nothing, and no gap is left open.

What is not proven here: dlt's part (`test_nothing_is_lost_in_a_warehouse`), how long anything
takes, and that the sandbox behaves as Stripe does. Threads make the order of requests differ from
run to run: if a seed fails only at times, play it again several times.
"""

from __future__ import annotations

import pytest
from schedules import Schedule, Sizes, seeds
from stripe_line import Line
from verdict import verdict


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("seed", list(seeds(metafunc.config.getoption("--seeds"))))


def test_nothing_is_lost(seed: int, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = Schedule(seed, line)
    Sizes.any(schedule.rng).apply(monkeypatch)
    schedule.run()
    wrong = verdict(schedule)
    assert not wrong, schedule.story(wrong)
