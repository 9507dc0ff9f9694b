"""Stripe's own command line client reads the sandbox as if it were Stripe.

The client is the static binary inside the npm package ``@stripe/cli-linux-x64``, fetched once with
the npm that comes as a Python wheel and kept in ``.cache`` of the project.
"""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from npm_registry import CACHE, fetched

from sandbox.company import build_world
from sandbox.stripe_api import SANDBOX_KEY, Serving, serve

PACKAGE = "@stripe/cli-linux-x64"
VERSION = "1.52.0"

pytestmark = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason=f"{PACKAGE} is for Linux on x86-64",
)


@pytest.fixture(scope="session")
def stripe_cli() -> Path:
    """Return the client's binary, from the cache or from the npm registry."""
    return fetched(PACKAGE, VERSION, CACHE / f"stripe-cli-{VERSION}") / "bin" / "stripe"


@pytest.fixture(scope="module")
def served() -> Iterator[Serving]:
    world = build_world(seed=3, customers=80, day=datetime(2026, 11, 22, tzinfo=UTC))
    with serve(world.store) as serving:
        yield serving


@pytest.mark.parametrize("resource", ["customers", "charges", "events"])
def test_it_lists_what_the_api_lists(
    stripe_cli: Path, served: Serving, tmp_path: Path, resource: str
) -> None:
    def listed(*arguments: str) -> dict[str, Any]:
        command = [str(stripe_cli), resource, "list", *arguments, "--color", "off"]
        command += ["--api-base", served.base_url, "--api-key", SANDBOX_KEY]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={"HOME": str(tmp_path), "STRIPE_CLI_TELEMETRY_OPTOUT": "1", "NO_PROXY": "*"},
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        page: dict[str, Any] = json.loads(done.stdout)
        return page

    def expected(**params: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {SANDBOX_KEY}"}
        url = f"{served.base_url}/v1/{resource}"
        page: dict[str, Any] = httpx.get(
            url, params=params, headers=headers, trust_env=False
        ).json()
        return page

    first = listed("--limit", "20")
    assert first == expected(limit=20)
    assert len(first["data"]) == 20

    cursor = first["data"][-1]["id"]
    after = listed("--limit", "100", "--starting-after", cursor)
    assert after == expected(limit=100, starting_after=cursor)
    assert after["data"]
