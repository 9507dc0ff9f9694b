"""`tillhouse serve`."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from tillhouse import terminal
from warehouse.errors import SettingsError

if TYPE_CHECKING:
    from warehouse.settings import Settings


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that serve; one for each core, at most.")
    ] = 1,
) -> None:
    """Serve the API and the dashboard from what is published.

    SIGTERM ends it: what is being answered is answered, live connections are closed.

    Example: [bold]tillhouse serve --port 8080 --workers 2[/bold]
    """
    from warehouse.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    refuse_taken(host, port)
    terminal.say(
        f"The dashboard: http://{host}:{port}/  (`tillhouse token NAME` prints a token to sign in)"
    )
    # The server drains on SIGTERM and then passes it on: here it has done its work.
    signal.signal(signal.SIGTERM, lambda *_: None)
    if workers == 1:
        serve_until_stopped(settings, host, port)
        return
    from reader.server import run_workers  # noqa: PLC0415

    run_workers(host, port, workers)


def serve_until_stopped(settings: Settings, host: str, port: int) -> None:
    """Run the reader in this process until it is interrupted."""
    from reader.app import create_app  # noqa: PLC0415
    from reader.server import run  # noqa: PLC0415

    run(create_app(settings), host, port)


def refuse_taken(host: str, port: int) -> None:
    """Return if the port is free.

    Raises:
        SettingsError: it is not, or the address is not one of this machine.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"{host}:{port} can't be listened on ({error.strerror}): choose another --port"
            ) from error
