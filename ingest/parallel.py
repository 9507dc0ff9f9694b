"""Several slow readers at once, their results in one stream."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

Job = Callable[[], Iterator[T]]


@dataclass(frozen=True)
class _Result(Generic[T]):
    value: T


@dataclass(frozen=True)
class _Ended:
    error: BaseException | None


def merged(jobs: Sequence[Job[T]], *, workers: int) -> Generator[T, None, None]:
    """Yield what the jobs yield, as it comes; they run in `workers` threads.

    The first error ends the others and is raised here. So does closing this iterator.
    """
    results: queue.Queue[_Result[T] | _Ended] = queue.Queue(maxsize=4 * workers)
    stopped = threading.Event()
    with ThreadPoolExecutor(workers, thread_name_prefix="ingest") as pool:
        try:
            for job in jobs:
                pool.submit(_run, job, results, stopped)
            running = len(jobs)
            while running:
                result = results.get()
                if isinstance(result, _Result):
                    yield result.value
                    continue
                if result.error:
                    raise result.error
                running -= 1
        finally:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _run(job: Job[T], results: queue.Queue[_Result[T] | _Ended], stopped: threading.Event) -> None:
    error: BaseException | None = None
    try:
        for value in job():
            _put(results, _Result(value), stopped)
            if stopped.is_set():
                return
    except BaseException as caught:  # noqa: BLE001  raised again in the thread that reads
        error = caught
    _put(results, _Ended(error), stopped)


def _put(
    results: queue.Queue[_Result[T] | _Ended],
    result: _Result[T] | _Ended,
    stopped: threading.Event,
) -> None:
    while not stopped.is_set():
        try:
            results.put(result, timeout=0.1)
        except queue.Full:
            continue
        return
