"""A full refresh says what happened: every cell of the judged marts, on both engines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from orchestration.run import run_refresh
from tests.e2e.company import (
    CUSTOMERS,
    JUDGED,
    SEEDS,
    Site,
    differences,
    open_site,
    published_rows,
    published_tables,
    render,
)
from tests.rows import Tables, unequal_tables
from warehouse.generations import open_reader
from warehouse.settings import Settings

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).parents[2] / "docs" / "analysts.md"
QUESTIONS = re.findall(r"^### (.+?)$.*?^```sql\n(.+?)^```$", GUIDE.read_text(), re.M | re.S)

ENGINES = ("duckdb", "postgres")
#: What every run of the tests has; `--every-world` takes all seeds, and larger companies.
USUAL = SEEDS[:1]
USUAL_CUSTOMERS = 120


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "site" not in metafunc.fixturenames:
        return
    every = metafunc.config.getoption("--every-world")
    worlds = product(SEEDS if every else USUAL, ENGINES)
    marks = {"duckdb": (), "postgres": pytest.mark.postgres}
    metafunc.parametrize(
        ("seed", "engine"),
        [pytest.param(seed, engine, marks=marks[engine]) for seed, engine in worlds],
    )


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep finished worlds, so that both engines read the same one."""
    return tmp_path_factory.mktemp("worlds")


@pytest.fixture(scope="session")
def told() -> dict[int, Tables]:
    """Keep what the first engine says of a company until the second has been asked."""
    return {}


@pytest.fixture
def site(
    seed: int, engine: str, worlds: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Site]:
    """Yield a company; with PostgreSQL, its application and the warehouse both live there."""
    warehouse_url = app_url = None
    if engine == "postgres":
        warehouse_url = request.getfixturevalue("postgres_url")
        app_url = request.getfixturevalue("app_postgres_url")
    every = request.config.getoption("--every-world")
    with open_site(
        seed,
        tmp_path,
        customers=CUSTOMERS if every else USUAL_CUSTOMERS,
        app_url=app_url,
        warehouse_url=warehouse_url,
        cache_dir=worlds,
    ) as site:
        yield site


def test_a_full_refresh_reproduces_the_truth(
    seed: int, site: Site, told: dict[int, Tables]
) -> None:
    settings = site.settings()
    run_refresh(settings, "full")
    tables = published_tables(settings)
    assert len(tables) >= len(JUDGED)
    assert all(tables[table] for table in JUDGED)
    assert len(QUESTIONS) >= 15
    assert unanswered(settings) == []
    other = told.pop(seed, None)
    if other is None:
        found = differences(site, published_rows(settings))
        assert not found, render(found)
        told.clear()
        told[seed] = tables
        return
    # The first engine told the truth, so the second one does if it says the same, row by row.
    different = unequal_tables(other, tables)
    assert not different, "\n".join(["on DuckDB (left) and PostgreSQL (right):", *different])


def unanswered(settings: Settings) -> list[str]:
    """Return the questions of the guide whose query gives no row; one that fails raises."""
    with open_reader(settings) as reader, reader.connect() as connection:
        return [title for title, sql in QUESTIONS if not connection.execute(sql).fetchall()]
