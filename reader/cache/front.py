"""What is known already is answered in the event loop: no thread, no routing, no validation.

A question that was valid once is valid again: its path, query, accepted type, role and scopes lead
to the same digest for as long as this code runs. So the second time only three things are looked
up: the digest, the generation that is served, and the answer's bytes. This stands behind the
guard, so authentication, scopes, limits and the audit come first, each time.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from reader.auth import Principal
from reader.cache.answers import Answer, Outcome, RawHeaders, etag_of, headers_of, raw
from reader.cache.cache import Cache, as_waiter
from reader.cache.flights import AbandonedError
from reader.database import Generation, Published
from reader.errors import ReaderError, problem
from reader.middleware import note_outcome, request_id

_MOST_QUESTIONS: Final = 4096
_LONGEST_QUERY: Final = 1024

Asked = tuple[str, bytes, bytes, str, frozenset[str]]


@dataclass(slots=True)
class Known:
    """A question that was valid: what it comes to, and its newest ETag."""

    digest: str
    route: str
    generation: str = ""
    etag: bytes = b""
    headers: RawHeaders = ()


@dataclass
class KnownQuestions:
    """The questions asked last in this process."""

    _known: OrderedDict[Asked, Known] = field(default_factory=OrderedDict)

    def get(self, asked: Asked) -> Known | None:
        """Return what a question comes to, if it was asked before."""
        return self._known.get(asked)

    def add(self, asked: Asked, digest: str, route: str) -> None:
        """Remember a question; the one asked first makes room."""
        if len(asked[1]) > _LONGEST_QUERY or asked in self._known:
            return
        self._known[asked] = Known(digest, route)
        while len(self._known) > _MOST_QUESTIONS:
            self._known.popitem(last=False)


def asked_by(scope: Scope, principal: Principal) -> Asked:
    """Return what tells one question from another before it is understood."""
    accept = _header(scope, b"accept")
    return scope["path"], scope["query_string"], accept, principal.role, principal.scopes


def matches(if_none_match: bytes, etag: bytes) -> bool:
    """Return whether a client's If-None-Match names an ETag; weak and strong are the same here."""
    if not if_none_match:
        return False
    if if_none_match == etag:
        return True
    opaque = etag.removeprefix(b"W/")
    given = {tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b",")}
    return b"*" in given or opaque in given


class KnownAnswers:
    """Answers questions of which everything is known; passes on all others."""

    def __init__(
        self, app: ASGIApp, *, cache: Cache, questions: KnownQuestions, generations: Published
    ) -> None:
        self._app = app
        self._cache = cache
        self._questions = questions
        self._generations = generations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        principal = scope["state"].get("principal") if scope["type"] == "http" else None
        if principal is None or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        known = self._questions.get(asked_by(scope, principal))
        generation = self._generations.known() if known is not None else None
        if known is None or generation is None:
            await self._app(scope, receive, send)
            return
        scope["state"]["route"] = known.route
        if matches(_header(scope, b"if-none-match"), self._etag(known, generation)):
            await _send_unchanged(send, known.headers)
            return
        answer = self._cache.recall(generation.id, known.digest)
        if answer is not None:
            await _send(scope, send, answer, "hit")
        elif self._cache.is_on:
            await self._once(scope, receive, send, generation, known)
        else:
            await self._app(scope, receive, send)

    async def _once(
        self, scope: Scope, receive: Receive, send: Send, generation: Generation, known: Known
    ) -> None:
        """Let one request work the answer out, in a thread; the others wait here, without one."""
        flight = self._cache.join(generation.id, known.digest)
        if flight.is_mine:
            scope["state"].update(flight=flight, generation=generation)
            try:
                await self._app(scope, receive, send)
            finally:
                self._cache.abandon(flight)
            return
        try:
            # Shielded, since who gives up waiting must not end it for the others.
            result = await asyncio.shield(asyncio.wrap_future(flight.future))
        except AbandonedError:
            await self._app(scope, receive, send)
        except ReaderError as error:
            await problem(error, request_id(scope))(scope, receive, send)
        else:
            await _send(scope, send, *as_waiter(result))

    @staticmethod
    def _etag(known: Known, generation: Generation) -> bytes:
        if known.generation != generation.id:
            etag = etag_of(generation.id, known.digest)
            known.headers = raw({**headers_of(generation), "ETag": etag})
            known.etag = etag.encode()
            known.generation = generation.id
        return known.etag


async def _send(scope: Scope, send: Send, answer: Answer, outcome: Outcome) -> None:
    headers, body = answer.variant(_header(scope, b"accept-encoding"))
    note_outcome(scope, outcome)
    start = {"type": "http.response.start", "status": 200}
    await send({**start, "headers": [*headers, (b"x-cache", outcome.encode())]})
    await send({"type": "http.response.body", "body": body})


async def _send_unchanged(send: Send, headers: RawHeaders) -> None:
    await send({"type": "http.response.start", "status": 304, "headers": list(headers)})
    await send({"type": "http.response.body", "body": b""})


def _header(scope: Scope, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name == wanted), b"")
