"""`tillhouse demo`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tillhouse import terminal
from tillhouse.commands.refresh import in_words
from tillhouse.commands.sandbox import CUSTOMERS, SEED, opened_on
from warehouse.errors import SourceError

if TYPE_CHECKING:
    from warehouse.settings import Settings


def demo(
    *,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the dashboard, or stop before.")
    ] = True,
    host: Annotated[str, typer.Option(help="Address of the dashboard.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the dashboard.")] = 8000,
    seed: Annotated[int, typer.Option(help="Another seed, another company.")] = SEED,
    customers: Annotated[int, typer.Option(min=1, help="Its sign-ups in two years.")] = CUSTOMERS,
) -> None:
    """See the whole product on this machine, with nothing configured.

    Starts a sandbox company with two years of history, pulls it, builds and publishes the marts,
    and serves the dashboard.

    Example: [bold]tillhouse demo --port 8080[/bold]
    """
    from orchestration.run import run_refresh  # noqa: PLC0415
    from reader.scopes import SCOPES  # noqa: PLC0415
    from tillhouse.commands.serve import refuse_taken, serve_until_stopped  # noqa: PLC0415
    from tillhouse.tokens import mint  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    began = time.monotonic()
    home = load_settings()
    if serve:
        refuse_taken(host, port)
    with terminal.progress() as tell:
        tell(f"opening a company with {customers} sign-ups")
        with _company(home, seed, customers) as environment:
            # No settings of a real shop may meet the sandbox's, so all of its own are given.
            settings = load_settings(**{name.lower(): v for name, v in environment.items()})
            done = run_refresh(settings, "hourly", tell)
    terminal.say(in_words(done, time.monotonic() - began))
    if not serve:
        return
    # So that every button of the page works: the company is nobody's.
    token = mint(settings, "demo", scopes=frozenset(SCOPES), expires=timedelta(hours=12))
    terminal.say(f"The dashboard: http://{host}:{port}/  (Ctrl-C stops it)\nSign in with:")
    terminal.show(token)
    serve_until_stopped(settings, host, port)


@contextmanager
def _company(settings: Settings, seed: int, customers: int) -> Iterator[dict[str, Any]]:
    """Keep the sandbox running in a child process; yield the settings that point to it."""
    folder = settings.prepare_home() / "sandbox"
    folder.mkdir(exist_ok=True)
    opened_on(folder, seed, customers, settings.now())
    options = ["--seed", str(seed), "--customers", str(customers), "--port", "0", "--json"]
    command = [sys.executable, "-m", "tillhouse", "sandbox", *options, "--dir", str(folder)]
    log = folder / "sandbox.log"
    with log.open("w") as errors:
        child = subprocess.Popen(  # noqa: S603  our own program
            command,
            env=settings.as_environment(),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # Ctrl-C is for this process, which then ends the child.
            start_new_session=True,
        )
    with child:
        try:
            assert child.stdout is not None  # noqa: S101  asked for above
            line = child.stdout.readline()
            if not line:
                raise SourceError(f"the sandbox did not start: {log.read_text().strip()[-300:]}")
            yield json.loads(line)
        finally:
            child.terminate()
