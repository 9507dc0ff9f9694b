"""Rows are packed by number and by age, each object once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.stripe import packages
from ingest.stripe.landing import Row
from ingest.stripe.packages import PACKAGE_OBJECTS, PACKAGE_TIME, Package, Packer, Rows

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _row(name: str, text: str = "{}") -> Row:
    return Row(name, text, "ab" * 32, None, NOW, None, False, None, "acct_1")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_package_is_full_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "PACKAGE_OBJECTS", 3)
    packer = Packer(Clock())
    packer.add("charges", [_row("ch_1"), _row("ch_2")])
    assert not packer.is_full
    packer.add("invoices", [_row("in_1")])
    assert packer.is_full
    taken = packer.take()
    assert {table: [row.id for row in rows] for table, rows in taken.items()} == {
        "charges": ["ch_1", "ch_2"],
        "invoices": ["in_1"],
    }
    assert (packer.is_full, packer.take()) == (False, {})


def test_a_package_is_full_by_age_of_its_first_row() -> None:
    clock = Clock()
    packer = Packer(clock)
    clock.now += 1_000
    assert not packer.is_full
    packer.add("charges", [])
    clock.now += PACKAGE_TIME.total_seconds()
    assert not packer.is_full
    packer.add("charges", [_row("ch_1")])
    clock.now += PACKAGE_TIME.total_seconds() - 1
    packer.add("charges", [_row("ch_2")])
    assert not packer.is_full
    clock.now += 1
    assert packer.is_full
    packer.take()
    packer.add("charges", [_row("ch_3")])
    assert not packer.is_full


def test_a_later_version_replaces_an_earlier_one() -> None:
    packer = Packer(Clock())
    packer.add("charges", [_row("ch_1", '{"v":1}'), _row("ch_2")])
    packer.add("charges", [_row("ch_1", '{"v":2}')])
    packer.add("refunds", [_row("ch_1", '{"v":3}')])
    assert packer.holds("charges", "ch_1")
    assert not packer.holds("payouts", "ch_1")
    taken = packer.take()
    assert {row.id: row.object for row in taken["charges"]} == {"ch_1": '{"v":2}', "ch_2": "{}"}
    assert [row.object for row in taken["refunds"]] == ['{"v":3}']


def test_what_is_sifted_is_looked_at_once_and_dropped_if_it_is_not_worth_landing() -> None:
    packer = Packer(Clock())
    packer.add("charges", [_row("ch_1"), _row("ch_2")])
    asked: list[list[str]] = []

    def worth(rows: Rows) -> Rows:
        asked.append([row.id for row in rows["charges"]])
        return {"charges": [row for row in rows["charges"] if row.id != "ch_2"]}

    assert [row.id for row in packer.sift(worth)["charges"]] == ["ch_1"]
    assert (packer.sift(dict), packer.has_sifted) == ({}, True)
    assert (packer.holds("charges", "ch_1"), packer.holds("charges", "ch_2")) == (True, False)
    packer.add("charges", [_row("ch_3")])
    packer.sift(worth)
    assert asked == [["ch_1", "ch_2"], ["ch_3"]]
    assert [row.id for row in packer.take()["charges"]] == ["ch_1", "ch_3"]
    assert (packer.has_sifted, packer.take()) == (False, {})


def test_a_version_after_the_sifting_replaces_one_before_it() -> None:
    packer = Packer(Clock())
    packer.add("charges", [_row("ch_1", '{"v":1}')])
    packer.sift(dict)
    packer.add("charges", [_row("ch_1", '{"v":2}')])
    assert packer.sift(lambda _: {}) == {}
    assert packer.take() == {}, "what it says now is landed already; what it said before is over"


def test_the_size_of_a_package_is_that_of_its_rows() -> None:
    assert (
        Package({"charges": [_row("ch_1"), _row("ch_2")], "refunds": [_row("re_1")]}, {}).size == 3
    )
    assert Package({}, {}).size == 0


def test_a_kill_costs_no_more_than_was_promised() -> None:
    assert PACKAGE_OBJECTS <= 20_000
    assert PACKAGE_TIME.total_seconds() <= 10
