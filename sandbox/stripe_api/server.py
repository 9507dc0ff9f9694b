"""The ASGI application: Stripe's GET endpoints over an account's objects, or several accounts'."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox.stripe_api.access import ApiKey, Keys, RateLimits, check_permission
from sandbox.stripe_api.answers import Answers, Endpoint
from sandbox.stripe_api.errors import (
    ApiError,
    forbidden,
    invalid_request,
    unknown_url,
    wrong_account,
)
from sandbox.stripe_api.faults import Fault, FaultPlan
from sandbox.stripe_api.log import Logged, RequestLog
from sandbox.stripe_api.params import parse_query
from sandbox.stripe_api.render import Json
from sandbox.stripe_api.responses import FaultyResponse
from sandbox.stripe_api.store import ObjectStore
from sandbox.stripe_api.versions import PINNED_VERSION, is_version


@dataclass(frozen=True, slots=True)
class _Account:
    """An account that can be asked: its objects, and its endpoints by path."""

    account_id: str
    store: ObjectStore
    endpoints: Mapping[str, Endpoint]


class Accounts:
    """The account the keys belong to, and those connected to it.

    Args:
        store: the account's objects.
        connected: the objects of connected accounts, by account id; may grow meanwhile.
        event_lag_seconds: how long after its moment an event appears in lists.
    """

    def __init__(
        self, store: ObjectStore, connected: Mapping[str, ObjectStore], event_lag_seconds: int
    ) -> None:
        self._store = store
        self._connected = connected
        self._event_lag_seconds = event_lag_seconds
        self._endpoints = _by_path(Answers(store, event_lag_seconds, connected))
        self._met: dict[str, _Account] = {}

    def endpoints(self) -> Iterable[Endpoint]:
        """Return every URL there is; each account has the same ones."""
        return self._endpoints.values()

    def asked(self, account_id: str | None, key: ApiKey) -> _Account:
        """Return the account that a request is about.

        Args:
            account_id: what ``Stripe-Account`` says; None without the header.
            key: of the request.

        Raises:
            ApiError: 403 for an account that is not connected.
        """
        own = self._own_id()
        if account_id is None or account_id == own:
            return _Account(own, self._store, self._endpoints)
        store = self._connected.get(account_id)
        if store is None:
            raise wrong_account(key.secret, account_id)
        met = self._met.get(account_id)
        if met is None or met.store is not store:
            endpoints = _by_path(Answers(store, self._event_lag_seconds))
            met = self._met[account_id] = _Account(account_id, store, endpoints)
        return met

    def _own_id(self) -> str:
        accounts = self._store.table("account").order()
        return accounts[0][2] if accounts else ""


def _by_path(answers: Answers) -> dict[str, Endpoint]:
    return {endpoint.path: endpoint for endpoint in answers.endpoints()}


class StripeApi:
    """Everything between a request and an answer: key, account, limits, faults, version."""

    def __init__(
        self,
        accounts: Accounts,
        keys: Keys,
        limits: RateLimits | None,
        faults: FaultPlan | None,
        log: RequestLog,
    ) -> None:
        self._accounts = accounts
        self._keys = keys
        self._limits = limits
        self._faults = faults
        self._log = log
        self._numbers = itertools.count(1)

    def handler(self, path: str) -> Callable[[Request], Awaitable[Response]]:
        """Return what Starlette calls for the endpoint of a path."""

        async def handle(request: Request) -> Response:
            version = request.headers.get("stripe-version", PINNED_VERSION)
            planned: list[Fault] = []
            try:
                key = self._keys.authenticate(request.headers.get("authorization"))
                account = self._accounts.asked(request.headers.get("stripe-account"), key)
                planned = self._faults.next_call(path) if self._faults else []
                await _misbehave(planned, key, account, path)
                if self._limits:
                    self._limits.check(path, account.account_id)
                body, status, headers = _answer(account, path, request, key, version), 200, {}
            except ApiError as error:
                body, status, headers = error.body(), error.status, error.headers
            self._note(request, path, status)
            return FaultyResponse(
                orjson.dumps(body), status, self._headers(version) | headers, planned
            )

        return handle

    async def refuse(self, request: Request) -> Response:
        """Answer any URL or method there is not."""
        error = unknown_url(request.method, request.url.path)
        self._note(request, "", error.status)
        headers = self._headers(PINNED_VERSION)
        return FaultyResponse(orjson.dumps(error.body()), error.status, headers, ())

    def _note(self, request: Request, path: str, status: int) -> None:
        account_id = request.headers.get("stripe-account", "")
        url = request.url
        self._log.add(Logged(request.method, path, url.path, url.query, status, account_id))

    def _headers(self, version: str) -> dict[str, str]:
        return {
            "Request-Id": f"req_{next(self._numbers):014d}",
            "Stripe-Version": version,
            "Cache-Control": "no-cache, no-store",
        }


async def _misbehave(planned: Sequence[Fault], key: ApiKey, account: _Account, path: str) -> None:
    """Do what the plan of faults says before an answer is made.

    Raises:
        ApiError: if a fault puts an error in its place.
    """
    refusal = forbidden(key.secret, account.account_id, account.endpoints[path].permission)
    for fault in planned:
        if fault.before:
            await asyncio.to_thread(fault.before)
        if fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        error = fault.error(refusal)
        if error:
            raise error


def _answer(account: _Account, path: str, request: Request, key: ApiKey, version: str) -> Json:
    if not is_version(version):
        raise invalid_request(f"Invalid Stripe API version: {version}")
    endpoint = account.endpoints[path]
    check_permission(key, endpoint.permission, account.account_id)
    with account.store.lock:
        params = parse_query(request.url.query)
        return endpoint.answer(request.path_params, params, version)


def create_app(  # noqa: PLR0913 - what a sandbox can be told to do
    store: ObjectStore,
    *,
    api_keys: Iterable[str | ApiKey],
    connected: Mapping[str, ObjectStore] | None = None,
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
        connected: the objects of accounts connected to it, by account id, each with the account's
            own object; the ``Stripe-Account`` header picks one. None unless it is a platform.
        limits: rate limits, counted for each account; none unless given.
        faults: what goes wrong on purpose; nothing unless given. Dropped connections need a server
            with :class:`AbortableProtocol`, as :func:`serve` has.
        event_lag_seconds: how long after its moment an event appears in lists.
        control: gives the routes served under ``/_sandbox``, which need no key.
        log: where requests are counted; also found as ``app.state.log``.
    """
    log = log if log is not None else RequestLog()
    accounts = Accounts(store, connected if connected is not None else {}, event_lag_seconds)
    api = StripeApi(accounts, Keys(api_keys), limits, faults, log)
    routes: list[BaseRoute] = [Mount("/_sandbox", routes=control())] if control else []
    routes.extend(
        Route(endpoint.path, api.handler(endpoint.path), methods=["GET"])
        for endpoint in accounts.endpoints()
    )
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    routes.append(Route("/{path:path}", api.refuse, methods=methods))
    app = Starlette(routes=routes)
    app.state.log = log
    return app
