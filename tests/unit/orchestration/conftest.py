"""dbt's manifest, parsed once for all tests of the definitions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.dbt import load_manifest
from warehouse.settings import Settings, load_settings


@pytest.fixture(scope="session")
def parsed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which dbt's project has been parsed."""
    home = tmp_path_factory.mktemp("parsed") / "home"
    load_manifest(load_settings(tillhouse_home=home))
    return home


@pytest.fixture
def parsed(parsed_home: Path, make_settings: Callable[..., Settings]) -> Settings:
    """Return settings of that home; nothing they name can be reached."""
    return make_settings(
        tillhouse_home=parsed_home,
        stripe_secret_key="sk_test_nowhere",
        stripe_api_base="http://127.0.0.1:1",
        app_database_url="postgresql://u@127.0.0.1:1/app",
    )
