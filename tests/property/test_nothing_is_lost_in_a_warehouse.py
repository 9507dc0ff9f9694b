"""The same property through dlt, in real warehouses that also hold another account.

The process is killed when the rows of a load are in and it is not complete yet, and just after. The
next process finds what the killed one left on its disk, or has a disk of its own.
"""

from __future__ import annotations

import pytest
from schedules import Schedule, Sizes
from stripe_line import Line
from verdict import verdict
from warehouse_replica import WarehouseReplica

from warehouse.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.thorough]


@pytest.mark.parametrize("number", range(16))
def test_nothing_is_lost(
    number: int, line: Line, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _check(number, line, settings, monkeypatch)


@pytest.mark.postgres
@pytest.mark.parametrize("number", range(16, 20))
def test_nothing_is_lost_in_postgres(
    number: int, line: Line, make_settings, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _check(number, line, make_settings(warehouse_url=postgres_url), monkeypatch)


def _check(number: int, line: Line, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    make = WarehouseReplica.maker(settings, monkeypatch, keeps_disk=bool(number % 2))
    schedule = Schedule(10_000 + number, line, make)
    # A load takes half a second, however small it is.
    Sizes(page=20, package=100, judged=50, worth_listing=5, gets=10).apply(monkeypatch)
    schedule.run(most=3)
    wrong = verdict(schedule)
    assert not wrong, schedule.story(wrong)
