"""A company that was pulled once, for every test that begins with one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from ingest_company import Company, MakeSettings, company

from warehouse.settings import Settings, load_settings


@pytest.fixture(scope="session")
def pulled_home(of_all_workers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home into which the small company was pulled, for all workers together."""
    done = of_all_workers / "pulled-home"
    with FileLock(of_all_workers / "pulled-home.lock"):
        if not done.exists():
            folder = tmp_path_factory.mktemp("pulled")

            def make(**settings: object) -> Settings:
                return load_settings(tillhouse_home=folder / "home", **settings)

            with company(make, folder) as shop:
                assert shop.pull().rows_landed > 1_000
            (folder / "home").rename(done)
    return done


@pytest.fixture
def landed(make_settings: MakeSettings, tmp_path: Path, pulled_home: Path) -> Iterator[Company]:
    """Yield a company and a copy of the home into which it was pulled."""
    shutil.copytree(pulled_home, tmp_path / "home")
    with company(make_settings, tmp_path) as shop:
        yield shop
