"""The way of every data request, in one order: validate, resolve, ETag, query, answer.

Authentication and authorisation have happened (`reader.middleware.Guard`), parameters are typed
(`reader.params`). An ETag is known before any query runs: a generation never changes, so it is the
hash of the generation, the route, the parameters, the role, the representation and this code.
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
from reader.cursors import Cursor, CursorSigner
from reader.database import Connection, Generation, Published
from reader.deliveries import Deliveries
from reader.envelope import Page, envelope
from reader.errors import CursorExpiredError, InvalidParameterError
from reader.middleware import note_timing
from reader.params import Closed, Format, ListParameters, Parameters
from reader.representations import (
    CONTENT_TYPES,
    MEDIA_TYPES,
    TABULAR,
    flat,
    instant,
    negotiate,
    to_json,
)

VARY = "Authorization, Cookie, Accept, Accept-Encoding"
JSON_ONLY: tuple[Format, ...] = ("json",)
CACHE_CONTROL = "private, no-cache"

# Raised when the bytes of an unchanged generation change: a new column, another order.
SHAPE = "2"


@dataclass(frozen=True)
class Services:
    """What the routes need, built once per application."""

    generations: Published
    cursors: CursorSigner
    deliveries: Deliveries


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
    question = _resolve(services, parameters, scope)
    headers = _headers(question.generation)
    if is_timeless:
        headers["ETag"] = _etag(question.generation, scope, parameters, form)
        if _matches(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
    started = time.perf_counter()
    with services.generations.connect(question.generation) as connection:
        page = query(connection, question)
    note_timing(request, "query", started)
    cursor = _next_cursor(services, question, page, scope)
    response = _encoded(request, question, page, form, cursor)
    response.headers.update(headers)
    return response


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
    scope = f"{request.url.path} {principal.role}"
    etag = _etag(generation, scope, parameters, form)
    common = {**_headers(generation), "ETag": etag}
    if _matches(request.headers.get("if-none-match"), etag):
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


def _resolve(services: Services, parameters: Parameters, scope: str) -> Question:
    if not isinstance(parameters, ListParameters):
        return Question(services.generations.current(), None, 1000)
    if parameters.cursor is None:
        return Question(services.generations.current(), None, parameters.limit)
    cursor = services.cursors.read(parameters.cursor, scope)
    generation = services.generations.get(cursor.generation)
    if generation is None:
        raise CursorExpiredError(
            f"generation {cursor.generation} is no longer kept: start again without the cursor",
            param="cursor",
        )
    return Question(generation, cursor.after, parameters.limit)


def _headers(generation: Generation) -> dict[str, str]:
    return {
        "Cache-Control": CACHE_CONTROL,
        "Vary": VARY,
        "X-Generation": generation.id,
        "X-As-Of": instant(generation.as_of),
    }


def _etag(generation: Generation, scope: str, parameters: Closed, form: str) -> str:
    parts = (SHAPE, generation.id, scope, parameters.canonical(), form)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    # Weak: the same rows may travel compressed or not.
    return f'W/"{digest[:32]}"'


def _matches(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    opaque = etag.removeprefix("W/")
    given = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in given or opaque in given


def _next_cursor(services: Services, question: Question, page: Page, scope: str) -> str | None:
    if page.after is None:
        return None
    return services.cursors.write(Cursor(question.generation.id, page.after), scope)


def _encoded(
    request: Request, question: Question, page: Page, form: Format, next_cursor: str | None
) -> Response:
    if form == "json":
        body = to_json(envelope(page, next_cursor, question.generation))
        return Response(body, media_type=CONTENT_TYPES[form])
    name = request.url.path.removeprefix("/v1/").replace("/", "-")
    file_name = f"{name}-{question.generation.id}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    if next_cursor is not None:
        query = urlencode({**request.query_params, "cursor": next_cursor})
        headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    rows = [flat(row, page.columns) for row in page.rows]
    body = TABULAR[form](page.columns, rows)
    return Response(body, headers=headers, media_type=CONTENT_TYPES[form])
