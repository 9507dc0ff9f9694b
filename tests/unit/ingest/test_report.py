"""What a pull tells while it runs and when it has ended."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ingest import PullReport, cause_of
from ingest.report import Meter, Progress
from warehouse.errors import SourceError


def test_progress_is_told_every_few_seconds_and_at_the_end() -> None:
    now = [100.0]
    told: list[Progress] = []
    meter = Meter("Stripe", told.append, clock=lambda: now[0])
    for _ in range(10):
        now[0] += 1
        meter.add(200)
    meter.finish()
    assert told == [
        Progress("Stripe", 1_000, 200.0),
        Progress("Stripe", 2_000, 200.0),
        Progress("Stripe", 2_000, 200.0),
    ]


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, ""),
        (0.2, ", about 1 s left"),
        (59.4, ", about 59 s left"),
        (89, ", about 1 min left"),
        (3_540, ", about 59 min left"),
        (3_600 * 2.5, ", about 2 h 30 min left"),
    ],
)
def test_progress_in_words(left: float | None, words: str) -> None:
    progress = Progress("Stripe", 1_234_567, 1_049.6, left)
    assert str(progress) == f"Stripe: 1,234,567 objects, 1,050 a second{words}"


def test_the_time_left_is_that_of_what_is_left_at_the_rate_so_far() -> None:
    now = [100.0]
    told: list[Progress] = []
    meter = Meter("Stripe", told.append, clock=lambda: now[0])
    left: list[float | None] = [None, 6_000.0, 0.0]
    meter.objects_left = lambda: left.pop(0)
    for _ in range(3):
        now[0] += 5
        meter.add(1_000)
    assert [one.seconds_left for one in told] == [None, 30.0, 0.0]


def test_waiting_is_told_as_well() -> None:
    """Nothing comes while a slow server thinks, and somebody is watching."""
    now = [100.0]
    told: list[Progress] = []
    meter = Meter("Stripe", told.append, clock=lambda: now[0])
    meter.objects_left = lambda: 100.0
    for _ in range(6):
        now[0] += 1
        meter.add(0)
    assert told == [Progress("Stripe", 0, 0.0, None)]


def test_a_report_is_plain_json() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    report = PullReport("hourly", at)
    report.fetched.update({"raw_stripe.charges": 3, "raw_stripe.refunds": 0})
    report.landed.update({"raw_stripe.charges": 2, "raw_stripe.refunds": 0})
    report.synced_through["raw_stripe.charges"] = at
    report.warn("something")
    told = json.loads(json.dumps(report.as_dict()))
    assert told["landed"] == {"raw_stripe.charges": 2}
    assert (told["rows_landed"], told["notes"]) == (2, ["something"])
    assert told["synced_through"] == {"raw_stripe.charges": "2026-11-22T00:00:00+00:00"}


def test_our_error_is_found_inside_those_of_libraries() -> None:
    ours = SourceError("Stripe can't be reached")
    middle, outer = ValueError("in the generator"), RuntimeError("the step failed")
    middle.__cause__, outer.__context__ = ours, middle
    assert cause_of(outer) is ours
    assert cause_of(ValueError("of nobody")) is None
