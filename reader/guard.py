"""Default deny: who asks, whether they may, how often, and a line about it in the audit log.

Plain ASGI, so that it also holds for static files, unknown addresses and errors. The order is:
size, credential, role, scope, limits; only then does a route see the request.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reader.audit import Auditor
from reader.auth import Authenticator, Principal, authorise, refuse_other_sites, require_scope
from reader.bodies import bounded
from reader.errors import (
    AddressTooLongError,
    ForbiddenError,
    HeadersTooLargeError,
    ReaderError,
    TooLargeError,
    UnauthenticatedError,
    problem,
)
from reader.limits import (
    DELIVERIES,
    FAILED_SIGN_INS,
    REFUSALS,
    Limiter,
    Slots,
    cost_of,
    network_of,
)
from reader.middleware import note_timing, request_id
from reader.scopes import SAFE_METHODS, required_scope
from warehouse.operations import AuditEntry
from warehouse.pseudonyms import without_emails

_LONGEST_ADDRESS: Final = 8 * 1024
_LARGEST_HEADERS: Final = 32 * 1024
_LARGEST_BODY: Final = 1024 * 1024

SIGN_IN: Final = ("POST", "/v1/session")
WEBHOOK: Final = ("POST", "/v1/webhooks/stripe")

# Parameters that people type into, whatever they may have typed.
_FREE_TEXT: Final = frozenset({"q"})


@dataclass(frozen=True)
class Protection:
    """What the guard works with, built once per application."""

    authenticator: Authenticator
    limiter: Limiter
    auditor: Auditor
    pseudonym_key: bytes
    exports: Slots
    streams: Slots


@dataclass
class _Outcome:
    """What became of a request, as its response says."""

    status: int = 0
    sent: int = 0
    generation: str = ""


class Guard:
    """Lets nobody through to anything that is not on the short list of public addresses."""

    def __init__(
        self, app: ASGIApp, *, protection: Protection, public: Iterable[tuple[str, str]]
    ) -> None:
        self._app = app
        self._protection = protection
        self._public = frozenset(public)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._serve_socket(scope, receive, send)
            return
        try:
            _refuse_large(scope)
            if self.is_public(scope["method"], scope["path"]):
                await self._serve_public(scope, receive, send)
            else:
                await self._serve(scope, receive, send)
        except ReaderError as error:
            await problem(error, request_id(scope))(scope, receive, send)

    def is_public(self, method: str, path: str) -> bool:
        """Return whether an address is served to everybody; it holds no data of the company."""
        return (method, path) in self._public or path.startswith("/static/")

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a socket through to Socket.IO, whose handshake carries the token; no other."""
        if scope["path"].startswith("/socket.io/"):
            await self._app(scope, receive, send)
            return
        await send({"type": "websocket.close", "code": 1008})

    async def _serve_public(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = (scope["method"], scope["path"])
        if address not in (SIGN_IN, WEBHOOK):
            await self._app(scope, receive, send)
            return
        limiter, network = self._protection.limiter, _network(scope)
        outcome = _Outcome()
        if address == WEBHOOK:
            await limiter.spend(DELIVERIES, network)
            await self._app(scope, receive, send)
            return
        refuse_other_sites(Request(scope).headers)
        await limiter.require_left(FAILED_SIGN_INS, network)
        await self._app(scope, receive, _watched(send, outcome))
        if outcome.status in (UnauthenticatedError.status, ForbiddenError.status):
            await limiter.count(FAILED_SIGN_INS, network)
        self._note(scope, scope["state"].get("principal"), "sign_in", str(outcome.status), outcome)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        started = time.perf_counter()
        principal = await self._admitted(request)
        needed = required_scope(request.method, scope["path"], request.query_params)
        if request.method not in SAFE_METHODS and not _is_served(scope):
            # Nothing can happen: the router says that there is no such address or method.
            needed = "read"
        try:
            authorise(principal, request.method, request.headers)
            require_scope(principal, needed)
        except ForbiddenError as error:
            self._note(scope, principal, "refused", error.code, _Outcome(error.status))
            raise
        limiter = self._protection.limiter
        cost = cost_of(scope["path"])
        await limiter.charge(principal.limited_as, _network(scope), cost)
        scope["state"]["principal"] = principal
        note_timing(request, "auth", started)
        action = _action(request.method, needed)
        outcome = _Outcome()
        with ExitStack() as held:
            if needed == "export":
                held.enter_context(self._protection.exports.hold(principal.limited_as))
            if scope["path"] == "/v1/events":
                held.enter_context(self._protection.streams.hold(principal.limited_as))
            if action in ("export", "admin"):
                begun = self._entry(scope, principal, action, "begun", outcome)
                await self._protection.auditor.write(begun)
            try:
                await self._app(scope, bounded(receive, _LARGEST_BODY), _watched(send, outcome))
            finally:
                self._note(scope, principal, action, str(outcome.status or "failed"), outcome)

    async def _admitted(self, request: Request) -> Principal:
        """Return who sends a request.

        Raises:
            UnauthenticatedError: nobody known; so many may come from one address.
            RateLimitedError: too many came from this one.
        """
        authenticator = self._protection.authenticator
        try:
            principal = authenticator.recall(request.headers, request.cookies)
            if principal is not None:
                return principal
            return await run_in_threadpool(
                authenticator.authenticate, request.headers, request.cookies
            )
        except UnauthenticatedError as error:
            await self._protection.limiter.spend(REFUSALS, _network(request.scope))
            self._note(request.scope, None, "refused", error.code, _Outcome(error.status))
            raise

    def _note(
        self, scope: Scope, principal: Principal | None, action: str, result: str, outcome: _Outcome
    ) -> None:
        self._protection.auditor.note(self._entry(scope, principal, action, result, outcome))

    def _entry(
        self, scope: Scope, principal: Principal | None, action: str, result: str, outcome: _Outcome
    ) -> AuditEntry:
        key = self._protection.pseudonym_key
        actor = "anonymous"
        if principal is not None:
            actor = without_emails(key, principal.subject) or "nobody named"
            actor += f" (key {principal.key_id})" if principal.key_id else ""
        detail: list[tuple[str, str | int]] = [("method", scope["method"])]
        if scope["query_string"]:
            detail.append(("query", _harmless(scope["query_string"], key)))
        if outcome.sent:
            detail.append(("bytes", outcome.sent))
        if outcome.generation:
            detail.append(("generation", outcome.generation))
        return AuditEntry(
            at=datetime.now(UTC),
            actor=actor,
            action=action,
            target=without_emails(key, scope["path"]),
            outcome=result,
            address=_address(scope),
            request_id=request_id(scope),
            detail=tuple(detail),
        )


def _is_served(scope: Scope) -> bool:
    """Return whether a route takes a request's method at its address."""
    return any(route.matches(dict(scope))[0] is Match.FULL for route in scope["app"].routes)


def _action(method: str, needed: str) -> str:
    """Return what a request is called in the audit log."""
    if needed != "read" and method not in SAFE_METHODS:
        return "admin"
    if needed in ("export", "admin"):
        return needed
    return "read" if method in SAFE_METHODS else "write"


def _watched(send: Send, outcome: _Outcome) -> Send:
    async def watch(message: Message) -> None:
        if message["type"] == "http.response.start":
            outcome.status = message["status"]
            headers = dict(message["headers"])
            outcome.generation = headers.get(b"x-generation", b"").decode("latin-1")
        elif message["type"] == "http.response.body":
            outcome.sent += len(message.get("body", b""))
        await send(message)

    return watch


def _refuse_large(scope: Scope) -> None:
    """Return if a request's head is of a size that clients send.

    Raises:
        AddressTooLongError: the address is not.
        HeadersTooLargeError: the headers are not.
        TooLargeError: it announces a body that no route takes.
    """
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > _LONGEST_ADDRESS:
        raise AddressTooLongError(f"an address has at most {_LONGEST_ADDRESS} bytes here")
    size, announced = 0, b"0"
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name == b"content-length":
            announced = value
    if size > _LARGEST_HEADERS:
        raise HeadersTooLargeError(f"headers have at most {_LARGEST_HEADERS} bytes here")
    if announced.isdigit() and int(announced[:20]) > _LARGEST_BODY:
        raise TooLargeError(f"a body has at most {_LARGEST_BODY} bytes here")


def _address(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""


def _network(scope: Scope) -> str:
    return network_of(_address(scope))


def _harmless(query_string: bytes, key: bytes) -> str:
    """Return a query as the log may hold it: no e-mail addresses, nothing typed freely."""
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    return urlencode(
        [(k, "…" if k in _FREE_TEXT else without_emails(key, value)) for k, value in pairs]
    )
