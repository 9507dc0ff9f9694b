"""The reader as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from reader.auth import Authenticator
from reader.cursors import CursorSigner
from reader.database import Published
from reader.deliveries import Deliveries
from reader.description import completed
from reader.errors import (
    InvalidParameterError,
    MethodNotAllowedError,
    NotFoundError,
    ReaderError,
    SpanTooLongError,
    UnknownParameterError,
    problem,
)
from reader.middleware import Guard, Surroundings, request_id
from reader.pipeline import Services
from reader.routes import (
    alerts,
    catalogue,
    churn,
    costs,
    customers,
    dashboard,
    export,
    generations,
    health,
    kpis,
    listings,
    margin,
    metrics,
    revenue,
    session,
    usage,
    webhooks,
)
from warehouse.operations import Inbox, OperationsStore
from warehouse.settings import Settings

ROUTERS = tuple(
    module.router
    for module in (
        health,
        session,
        kpis,
        revenue,
        churn,
        usage,
        costs,
        margin,
        customers,
        listings,
        alerts,
        generations,
        export,
        catalogue,
        metrics,
        webhooks,
        dashboard,
    )
)

# All that is served without a token. None of it holds data; a test walks every route. Webhooks are
# let in by Stripe's signature instead, which their route checks before anything else.
PUBLIC = (
    ("GET", "/"),
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("POST", "/v1/session"),
    ("POST", "/v1/webhooks/stripe"),
)


class Reader(FastAPI):
    """The application; its description is completed by `reader.description`."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = completed(super().openapi(), frozenset(PUBLIC))
        return self.openapi_schema


def create_app(settings: Settings) -> FastAPI:
    """Return the reader's application.

    Args:
        settings: where the generations, the secrets and the API keys are.
    """
    authenticator = Authenticator(settings)
    published = Published(settings)
    app = Reader(
        title="Tillhouse reader",
        version="1",
        openapi_url="/openapi.json",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Surroundings),
            *_cross_origin(settings),
            Middleware(GZipMiddleware, minimum_size=1024),
            Middleware(Guard, authenticator=authenticator, public=PUBLIC),
        ],
        exception_handlers={
            ReaderError: _reader_error,
            RequestValidationError: _validation_error,
            HTTPException: _http_error,
        },
    )
    app.state.authenticator = authenticator
    app.state.settings = settings
    app.state.services = Services(
        generations=published,
        cursors=CursorSigner(settings.reader_jwt_secret_value()),
        deliveries=Deliveries(Inbox(OperationsStore(settings))),
    )
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=dashboard.STATIC), name="static")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    services: Services = app.state.services
    services.generations.close()


def _cross_origin(settings: Settings) -> list[Middleware]:
    """Let pages of the named origins read the API with a token; a cookie never crosses origins."""
    if not settings.reader_allowed_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.reader_allowed_origins,
            allow_methods=["GET"],
            allow_headers=["Authorization", "If-None-Match", "X-Request-Id"],
            expose_headers=["ETag", "Link", "X-As-Of", "X-Generation", "X-Request-Id"],
        )
    ]


async def _reader_error(request: Request, error: Exception) -> Response:
    return problem(cast("ReaderError", error), request_id(request.scope))


async def _validation_error(request: Request, error: Exception) -> Response:
    first = cast("RequestValidationError", error).errors()[0]
    name = str(first["loc"][1]) if len(first["loc"]) > 1 else None
    message = str(first["msg"]).removeprefix("Value error, ")
    refusal: InvalidParameterError
    if first["type"] == "extra_forbidden":
        refusal = UnknownParameterError(f"{name} is not a parameter of this route", param=name)
    elif first["type"] == "span_too_long":
        refusal = SpanTooLongError(message, param="from")
    else:
        refusal = InvalidParameterError(f"{name or 'from'}: {message}", param=name or "from")
    return problem(refusal, request_id(request.scope))


async def _http_error(request: Request, error: Exception) -> Response:
    status = cast("HTTPException", error).status_code
    path = request.url.path
    refusal: ReaderError
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = cast("HTTPException", error).headers
        refusal = MethodNotAllowedError(f"{path} does not take {request.method}", headers=headers)
    elif status == HTTPStatus.NOT_FOUND:
        refusal = NotFoundError(f"there is nothing at {path}")
    else:
        refusal = ReaderError("the request could not be served")
        refusal.status = status
    return problem(refusal, request_id(request.scope))
