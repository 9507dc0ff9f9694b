"""One server for all schedules, and the seeds that are asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from schedules import seeds
from stripe_line import Line, line_to_stripe


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", list(seeds(metafunc.config.getoption("--seeds"))))


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with line_to_stripe(tmp_path_factory.mktemp("stripe") / "home") as made:
        yield made
