"""Published generations that tests only read."""

from __future__ import annotations

from pathlib import Path

import pytest
from served import Client, client_for, publish
from whole import publish_whole

from reader.scopes import SCOPES
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


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Return a client of a generation with every mart, of a company in live mode."""
    home: Path = tmp_path_factory.mktemp("whole")
    settings = load_settings(tillhouse_home=home, stripe_secret_key="rk_live_x")
    publish_whole(settings)
    return client_for(settings, scopes=SCOPES)
