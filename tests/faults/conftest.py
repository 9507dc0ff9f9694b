"""One company and one refreshed home for all faults; each test spoils a copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Shop, open_shop


@pytest.fixture(scope="session")
def opened_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Yield a company whose home is still empty."""
    with open_shop(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture(scope="session")
def refreshed_shop(opened_shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return a company whose numbers are published once."""
    shop = opened_shop.copy_to(tmp_path_factory.mktemp("refreshed"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(shop.folder)
        done = shop.run("refresh")
    assert done.code == 0, done.err
    return shop


@pytest.fixture
def shop(refreshed_shop: Shop, tmp_path: Path) -> Shop:
    """Return a copy of the refreshed company to spoil."""
    return refreshed_shop.copy_to(tmp_path / "copy")


@pytest.fixture
def new_shop(opened_shop: Shop, tmp_path: Path) -> Shop:
    """Return a copy of the company before its first refresh."""
    return opened_shop.copy_to(tmp_path / "copy")
