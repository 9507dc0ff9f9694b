"""One published generation per module: the tests only read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from served import Client, client_for, publish

from warehouse.settings import Settings, load_settings


@pytest.fixture(scope="module")
def served_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of a home in which a generation is published."""
    home: Path = tmp_path_factory.mktemp("served")
    settings = load_settings(tillhouse_home=home)
    publish(settings)
    return settings


@pytest.fixture(scope="module")
def client(served_settings: Settings) -> Client:
    """Return an administrator's client."""
    return client_for(served_settings)
