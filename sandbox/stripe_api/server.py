"""The ASGI application: Stripe's GET endpoints over an object store."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Sequence

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from sandbox.stripe_api.access import ApiKey, Keys, RateLimits, check_permission
from sandbox.stripe_api.answers import Answers, Endpoint
from sandbox.stripe_api.errors import ApiError, invalid_request, unknown_url, wrong_account
from sandbox.stripe_api.faults import FaultPlan
from sandbox.stripe_api.log import Logged, RequestLog
from sandbox.stripe_api.params import parse_query
from sandbox.stripe_api.render import Json
from sandbox.stripe_api.store import ObjectStore
from sandbox.stripe_api.versions import PINNED_VERSION, is_version


class _CutResponse(Response):
    """Half an answer, and then nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


class StripeApi:
    """Everything between a request and an answer: key, limits, faults, version, account."""

    def __init__(
        self,
        store: ObjectStore,
        keys: Keys,
        limits: RateLimits | None,
        faults: FaultPlan | None,
        log: RequestLog,
    ) -> None:
        self._store = store
        self._keys = keys
        self._limits = limits
        self._faults = faults
        self._log = log
        self._numbers = itertools.count(1)

    def handler(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """Return what Starlette calls for an endpoint."""

        async def handle(request: Request) -> Response:
            version = request.headers.get("stripe-version", PINNED_VERSION)
            cut = False
            try:
                key = self._keys.authenticate(request.headers.get("authorization"))
                cut = await self._misbehave(endpoint)
                if self._limits:
                    self._limits.check(endpoint.path)
                body, status, headers = self._answer(endpoint, request, key, version), 200, {}
            except ApiError as error:
                body, status, headers = error.body(), error.status, error.headers
            self._log.add(
                Logged(request.method, endpoint.path, request.url.path, request.url.query, status)
            )
            kind = _CutResponse if cut else Response
            return kind(
                orjson.dumps(body),
                status_code=status,
                media_type="application/json",
                headers=self._headers(version) | headers,
            )

        return handle

    async def refuse(self, request: Request) -> Response:
        """Answer any URL or method there is not."""
        error = unknown_url(request.method, request.url.path)
        self._log.add(Logged(request.method, "", request.url.path, request.url.query, error.status))
        return Response(
            orjson.dumps(error.body()),
            status_code=error.status,
            media_type="application/json",
            headers=self._headers(PINNED_VERSION),
        )

    async def _misbehave(self, endpoint: Endpoint) -> bool:
        """Do what the plan of faults says; return whether to cut the connection."""
        planned = self._faults.next_call(endpoint.path) if self._faults else []
        for fault in planned:
            if fault.delay_seconds:
                await asyncio.sleep(fault.delay_seconds)
            error = fault.error()
            if error:
                raise error
        return any(fault.cut for fault in planned)

    def _answer(self, endpoint: Endpoint, request: Request, key: ApiKey, version: str) -> Json:
        if not is_version(version):
            raise invalid_request(f"Invalid Stripe API version: {version}")
        account_id = self._own_account()
        asked = request.headers.get("stripe-account")
        if asked is not None and asked != account_id and not self._store.get("account", asked):
            raise wrong_account(key.secret, asked)
        check_permission(key, endpoint.permission, account_id)
        with self._store.lock:
            params = parse_query(request.url.query)
            return endpoint.answer(request.path_params, params, version)

    def _own_account(self) -> str:
        accounts = self._store.table("account").order()
        return accounts[0][2] if accounts else ""

    def _headers(self, version: str) -> dict[str, str]:
        return {
            "Request-Id": f"req_{next(self._numbers):014d}",
            "Stripe-Version": version,
            "Cache-Control": "no-cache, no-store",
        }


def create_app(
    store: ObjectStore,
    *,
    api_keys: Iterable[str | ApiKey],
    limits: RateLimits | None = None,
    faults: FaultPlan | None = None,
    event_lag_seconds: int = 0,
    control: Callable[[], Sequence[BaseRoute]] | None = None,
    log: RequestLog | None = None,
) -> Starlette:
    """Return the Stripe API of an account as an ASGI application.

    Args:
        store: the account's objects; may change while the application serves.
        api_keys: what it accepts; plain strings may read everything.
        limits: rate limits; none unless given.
        faults: what goes wrong on purpose; nothing unless given.
        event_lag_seconds: how long after its moment an event appears in lists.
        control: gives the routes served under ``/_sandbox``, which need no key.
        log: where requests are counted; also found as ``app.state.log``.
    """
    log = log if log is not None else RequestLog()
    api = StripeApi(store, Keys(api_keys), limits, faults, log)
    routes: list[BaseRoute] = [Mount("/_sandbox", routes=control())] if control else []
    routes.extend(
        Route(endpoint.path, api.handler(endpoint), methods=["GET"])
        for endpoint in Answers(store, event_lag_seconds).endpoints()
    )
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    routes.append(Route("/{path:path}", api.refuse, methods=methods))
    app = Starlette(routes=routes)
    app.state.log = log
    return app
