"""What somebody who watches a first pull is told of it."""

from __future__ import annotations

from itertools import count
from typing import cast

from fake_stripe import ACCOUNT, NOW, FakeReader, Gaps
from memory_store import MemoryStore

from ingest.report import Meter, Progress, PullReport
from ingest.stripe.client import StripeReader
from ingest.stripe.source import Replication, replicate
from warehouse.settings import Settings

DAY = 24 * 3600


def test_a_first_pull_tells_how_long_it_still_takes(settings: Settings) -> None:
    """Ten products of a hundred days, and ten charges on each of them: 1,010 objects."""
    reader, now, told = FakeReader(), int(NOW.timestamp()), list[Progress]()
    for number in range(10):
        reader.put("product", f"prod_{number}", created=now - number * 10 * DAY - 10 * DAY)
    for number in range(1_000):
        reader.put("charge", f"ch_{number:04}", created=now - number * DAY // 10)
    ticks = count(0, 5)
    meter = Meter("Stripe", told.append, clock=lambda: float(next(ticks)))
    what = Replication(
        settings.model_copy(update={"tillhouse_now": NOW}),
        MemoryStore(),
        cast("StripeReader", reader),
        ACCOUNT,
        Gaps(),
    )
    replicate(what, "hourly", PullReport("hourly", NOW), meter)
    meter.finish()
    assert told[-1].objects >= 1_010
    assert told[-1].seconds_left is None
    guesses = [one for one in told if one.seconds_left is not None]
    assert len(guesses) > 20
    # Once products have told the account's age, what is read and what is left make up the whole.
    for one in guesses[len(guesses) // 4 :]:
        left = (one.seconds_left or 0) * one.objects_per_second
        assert 700 <= one.objects + left <= 1_400
