"""What surrounds every request: its id, and the headers of every response.

Plain ASGI, so that it also holds for static files, unknown addresses and errors.
"""

from __future__ import annotations

import logging
import re
import time
import uuid

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reader.errors import ReaderError, problem

logger = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def request_id(scope: Scope) -> str:
    """Return the id of a request: the client's own if it is harmless in a log, else a new one."""
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        is_harmless = re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given, re.ASCII)
        state["request_id"] = given if is_harmless else uuid.uuid4().hex
    return str(state["request_id"])


def note_timing(request: Request, name: str, started: float) -> None:
    """Add a part of the work, begun at `started` (perf_counter), to the Server-Timing header."""
    timings = request.scope["state"].setdefault("timings", [])
    timings.append(f"{name};dur={(time.perf_counter() - started) * 1000:.1f}")


def note_outcome(scope: Scope, outcome: str) -> None:
    """Say in the Server-Timing header, and to the metrics, what the cache had."""
    scope["state"]["cache"] = outcome
    scope["state"].setdefault("timings", []).append(f"cache;desc={outcome}")


class Surroundings:
    """Gives every response its headers, and turns a crash into an answer that says nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        identity = request_id(scope)
        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                headers.update({**SECURITY_HEADERS, "X-Request-Id": identity})
                parts = scope["state"].get("timings", [])
                total = f"total;dur={(time.perf_counter() - started) * 1000:.1f}"
                headers["Server-Timing"] = ", ".join([*parts, total])
                if "vary" in headers:
                    names = dict.fromkeys(part.strip() for part in headers["vary"].split(","))
                    headers["Vary"] = ", ".join(names)
            await send(message)

        # A HEAD is a GET whose body the server does not send.
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            await self._app(inner, receive, send_with_headers)
        except Exception:
            logger.exception("request %s failed", identity)
            if has_begun:
                raise
            error = ReaderError("this is a fault of the server; its log has it by the request id")
            await problem(error, identity)(scope, receive, send_with_headers)
