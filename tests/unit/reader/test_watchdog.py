"""What takes too long is stopped, once, and nothing else is."""

from __future__ import annotations

import threading

from reader.watchdog import Watchdog


def test_what_is_late_is_stopped_while_others_go_on():
    watchdog, stopped = Watchdog(), threading.Event()
    with watchdog.watching(60, lambda: None) as patient:
        # Due before the one that is watched already.
        with watchdog.watching(0.05, stopped.set) as late:
            assert stopped.wait(10)
        assert late.is_late
        assert not patient.is_late


def test_what_is_over_in_time_is_never_stopped():
    watchdog, calls, later = Watchdog(), [], threading.Event()
    with watchdog.watching(0.2, lambda: calls.append("late")):
        pass
    # Until long after it would have been due.
    with watchdog.watching(0.4, later.set):
        assert later.wait(10)
    assert calls == []


def test_nothing_goes_on_before_the_stopping_is_done():
    watchdog, order = Watchdog(), []
    begun = threading.Event()

    def stop() -> None:
        begun.set()
        threading.Event().wait(0.05)
        order.append("stopped")

    with watchdog.watching(0.01, stop):
        assert begun.wait(10)
    order.append("next")
    assert order == ["stopped", "next"]


def test_a_stop_that_fails_holds_nobody_up(caplog):
    watchdog = Watchdog()

    def fail() -> None:
        raise OSError("the server is away")

    for _ in range(2):
        with watchdog.watching(0.01, fail) as watch:
            assert watch.stopped.wait(10)
    assert "can't be stopped" in caplog.text
