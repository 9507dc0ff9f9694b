"""Running the application under uvicorn: in this process, or in several that share one address."""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from reader.app import create_app
from warehouse.settings import Settings, load_settings, share_metrics

# What is being answered when the process is told to end may take as long as a query may.
OPTIONS: Final[dict[str, Any]] = {
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    # Which proxies are believed is a setting, and the application's own concern.
    "proxy_headers": False,
    "timeout_graceful_shutdown": 15,
}


def serve_alone(settings: Settings, host: str, port: int) -> None:
    """Serve in this process until it is told to end; then end live connections and drain."""
    uvicorn.run(create_app(settings), host=host, port=port, **OPTIONS)


def serve_with_workers(host: str, port: int, workers: int) -> None:
    """Serve in several processes, each with the settings of this one's environment.

    One that dies is replaced; SIGTERM drains all of them.
    """
    with TemporaryDirectory(prefix="tillhouse-metrics-") as folder:
        share_metrics(Path(folder))
        uvicorn.run(
            "reader.serving:worker",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            **OPTIONS,
        )


def worker() -> FastAPI:
    """Return the application of one of several processes."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    return create_app(load_settings(), alone=False)
