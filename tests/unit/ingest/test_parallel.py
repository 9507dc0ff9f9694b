"""Several readers make one stream; the first error ends them all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from ingest.parallel import merged


def test_everything_arrives_once() -> None:
    jobs = [partial(_numbers, start) for start in range(0, 1000, 100)]
    assert sorted(merged(jobs, workers=3)) == list(range(1000))


def test_no_jobs_give_nothing() -> None:
    assert list(merged([], workers=2)) == []


def test_an_error_is_raised_where_the_stream_is_read() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise LookupError("no such page")

    with pytest.raises(LookupError, match="no such page"):
        list(merged([broken, partial(_numbers, 0)], workers=2))


def test_an_error_ends_the_other_readers() -> None:
    ended = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            ended.set()

    def broken() -> Iterator[int]:
        raise LookupError
        yield 0

    with pytest.raises(LookupError):
        list(merged([endless, broken], workers=2))
    assert ended.wait(5)


def test_closing_the_stream_ends_the_readers() -> None:
    ended = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            ended.set()

    stream = merged([endless], workers=1)
    assert next(stream) == 0
    stream.close()
    assert ended.wait(5)


def _numbers(start: int) -> Iterator[int]:
    yield from range(start, start + 100)
