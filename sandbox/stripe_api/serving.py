"""The application on a port of this machine, in a thread: for tests and for one process runs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.routing import BaseRoute

from sandbox.stripe_api.access import ApiKey, RateLimits
from sandbox.stripe_api.faults import FaultPlan
from sandbox.stripe_api.log import RequestLog
from sandbox.stripe_api.responses import AbortableProtocol
from sandbox.stripe_api.server import create_app
from sandbox.stripe_api.store import ObjectStore

SANDBOX_KEY = "sk_test_sandboxcompany00000001"
"""The key a sandbox accepts unless told otherwise; it opens nothing but sandboxes."""

_START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that is up."""

    base_url: str
    log: RequestLog
    faults: FaultPlan


@contextmanager
def serve(  # noqa: PLR0913 - passes on create_app's switches
    store: ObjectStore,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    api_keys: Iterable[str | ApiKey] = (SANDBOX_KEY,),
    connected: Mapping[str, ObjectStore] | None = None,
    limits: RateLimits | None = None,
    faults: FaultPlan | None = None,
    event_lag_seconds: int = 0,
    control: Callable[[], Sequence[BaseRoute]] | None = None,
) -> Iterator[Serving]:
    """Serve an account over HTTP while the block runs.

    Args:
        store: the account's objects; may change meanwhile.
        host: address to listen on.
        port: port to listen on; a free one when 0.
        api_keys: as for :func:`create_app`.
        connected: as for :func:`create_app`.
        limits: as for :func:`create_app`.
        faults: as for :func:`create_app`; an empty plan, to be added to, unless given.
        event_lag_seconds: as for :func:`create_app`.
        control: as for :func:`create_app`.

    Raises:
        OSError: if the port is taken.
        TimeoutError: if the server does not come up within ten seconds.
    """
    log = RequestLog()
    plan = faults if faults is not None else FaultPlan()
    app = create_app(
        store,
        api_keys=api_keys,
        connected=connected,
        limits=limits,
        faults=plan,
        event_lag_seconds=event_lag_seconds,
        control=control,
        log=log,
    )
    with socket.create_server((host, port)) as listener:
        bound = listener.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=AbortableProtocol,
                log_level="critical",
                access_log=False,
                ws="none",
                lifespan="off",
            )
        )
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            _wait_until_up(server)
            yield Serving(f"http://{host}:{bound}", log, plan)
        finally:
            server.should_exit = True
            thread.join(_START_SECONDS)


def _wait_until_up(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the sandbox's Stripe API did not start within ten seconds")
        time.sleep(0.01)
