"""One company and one refreshed home for all faults; each test spoils a copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from running import Shop, open_shop


@pytest.fixture(scope="session")
def opened_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Yield a company whose home is still empty."""
    with open_shop(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture(scope="session")
def refreshed_shop(
    opened_shop: Shop, of_all_workers: Path, tmp_path_factory: pytest.TempPathFactory
) -> Shop:
    """Return a company whose numbers are published once, for all workers together."""
    done = replace(opened_shop, folder=of_all_workers / "refreshed-shop")
    with FileLock(of_all_workers / "refreshed-shop.lock"), pytest.MonkeyPatch.context() as patch:
        if not done.folder.exists():
            draft = opened_shop.copy_to(tmp_path_factory.mktemp("draft") / "shop")
            patch.chdir(draft.folder)
            outcome = draft.run("refresh")
            assert outcome.code == 0, outcome.err
            draft.folder.rename(done.folder)
    return done.copy_to(tmp_path_factory.mktemp("refreshed"))


@pytest.fixture
def shop(refreshed_shop: Shop, tmp_path: Path) -> Shop:
    """Return a copy of the refreshed company to spoil."""
    return refreshed_shop.copy_to(tmp_path / "copy")


@pytest.fixture
def new_shop(opened_shop: Shop, tmp_path: Path) -> Shop:
    """Return a copy of the company before its first refresh."""
    return opened_shop.copy_to(tmp_path / "copy")
