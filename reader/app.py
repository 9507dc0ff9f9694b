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
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from reader.audit import Auditor
from reader.auth import Authenticator
from reader.cache import KnownAnswers, KnownQuestions, open_cache
from reader.cursors import CursorSigner
from reader.database import Generation, Published
from reader.deliveries import Deliveries
from reader.description import completed
from reader.errors import (
    InvalidParameterError,
    MethodNotAllowedError,
    NoGenerationError,
    NotFoundError,
    ReaderError,
    SpanTooLongError,
    UnknownParameterError,
    problem,
)
from reader.guard import Guard, Protection
from reader.limits import Limiter, Slots
from reader.live.draining import ending_on_signals
from reader.live.live import Live
from reader.live.sockets import PATH
from reader.metrics import Measured, keeping_gauges
from reader.middleware import Surroundings, request_id
from reader.pipeline import Services
from reader.routes import (
    alerts,
    catalogue,
    churn,
    costs,
    customers,
    dashboard,
    events,
    export,
    generations,
    health,
    kpis,
    listings,
    margin,
    metrics,
    operations,
    revenue,
    session,
    usage,
    webhooks,
)
from warehouse.operations import AuditLog, Inbox, OperationsStore
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
        events,
        operations,
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

    _described: str | None = None

    def openapi(self) -> dict[str, Any]:
        """Return the description, made once for each generation: rows have its tables' columns."""
        generation = self._generation()
        described = generation.id if generation is not None else ""
        if self._described != described:
            self.openapi_schema = None
            completed(super().openapi(), frozenset(PUBLIC), generation)
            self._described = described
        return super().openapi()

    def _generation(self) -> Generation | None:
        services: Services = self.state.services
        try:
            return services.generations.current()
        except NoGenerationError:
            return None


def create_app(settings: Settings, *, alone: bool = True) -> FastAPI:
    """Return the reader's application.

    Args:
        settings: where the generations, the secrets and the API keys are.
        alone: whether this is the only process that serves its address.
    """
    inbox = Inbox(OperationsStore(settings))
    services = Services(
        generations=Published(settings),
        cursors=CursorSigner(settings.reader_jwt_secret_value()),
        deliveries=Deliveries(inbox),
        cache=open_cache(settings),
        questions=KnownQuestions(),
    )
    protection = Protection(
        authenticator=Authenticator(settings),
        limiter=Limiter(settings),
        auditor=Auditor(AuditLog(settings)),
        pseudonym_key=settings.pseudonym_key_value(),
        exports=Slots(1, 2, "exports"),
        streams=Slots(8, 500, "live connections"),
    )
    app = Reader(
        title="Tillhouse reader",
        version="1",
        openapi_url="/openapi.json",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(Measured),
            *_behind_proxies(settings),
            Middleware(Surroundings),
            *_cross_origin(settings),
            Middleware(GZipMiddleware, minimum_size=1024),
            Middleware(Guard, protection=protection, public=PUBLIC),
            Middleware(
                KnownAnswers,
                cache=services.cache,
                questions=services.questions,
                generations=services.generations,
            ),
        ],
        exception_handlers={
            ReaderError: _reader_error,
            RequestValidationError: _validation_error,
            HTTPException: _http_error,
        },
    )
    app.state.authenticator = protection.authenticator
    app.state.protection = protection
    app.state.settings = settings
    app.state.services = services
    app.state.live = Live(settings, services.generations, inbox, protection, alone=alone)
    for router in ROUTERS:
        app.include_router(router)
    app.mount(PATH, app.state.live.sockets)
    app.mount("/static", StaticFiles(directory=dashboard.STATIC), name="static")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    live: Live = app.state.live
    async with live.running(), keeping_gauges(app):
        with ending_on_signals(live):
            yield
    protection: Protection = app.state.protection
    await protection.auditor.flush()
    services: Services = app.state.services
    services.cache.close()
    services.generations.close()


def _behind_proxies(settings: Settings) -> list[Middleware]:
    """Believe X-Forwarded-For and -Proto of the named proxies, and of nobody else."""
    if not settings.reader_trusted_proxies:
        return []
    trusted = list(settings.reader_trusted_proxies)
    return [Middleware(ProxyHeadersMiddleware, trusted_hosts=trusted)]


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
