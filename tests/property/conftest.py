from __future__ import annotations

import pytest
from schedules import seeds
from stripe_line import line_to_stripe


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", list(seeds(metafunc.config.getoption("--seeds"))))


@pytest.fixture(scope="session")
def line(tmp_path_factory):
    with line_to_stripe(tmp_path_factory.mktemp("home")) as line:
        yield line
