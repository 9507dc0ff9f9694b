"""A pull of Stripe in a process of its own, told when to die: `dying_pull.py OBJECTS [MOMENT N]`.

It dies by SIGKILL at a step of its N-th package, or is killed from outside.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import dlt
from dlt.destinations.job_client_impl import SqlJobClientBase

import ingest
from ingest.stripe import listing, packages
from warehouse.settings import load_settings

WORKERS = 2

# Where a package is when the method of the name has been called and has not begun.
STEPS: dict[str, tuple[type, str]] = {
    "extracted": (dlt.Pipeline, "normalize"),
    "normalized": (dlt.Pipeline, "load"),
    "rows in": (SqlJobClientBase, "complete_load"),
}


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_at(moment: str, number: int) -> None:
    owner, name = STEPS[moment]
    method: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def counted(*args: object, **kwargs: object) -> Any:
        nonlocal calls
        calls += 1
        if calls == number:
            _die()
        return method(*args, **kwargs)

    setattr(owner, name, counted)


def main(objects: str, moment: str = "", number: str = "0") -> None:
    packages.PACKAGE_OBJECTS = int(objects)  # type: ignore[misc]  several packages of a small shop
    # What is read ahead while a package is loaded is lost with the process: little, so that a test
    # can tell it from what is read again without need.
    listing._WAITING_PAGES = 1  # type: ignore[misc]
    listing.Listing.__init__.__kwdefaults__["workers"] = WORKERS
    if moment:
        _die_at(moment, int(number))
    settings = load_settings()
    settings.prepare_home()
    ingest.pull_stripe(settings, ingest.build_pipeline(settings, "stripe"), "hourly")


if __name__ == "__main__":
    main(*sys.argv[1:])
