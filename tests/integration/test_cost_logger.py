"""The TypeScript cost logger of docs/embedding.md: what it keeps, and what it does if it can't."""

from __future__ import annotations

from collections.abc import Callable

from served_rates import CHANGE, rate, serving_rates

from warehouse.settings import Settings

RATES = [
    rate("KLING_V1", "0.004", bills_failures="false"),
    rate("KLING_V2", "0.006", until=CHANGE),
    rate("KLING_V2", "0.0052", since=CHANGE),
    rate(
        "ODD", "1", since="2026-02-01T00:00:00.000500Z", until="2026-02-02T12:00:00Z", rate_id="odd"
    ),
]


def test_the_cost_logger(make_settings: Callable[..., Settings]) -> None:
    with serving_rates(make_settings(), RATES) as reader:
        reader.run("costLogger.test.ts")
