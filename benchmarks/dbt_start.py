"""A build that selects nothing: what dbt takes to start, before it builds anything."""

from __future__ import annotations

import subprocess
import sys

from warehouse import dbt
from warehouse.engines import engine_for
from warehouse.settings import load_settings

if __name__ == "__main__":
    settings = load_settings()
    nothing = ["--exclude", "*"]
    subprocess.run(
        [
            sys.executable,
            "-c",
            "from dbt.cli.main import cli; cli()",
            *dbt.arguments("build", dbt.target_of(settings)),
            *nothing,
        ],
        env=settings.as_environment() | engine_for(settings).dbt_env(),
        cwd=settings.tillhouse_home,
        stdout=subprocess.DEVNULL,
        check=True,
    )
