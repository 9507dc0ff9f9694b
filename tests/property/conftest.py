"""One server for all schedules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stripe_line import Line, line_to_stripe


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with line_to_stripe(tmp_path_factory.mktemp("stripe") / "home") as made:
        yield made
