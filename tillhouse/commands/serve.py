"""`tillhouse serve`."""

from __future__ import annotations

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
) -> None:
    """Serve the API and the dashboard from what is published.

    Example: [bold]tillhouse serve --port 8080[/bold]
    """
    from warehouse.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    refuse_taken(host, port)
    terminal.say(
        f"The dashboard: http://{host}:{port}/  (`tillhouse token NAME` prints a token to sign in)"
    )
    serve_until_stopped(settings, host, port)


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
