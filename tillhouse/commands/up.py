"""`tillhouse up`."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Annotated

import typer

from tillhouse import terminal
from warehouse.errors import TillhouseError

_SECONDS_TO_END = 60


def up(
    host: Annotated[str, typer.Option(help="Address of both servers.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the dashboard.")] = 8000,
    dagster_port: Annotated[int, typer.Option(help="Port of Dagster's web server.")] = 3000,
) -> None:
    """Run the scheduled service on this machine: hourly and nightly refreshes, and the dashboard.

    Example: [bold]tillhouse up --port 8080[/bold]
    """
    from orchestration.instance import end_left_runs  # noqa: PLC0415
    from tillhouse.commands.serve import refuse_taken, serve_until_stopped  # noqa: PLC0415
    from warehouse.dbt import load_manifest  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    for needed in ("stripe_secret_key", "app_database_url"):
        settings.required(needed)
    refuse_taken(host, port)
    refuse_taken(host, dagster_port)
    if left := end_left_runs(settings):
        terminal.say(f"Killed refreshes that count as failed now: {left}. The next one goes on.")
    # Once, before Dagster's several processes all need it.
    load_manifest(settings)
    location = ["-m", "orchestration.definitions", "-a", "defs"]
    address = ["-h", host, "-p", str(dagster_port)]
    dagster = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "dagster", "dev", *location, *address, "--log-level", "warning"],
        # Its makers' advice to use another command is not for users of this one.
        env=settings.as_environment() | {"PYTHONWARNINGS": "ignore"},
        cwd=settings.tillhouse_home,
        # Ctrl-C is for this process, which then lets Dagster end its own.
        start_new_session=True,
    )
    terminal.say(
        f"The dashboard: http://{host}:{port}/   Dagster: http://{host}:{dagster_port}/\n"
        "Refreshes run at five past each hour and at 02:35 UTC. Ctrl-C stops both."
    )
    reader = threading.Thread(
        target=serve_until_stopped, args=(settings, host, port), daemon=True, name="reader"
    )
    reader.start()
    try:
        code = dagster.wait()
    except KeyboardInterrupt:
        return
    finally:
        dagster.terminate()
        dagster.wait(timeout=_SECONDS_TO_END)
    raise TillhouseError(f"Dagster ended with code {code}: its log above says why")
