"""The way of every data request, in one order: validate, resolve, ETag, cache, query, answer.

Authentication and authorisation have happened (`reader.middleware.Guard`), parameters are typed
(`reader.params`). An ETag is known before any query runs: a generation never changes, so it is the
hash of the generation, the route, the parameters, the role and scopes, the representation and this
code. The same hash names the answer in the cache.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Collection, Generator, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse

from reader.auth import Principal
from reader.cache import Answer, Cache, KnownQuestions, Outcome, etag_of
from reader.cache.answers import headers_of
from reader.cache.front import asked_by, matches
from reader.cursors import Cursor, CursorSigner
from reader.database import Connection, Generation, Published
from reader.deliveries import Deliveries
from reader.envelope import Page, envelope, meta_of_page
from reader.errors import CursorExpiredError, InvalidParameterError
from reader.middleware import note_outcome, note_timing
from reader.params import Closed, Format, ListParameters, Parameters
from reader.representations import (
    CONTENT_TYPES,
    MEDIA_TYPES,
    TABULAR,
    flat,
    negotiate,
    to_json,
)
from reader.shape import SHAPE

JSON_ONLY: tuple[Format, ...] = ("json",)


@dataclass(frozen=True)
class Services:
    """What the routes need, built once per application."""

    generations: Published
    cursors: CursorSigner
    deliveries: Deliveries
    cache: Cache
    questions: KnownQuestions


@dataclass(frozen=True)
class Question:
    """A data request, resolved: which generation, from which row on."""

    generation: Generation
    after: tuple[str, ...] | None
    limit: int


Query = Callable[[Connection, Question], Page]


def answer(
    request: Request,
    parameters: Parameters,
    query: Query,
    *,
    is_timeless: bool = True,
    forms: Collection[Format] = tuple(MEDIA_TYPES),
) -> Response:
    """Serve a data request; the query runs only if the client's copy is not the same.

    Args:
        request: the request, admitted.
        parameters: its parameters, valid.
        query: what gives the rows.
        is_timeless: False for what changes with the clock, which has no ETag and is never a 304.
        forms: the representations that the rows fit into.

    Raises:
        ReaderError: the request can't be served; the error says why.
    """
    services: Services = request.app.state.services
    principal: Principal = request.state.principal
    _refuse_repeated(request)
    form = negotiate(request.headers.get("accept"), parameters.format, forms)
    scope = f"{request.url.path} {principal.role} {parameters.scope()}"
    question = _resolve(request, services, parameters, scope)
    digest = _digest(principal, scope, parameters, form)
    if is_timeless:
        if question.after is None:
            route = request.scope["route"].path
            services.questions.add(asked_by(request.scope, principal), digest, route)
        etag = etag_of(question.generation.id, digest)
        if matches(request.headers.get("if-none-match", "").encode(), etag.encode()):
            headers = {**headers_of(question.generation), "ETag": etag}
            return Response(status_code=304, headers=headers)

    def work_out() -> Answer:
        started = time.perf_counter()
        with services.generations.connect(question.generation) as connection:
            page = query(connection, question)
        note_timing(request, "query", started)
        cursor = _next_cursor(services, question, page, scope)
        headers, body = _encoded(request, question, page, form, cursor)
        known = {**headers_of(question.generation), **headers}
        if is_timeless:
            known["ETag"] = etag
        return Answer.of(question.generation.id, known, body)

    if not is_timeless:
        return _response(request, work_out(), "bypass")
    flight = getattr(request.state, "flight", None)
    result = services.cache.answer(question.generation.id, digest, work_out, flight)
    return _response(request, *result)


def stream(
    request: Request,
    parameters: Closed,
    form: str,
    parts: Callable[[Connection, Generation], Iterator[bytes]],
    *,
    media_type: str,
    suffix: str,
) -> Response:
    """Serve what is too much to be held: it is sent as it is made, from one generation.

    What fails on the way ends the connection without the end of the body, so that nobody takes a
    part for the whole.

    Args:
        request: the request, admitted.
        parameters: its parameters, valid.
        form: the representation, for the ETag.
        parts: what gives the body, piece by piece.
        media_type: of the body.
        suffix: what the name of the file ends with.
    """
    services: Services = request.app.state.services
    principal: Principal = request.state.principal
    _refuse_repeated(request)
    generation = services.generations.current()
    digest = _digest(principal, f"{request.url.path} {principal.role}", parameters, form)
    etag = etag_of(generation.id, digest)
    common = {**headers_of(generation), "ETag": etag}
    if matches(request.headers.get("if-none-match", "").encode(), etag.encode()):
        return Response(status_code=304, headers=common)

    def body() -> Generator[bytes]:
        with services.generations.connect(generation) as connection:
            yield from parts(connection, generation)

    disposition = f'attachment; filename="tillhouse-{generation.id}{suffix}"'
    headers = {**common, "Content-Disposition": disposition}
    return StreamingResponse(_closing(body()), headers=headers, media_type=media_type)


async def _closing(body: Generator[bytes]) -> AsyncIterator[bytes]:
    """Send the pieces of a body; whoever leaves in the middle leaves no connection open."""
    try:
        async for part in iterate_in_threadpool(body):
            yield part
    finally:
        body.close()


def _refuse_repeated(request: Request) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if names.count(name) > 1:
            raise InvalidParameterError(f"{name} is given more than once", param=name)


def _resolve(request: Request, services: Services, parameters: Parameters, scope: str) -> Question:
    cursor_text = parameters.cursor if isinstance(parameters, ListParameters) else None
    limit = parameters.limit if isinstance(parameters, ListParameters) else 1000
    if cursor_text is None:
        # What stands before the routes may have resolved it already; once is once.
        resolved = getattr(request.state, "generation", None)
        return Question(resolved or services.generations.current(), None, limit)
    cursor = services.cursors.read(cursor_text, scope)
    generation = services.generations.get(cursor.generation)
    if generation is None:
        raise CursorExpiredError(
            f"generation {cursor.generation} is no longer kept: start again without the cursor",
            param="cursor",
        )
    return Question(generation, cursor.after, limit)


def _digest(principal: Principal, scope: str, parameters: Closed, form: str) -> str:
    scopes = " ".join(sorted(principal.scopes))
    parts = (SHAPE, scope, scopes, parameters.canonical(), form)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _response(request: Request, answer: Answer, outcome: Outcome) -> Response:
    note_outcome(request.scope, outcome)
    headers, body = answer.variant(request.headers.get("accept-encoding", "").encode())
    response = Response(body)
    response.raw_headers = [*headers, (b"x-cache", outcome.encode())]
    return response


def _next_cursor(services: Services, question: Question, page: Page, scope: str) -> str | None:
    if page.after is None:
        return None
    return services.cursors.write(Cursor(question.generation.id, page.after), scope)


def _encoded(
    request: Request, question: Question, page: Page, form: Format, next_cursor: str | None
) -> tuple[dict[str, str], bytes]:
    headers = {"Content-Type": CONTENT_TYPES[form]}
    if form == "json":
        return headers, to_json(envelope(page, next_cursor, question.generation))
    name = request.url.path.removeprefix("/v1/").replace("/", "-")
    file_name = f"{name}-{question.generation.id}.{form}"
    headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    if next_cursor is not None:
        query = urlencode({**request.query_params, "cursor": next_cursor})
        headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    rows = [flat(row, page.columns) for row in page.rows]
    return headers, TABULAR[form](page.columns, rows, meta_of_page(page, question.generation))
