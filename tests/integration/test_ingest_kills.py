"""A pull that is killed, at any moment: the next goes on from there, and nothing can be told of it.

Really killed, by SIGKILL, in a process of its own: nothing of it gets to clean up.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import dying_pull
import httpx
import pytest
from ingest_company import company, fresh_world

import ingest
from ingest import PullReport
from ingest.stripe.specs import BY_TABLE, OBJECTS
from sandbox.company import World
from sandbox.stripe_api import SANDBOX_KEY, Fault, FaultPlan, Serving, serve
from tillhouse.commands.status import build_report
from warehouse import dbt
from warehouse.engines import engine_for
from warehouse.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
# The shop has 2,761 objects; ten days of it, some 300.
BACKFILL_OBJECTS, TAIL_OBJECTS = 600, 60
DAYS = timedelta(days=10)
LISTS = {spec.path for spec in OBJECTS if not spec.singleton}

MakeSettings = Callable[..., Settings]
Raw = dict[tuple[str, str, str], tuple[str, bool]]


@dataclass(frozen=True)
class Moment:
    """When to die: at a step of the n-th package, or on the n-th call of an endpoint."""

    where: str
    number: int

    def __str__(self) -> str:
        return f"{self.where} {self.number}"


@dataclass
class Victim:
    """A process that somebody else kills."""

    process: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()


def _run_until_killed(
    arguments: list[str], settings: Settings, victim: Victim | None = None
) -> None:
    environment = settings.as_environment() | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, *arguments], env=environment, cwd=ROOT)
    if victim:
        victim.process = process
    assert process.wait(timeout=300) == -signal.SIGKILL


@dataclass
class Shop:
    """A company, and the Tillhouse that pulls it and is killed."""

    world: World
    settings: Settings

    @contextmanager
    def served(self, *faults: Fault) -> Iterator[tuple[Serving, Settings]]:
        """Serve the company for one pull, which has a log of its own."""
        with serve(self.world.store, faults=FaultPlan(*faults)) as serving:
            changed = {"stripe_api_base": serving.base_url, "tillhouse_now": self.world.now()}
            yield serving, self.settings.model_copy(update=changed)

    def pull(self) -> tuple[PullReport, list[str]]:
        """Pull to the end; return what was done and which pages were asked for."""
        with self.served() as (serving, settings):
            settings.prepare_home()
            pipeline = ingest.build_pipeline(settings, "stripe")
            return ingest.pull_stripe(settings, pipeline, "hourly"), _pages(serving)

    def die(self, objects: int, moment: Moment) -> list[str]:
        """Pull in another process until it is killed; return which pages were asked for."""
        script = [dying_pull.__file__, str(objects)]
        if moment.where in dying_pull.STEPS:
            with self.served() as (serving, settings):
                _run_until_killed([*script, moment.where, str(moment.number)], settings)
                return _pages(serving)
        victim = Victim()
        fault = Fault(moment.where, call=moment.number, before=victim.kill)
        with self.served(fault) as (serving, settings):
            _run_until_killed(script, settings, victim)
            return _pages(serving)

    def ids_on(self, pages: list[str]) -> dict[str, set[str]]:
        """Return the ids on pages that were asked for."""
        headers = {"Authorization": f"Bearer {SANDBOX_KEY}"}
        with self.served() as (serving, _), httpx.Client(headers=headers, trust_env=False) as http:
            found = {page: http.get(serving.base_url + page).json() for page in pages}
        return {page: {row["id"] for row in answer["data"]} for page, answer in found.items()}

    def raw(self) -> Raw:
        """Return the newest version of everything in complete loads."""
        with engine_for(self.settings).connect() as connection:
            exists = connection.execute(
                "select table_name from information_schema.tables where table_schema = 'raw_stripe'"
            ).fetchall()
            there = {name for (name,) in exists} if ("_dlt_loads",) in exists else set()
            return {
                (table, account, name): (digest, deleted)
                for table in BY_TABLE
                if table in there
                for account, name, digest, deleted in connection.execute(
                    f"select account_id, id, hash, deleted from raw_stripe.{table} "
                    "where _dlt_load_id in "
                    "(select load_id from raw_stripe._dlt_loads where status = 0) "
                    "order by observed_at, _dlt_load_id"
                ).fetchall()
            }

    def landed_ids(self) -> set[str]:
        return {name for _, _, name in self.raw()}


def _pages(serving: Serving) -> list[str]:
    # Lists under a parent, as a payout's, are no part of the queue: they are read at the end.
    return [
        f"{entry.path}?{entry.query}"
        for entry in serving.log.entries
        if entry.endpoint in LISTS | {"/v1/events"}
        and "limit=1&" not in f"{entry.query}&"
        and "payout=" not in entry.query
    ]


@dataclass(frozen=True)
class Undisturbed:
    """What a pull that nothing happened to lands, first and ten days later, and its homes."""

    first: Raw
    later: Raw
    home: Path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    shop = Shop(fresh_world(), _settings(partial(load_settings, tillhouse_home=folder / "home")))
    shop.pull()
    first = shop.raw()
    shutil.copytree(folder / "home", folder / "first")
    shop.world.advance(shop.world.now() + DAYS)
    shop.pull()
    return Undisturbed(first, shop.raw(), folder / "first")


def _settings(make: MakeSettings, **given: Any) -> Settings:
    # One key for all homes: what is hashed differently can't be compared.
    keys = {
        "stripe_secret_key": SANDBOX_KEY,
        "pseudonym_key": "of-all-homes-of-this-module-1234567",
    }
    return make(stripe_max_requests_per_second=100, **keys, **given)


def _moments(always: Moment, *at_times: Moment) -> list[Any]:
    """Return one for every run of the tests, and others: a random schedule dies at them, too."""
    return [always, *(pytest.param(one, marks=pytest.mark.thorough) for one in at_times)]


BACKFILL_MOMENTS = _moments(
    Moment("rows in", 3),
    Moment("/v1/charges", 2),
    Moment("/v1/prices/{id}", 1),
    Moment("extracted", 1),
    Moment("normalized", 2),
)


@pytest.mark.parametrize("moment", BACKFILL_MOMENTS, ids=str)
def test_a_backfill_goes_on_from_its_queue(
    moment: Moment, make_settings: MakeSettings, undisturbed: Undisturbed
) -> None:
    _killed_while_filling(Shop(fresh_world(), _settings(make_settings)), moment, undisturbed.first)


@pytest.mark.postgres
@pytest.mark.thorough
@pytest.mark.parametrize("moment", [Moment("*", 60), Moment("rows in", 2)], ids=str)
def test_a_backfill_of_postgres_goes_on_from_its_queue(
    moment: Moment, make_settings: MakeSettings, undisturbed: Undisturbed, postgres_url: str
) -> None:
    settings = _settings(make_settings, warehouse_url=postgres_url)
    _killed_while_filling(Shop(fresh_world(), settings), moment, undisturbed.first)


def _killed_while_filling(shop: Shop, moment: Moment, undisturbed: Raw) -> None:
    asked = shop.die(BACKFILL_OBJECTS, moment)
    landed = shop.landed_ids()
    report, asked_after = shop.pull()
    assert shop.raw() == undisturbed
    on_page = shop.ids_on(sorted(set(asked)))
    again = set(asked) & set(asked_after)
    # What is landed has moved the queue with it: no such page is asked for again…
    assert {page for page in again if on_page[page] and on_page[page] <= landed} == set()
    # … and lost are a package at most, its last page, and what was read ahead of it.
    lost = sum(len(on_page[page]) for page in again)
    assert lost <= BACKFILL_OBJECTS + 100 * (dying_pull.WORKERS + 2)
    if landed:
        assert report.notes == ["Stripe: the last pull was interrupted, it goes on from there"]
        assert set(asked) - again


@pytest.mark.thorough
def test_a_backfill_that_is_killed_again_and_again_comes_to_its_end(
    make_settings: MakeSettings, undisturbed: Undisturbed
) -> None:
    shop = Shop(fresh_world(), _settings(make_settings))
    held = [0]
    for moment in (Moment("rows in", 2), Moment("normalized", 1), Moment("rows in", 2)):
        shop.die(BACKFILL_OBJECTS, moment)
        held.append(len(shop.raw()))
    # The second dies over what the first has left, which is still there for the third.
    assert held == sorted(held)
    assert held[-1] > held[1] > 0
    report, _ = shop.pull()
    assert shop.raw() == undisturbed.first
    assert report.rows_landed <= len(undisturbed.first) - held[-1]


TAIL_MOMENTS = _moments(
    Moment("extracted", 2),
    Moment("/v1/balance_transactions", 1),
    Moment("rows in", 1),
)


@pytest.mark.parametrize("moment", TAIL_MOMENTS, ids=str)
def test_a_tail_loses_nothing(
    moment: Moment, make_settings: MakeSettings, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    shutil.copytree(undisturbed.home, tmp_path / "home")
    shop = Shop(fresh_world(), _settings(make_settings))
    shop.world.advance(shop.world.now() + DAYS)
    shop.die(TAIL_OBJECTS, moment)
    report, _ = shop.pull()
    assert report.notes == []
    assert shop.raw() == undisturbed.later


def test_a_first_refresh_that_is_killed_is_said_and_leaves_no_lock(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    with company(make_settings, tmp_path) as shop:
        settings = shop.settings.model_copy(update={"tillhouse_now": shop.world.now()})
        # What is killed is the pull; parsing would take longer than it.
        dbt.parsed(settings)
        victim = Victim()
        shop.serving.faults.add(Fault("/v1/charges", call=2, before=victim.kill))
        _run_until_killed(["-m", "tillhouse", "refresh"], settings, victim)
        report = build_report(settings)
        assert (report["ok"], report["running"], report["last_run"]) == (False, None, None)
        assert report["problems"] == [
            "nothing is published yet: run `tillhouse refresh`",
            f"the last run (hourly, begun at {settings.now():%Y-%m-%d %H:%M:%S}Z) was killed "
            "before it ended: run `tillhouse refresh`, it goes on from what was landed",
        ]
