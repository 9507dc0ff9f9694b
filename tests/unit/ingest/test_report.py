"""What a pull tells while it runs and when it has ended."""

from __future__ import annotations

import json
from datetime import UTC, datetime

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
