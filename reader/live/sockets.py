"""Socket.IO at /socket.io/: the same events as `/v1/events`, for clients that speak it.

The handshake of a WebSocket passes no guard, so all that the guard does is done here: the same
verifier, role and scope, the limits, a line in the audit log. A token comes as `auth: {token}`, in
the Authorization header, or as the dashboard's cookie; a browser's page must be ours or of
READER_ALLOWED_ORIGINS. Who has not shown a credential in ten seconds is cut off.

Long polling needs one process to answer all requests of a client, so with several only WebSockets
are taken. Each process sends to its own clients what its own watcher found; nothing that travels
between processes is shown to anybody.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine
from contextlib import ExitStack
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

import socketio
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from reader.auth import Authenticator, Principal, authorise, require_scope
from reader.errors import ReaderError, UnauthenticatedError
from reader.guard import Protection
from reader.limits import REFUSALS, network_of
from reader.live.events import Event
from reader.live.holding import until_over
from reader.live.hub import ClosedError, Hub
from reader.live.watcher import Watcher
from warehouse.operations import AuditEntry
from warehouse.pseudonyms import without_emails

PATH: Final = "/socket.io/"

_NAMESPACE: Final = "/"
_LISTENERS: Final = "listeners"
_HANDSHAKE_SECONDS: Final = 10.0
_LARGEST_MESSAGE: Final = 16 * 1024


class Sockets:
    """The Socket.IO clients of one process.

    Args:
        protection: who may connect, and how often.
        hub: whose events are sent.
        watcher: knows the current state.
        origins: of other dashboards.
        may_poll: whether long polling is taken.
    """

    def __init__(
        self,
        protection: Protection,
        hub: Hub,
        watcher: Watcher,
        *,
        origins: tuple[str, ...],
        may_poll: bool,
    ) -> None:
        self._protection = protection
        self._hub = hub
        self._watcher = watcher
        self._origins = frozenset(origins)
        self._held: dict[str, ExitStack] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._server = socketio.AsyncServer(
            async_mode="asgi",
            transports=["polling", "websocket"] if may_poll else ["websocket"],
            cors_allowed_origins=self._is_allowed,
            max_http_buffer_size=_LARGEST_MESSAGE,
            namespaces=[_NAMESPACE],
        )
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        self._app: ASGIApp = socketio.ASGIApp(self._server, socketio_path=PATH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS) as limit:
                scope["handshake"] = limit
                await self._app(scope, receive, send)
        except TimeoutError:
            await send({"type": "websocket.close", "code": 1008})

    @property
    def count(self) -> int:
        """How many clients are connected."""
        return len(self._held)

    async def run(self) -> None:
        """Send what the hub says to all clients, until it is closed."""
        with self._hub.subscription() as subscription:
            try:
                while True:
                    event = await subscription.next()
                    if event is not None:
                        await self._send(_LISTENERS, event)
            except ClosedError:
                return

    async def close(self) -> None:
        """Disconnect every client; once is enough."""
        if self._is_closed:
            return
        self._is_closed = True
        for sid in list(self._held):
            await self._server.disconnect(sid)
        await self._server.shutdown()

    def _is_allowed(self, origin: str, environ: dict[str, Any]) -> bool:
        return origin in self._origins or urlsplit(origin).netloc == environ.get("HTTP_HOST")

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        headers, cookies = _credential(environ, auth)
        network = network_of(_address(environ))
        authenticator = self._protection.authenticator
        principal: Principal | None = None
        held = ExitStack()
        try:
            try:
                principal = await run_in_threadpool(authenticator.authenticate, headers, cookies)
            except UnauthenticatedError:
                await self._protection.limiter.spend(REFUSALS, network)
                raise
            authorise(principal, "GET", headers)
            require_scope(principal, "read")
            await self._protection.limiter.charge(principal.limited_as, network, 1)
            held.enter_context(self._protection.streams.hold(principal.limited_as))
        except ReaderError as error:
            self._note(environ, principal, "refused", error.code)
            refusal = {"status": error.status, "code": error.code, "detail": error.detail}
            raise socketio.exceptions.ConnectionRefusedError(error.detail, refusal) from None
        self._note(environ, principal, "read", "connected")
        self._held[sid] = held
        if "handshake" in environ["asgi.scope"]:
            environ["asgi.scope"]["handshake"].reschedule(None)
        held.callback(self._start(self._attend(sid, authenticator, principal, headers, cookies)))

    async def _attend(
        self,
        sid: str,
        authenticator: Authenticator,
        principal: Principal,
        headers: dict[str, str],
        cookies: dict[str, str],
    ) -> None:
        """Bring a client to the current state, and let it go when its credential ends."""
        # Until `connect` has returned, the library tells nobody that a client went away.
        while self._server.manager.is_pre_connected(sid, _NAMESPACE):
            await asyncio.sleep(0.01)
        if self._server.manager.eio_sid_from_sid(sid, _NAMESPACE) not in self._server.eio.sockets:
            await self._server.disconnect(sid)
            return
        # A room, since everybody's has those in it who have not shown a credential yet.
        await self._server.enter_room(sid, _LISTENERS)
        for event in await self._watcher.state():
            await self._send(sid, event)
        await until_over(authenticator, principal, headers, cookies)
        await self._server.disconnect(sid)

    async def _send(self, to: str, event: Event) -> None:
        await self._server.emit(event.name, dict(event.data), to=to)

    async def _disconnect(self, sid: str, _reason: object = None) -> None:
        held = self._held.pop(sid, None)
        if held is not None:
            held.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> Any:
        """Begin a piece of work; return what cancels it, unless that is called by itself."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

        def cancel() -> None:
            if task is not asyncio.current_task():
                task.cancel()

        return cancel

    def _note(
        self, environ: dict[str, Any], principal: Principal | None, action: str, outcome: str
    ) -> None:
        key = self._protection.pseudonym_key
        actor = "anonymous" if principal is None else without_emails(key, principal.subject)
        entry = AuditEntry(
            at=datetime.now(UTC),
            actor=actor or "nobody named",
            action=action,
            target=PATH,
            outcome=outcome,
            address=_address(environ),
            request_id=uuid.uuid4().hex,
            detail=(),
        )
        self._protection.auditor.note(entry)


def _credential(environ: dict[str, Any], auth: object) -> tuple[dict[str, str], dict[str, str]]:
    """Return the headers and cookies of a handshake as those of a request would be."""
    headers = {}
    token = auth.get("token") if isinstance(auth, dict) else None
    if isinstance(token, str) and token:
        headers["authorization"] = f"Bearer {token}"
    elif "HTTP_AUTHORIZATION" in environ:
        headers["authorization"] = environ["HTTP_AUTHORIZATION"]
    try:
        parsed = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    except CookieError:
        return headers, {}
    return headers, {name: morsel.value for name, morsel in parsed.items()}


def _address(environ: dict[str, Any]) -> str:
    client = environ["asgi.scope"].get("client")
    return client[0] if client else ""
