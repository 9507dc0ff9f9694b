"""Two runs at once: the second ends with exit code 3 and names the first."""

from __future__ import annotations

import os

from running import Shop

from warehouse.lock import run_lock
from warehouse.settings import load_settings


def test_the_second_run_names_the_first(shop: Shop) -> None:
    settings = load_settings(tillhouse_home=shop.home)
    served = shop.served()
    with run_lock(settings, "tillhouse refresh --mode nightly"):
        done = shop.run("refresh")
        assert done.code == 3
        assert f"`tillhouse refresh --mode nightly`, process {os.getpid()} on " in done.error
        assert shop.run("sql", "select 1").code == 0
        assert shop.run("generations").code == 0
    assert shop.served() == served


def test_nothing_changed_publishes_nothing(shop: Shop) -> None:
    served = shop.served()
    done = shop.run("refresh")
    assert (done.code, done.out.split(",")[0]) == (0, "nothing has changed")
    assert shop.served() == served
    assert shop.run("status").code == 0
