"""Stripe is asked at the rate that was set, and not at all while it has asked for a pause."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ingest.stripe.pace import EndpointPaces, Pace


@dataclass
class FakeTime:
    now: float = 100.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def _turns(pace: Pace, time: FakeTime, count: int) -> list[float]:
    turns = []
    for _ in range(count):
        pace.wait()
        turns.append(time.now)
    return turns


@pytest.mark.parametrize("rate", [1, 5, 20, 50, 100])
def test_no_second_holds_more_than_the_rate_and_its_burst(rate: int) -> None:
    time = FakeTime()
    turns = _turns(Pace(rate, clock=time.clock, sleep=time.sleep), time, rate * 5)
    for start in turns:
        assert sum(start <= turn < start + 1 for turn in turns) <= rate * 1.2 + 1


@pytest.mark.parametrize("rate", [1, 20, 100])
def test_the_rate_is_used_up(rate: int) -> None:
    time = FakeTime()
    turns = _turns(Pace(rate, clock=time.clock, sleep=time.sleep), time, rate * 10)
    assert turns[-1] - turns[0] <= 10


def test_nobody_goes_before_the_pause_is_over() -> None:
    time = FakeTime()
    pace = Pace(10, clock=time.clock, sleep=time.sleep)
    pace.hold(7)
    pace.hold(3)
    assert _turns(pace, time, 1) == [107.0]


def test_an_idle_pace_saves_no_more_than_a_burst() -> None:
    time = FakeTime()
    pace = Pace(10, clock=time.clock, sleep=time.sleep)
    pace.wait()
    time.now += 60
    turns = _turns(pace, time, 10)
    assert turns.count(160.0) <= 3


def test_a_refusal_halves_the_rate_and_answers_bring_it_back() -> None:
    time = FakeTime()
    pace = Pace(40, clock=time.clock, sleep=time.sleep)
    pace.answered()
    assert pace.rate == 40
    pace.hold(1)
    assert pace.rate == 20
    rates = [pace.rate]
    # At the rate itself, twenty seconds and a little make up for it.
    while pace.rate < 40:
        time.now += 1 / pace.rate
        pace.answered()
        rates.append(pace.rate)
    assert rates == sorted(rates)
    assert max(rates) == 40
    assert 15 <= time.now - 100 <= 25


def test_refusals_of_one_second_count_once() -> None:
    time = FakeTime()
    pace = Pace(40, clock=time.clock, sleep=time.sleep)
    for _ in range(8):
        pace.hold(1)
        time.now += 0.1
    assert pace.rate == 20
    time.now += 0.5
    pace.hold(1)
    assert pace.rate == 10


def test_a_pace_never_stands_still() -> None:
    time = FakeTime()
    pace = Pace(40, clock=time.clock, sleep=time.sleep)
    slow = Pace(0.5, clock=time.clock, sleep=time.sleep)
    for _ in range(20):
        pace.hold(0)
        slow.hold(0)
        time.now += 2
    assert (pace.rate, slow.rate) == (1, 0.5)


def test_an_answer_speeds_up_its_endpoint_and_the_account() -> None:
    paces = EndpointPaces(50)
    paces.hold("charges", 0, "endpoint-rate")
    paces.hold("charges", 0, "global-rate")
    charges, others, account = paces._of("charges"), paces._of("invoices"), paces._account
    assert (charges.rate, others.rate, account.rate) == (10, 20, 25)
    paces.answered("charges")
    assert (charges.rate, others.rate, account.rate) == (10.05, 20, 25.05)


def test_a_pause_for_one_endpoint_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[tuple[str, float]] = []
    monkeypatch.setattr(Pace, "hold", lambda pace, seconds: held.append((names[pace], seconds)))
    paces = EndpointPaces(50)
    names = {paces._of("charges"): "charges", paces._account: "account"}
    paces.hold("charges", 2, "endpoint-rate")
    paces.hold("charges", 3, "global-concurrency")
    paces.hold("charges", 4, "")
    assert held == [("charges", 2), ("account", 3), ("account", 4)]
