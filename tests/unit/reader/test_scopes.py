"""Every route with every role and scope: what is not declared here is not served."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.routing import APIRoute
from served import Client, token
from starlette.routing import Mount, Route
from whole import publish_whole

from reader.app import PUBLIC, create_app
from reader.auth import COOKIE
from reader.scopes import SCOPES, effective_scopes, required_scope
from warehouse.operations import ApiKeys, OperationsStore
from warehouse.settings import Settings, load_settings

# What each route asks for. A new route is written down here, or this test fails.
DECLARED = {
    ("GET", "/"): "public",
    ("GET", "/livez"): "public",
    ("GET", "/readyz"): "public",
    ("GET", "/metrics"): "read",
    ("GET", "/status"): "read",
    ("GET", "/openapi.json"): "read",
    ("POST", "/v1/session"): "public",
    ("GET", "/v1/session"): "read",
    ("DELETE", "/v1/session"): "read",
    ("POST", "/v1/webhooks/stripe"): "public",
    ("GET", "/v1/marts"): "read",
    ("GET", "/v1/freshness"): "read",
    ("GET", "/v1/kpis"): "read",
    ("GET", "/v1/kpis/summary"): "read",
    ("GET", "/v1/revenue/mrr"): "read",
    ("GET", "/v1/revenue/movements"): "read",
    ("GET", "/v1/revenue/definitions"): "read",
    ("GET", "/v1/revenue/cash"): "read",
    ("GET", "/v1/revenue/recognition"): "read",
    ("GET", "/v1/revenue/balance"): "read",
    ("GET", "/v1/revenue/payouts"): "read",
    ("GET", "/v1/revenue/invoices"): "customers",
    ("GET", "/v1/churn/retention"): "read",
    ("GET", "/v1/churn/cohorts"): "read",
    ("GET", "/v1/churn/events"): "customers",
    ("GET", "/v1/churn/dunning"): "customers",
    ("GET", "/v1/churn/trials"): "customers",
    ("GET", "/v1/usage/daily"): "read",
    ("GET", "/v1/usage/active-users"): "read",
    ("GET", "/v1/usage/credits"): "read",
    ("GET", "/v1/usage/api-logs"): "customers",
    ("GET", "/v1/usage/credit-lots"): "customers",
    ("GET", "/v1/costs/providers"): "read",
    ("GET", "/v1/costs/providers/summary"): "read",
    ("GET", "/v1/costs/videos"): "customers",
    ("GET", "/v1/costs/rates"): "read",
    ("GET", "/v1/margin"): "read",
    ("GET", "/v1/metrics/{metric}/explain"): "customers",
    ("GET", "/v1/customers"): "customers",
    ("GET", "/v1/customers/{customer_key}"): "customers",
    ("GET", "/v1/events"): "read",
    ("GET", "/v1/revenue/payments"): "customers",
    ("GET", "/v1/revenue/refunds"): "customers",
    ("GET", "/v1/revenue/disputes"): "customers",
    ("GET", "/v1/churn/subscription-events"): "customers",
    ("GET", "/v1/plans"): "read",
    ("GET", "/v1/margin/unit-economics"): "read",
    ("GET", "/v1/restatements"): "read",
    ("GET", "/v1/data-quality"): "read",
    ("GET", "/v1/data-quality/unknown-values"): "read",
    ("GET", "/v1/reconciliations/invoices"): "customers",
    ("GET", "/v1/reconciliations/payouts"): "read",
    ("GET", "/v1/reconciliations/recognition"): "customers",
    ("GET", "/v1/reconciliations"): "read",
    ("GET", "/v1/alerts"): "read",
    ("POST", "/v1/alerts/{id}:acknowledge"): "customers",
    ("GET", "/v1/generations"): "read",
    ("POST", "/v1/generations/{id}:activate"): "admin",
    ("GET", "/v1/audit"): "admin",
    ("GET", "/v1/export.zip"): "export",
}

# Addresses that are near a listed one, or that a parameter turns into single customers' rows.
OTHERS = [
    ("GET", "/v1/customersx", {}, "read"),
    ("HEAD", "/v1/customers/u_1", {}, "customers"),
    ("DELETE", "/v1/customers/u_1", {}, "admin"),
    ("POST", "/v1/anything", {}, "admin"),
    ("PATCH", "/v1/kpis", {}, "admin"),
    ("GET", "/v1/revenue/movements", {"grain": "day"}, "read"),
    ("GET", "/v1/revenue/movements", {"customer_key": "u_1"}, "customers"),
    ("GET", "/v1/margin", {"dimension": "plan"}, "read"),
    ("GET", "/v1/margin", {"dimension": "customer"}, "customers"),
]


@pytest.fixture(scope="module")
def served_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of a home with every mart: each route is asked, and answers."""
    settings = load_settings(tillhouse_home=tmp_path_factory.mktemp("scopes"))
    publish_whole(settings)
    return settings


@pytest.fixture(scope="module")
def routes(client: Client) -> list[tuple[str, str]]:
    """Return every method and path that the application serves."""
    return list(_routes(client.app.routes))


def _routes(found: list[object]) -> Iterator[tuple[str, str]]:
    for route in found:
        if isinstance(route, Mount):
            assert route.path in {"/static", "/socket.io"}, f"{route.path} is mounted undeclared"
        elif isinstance(route, APIRoute | Route):
            yield from ((m, route.path) for m in sorted(route.methods or ()) if m != "HEAD")
        else:
            # FastAPI keeps an included router as one entry, with its routes inside.
            yield from _routes(route.original_router.routes)


def test_every_route_is_declared_with_its_scope(routes):
    assert len(routes) > 15
    for method, path in routes:
        declared = DECLARED.get((method, path))
        assert declared is not None, f"{method} {path} is not declared"
        assert ((method, path) in PUBLIC) == (declared == "public")
        if declared != "public":
            assert required_scope(method, path) == declared, f"{method} {path}"


@pytest.mark.parametrize(("method", "path", "query", "scope"), OTHERS)
def test_an_address_asks_for_its_scope(method, path, query, scope):
    assert required_scope(method, path, query) == scope


def test_an_unknown_address_is_closed_to_who_has_no_token(client):
    assert Client(client.app, None).get("/v1/anything").status_code == 401


def test_one_customers_rows_are_closed_to_who_may_only_read_totals(client, served_settings):
    bearer = token(served_settings, scopes=["read"])
    assert _answer(client, "GET", "/v1/revenue/movements", bearer)[0] == 200
    assert _answer(client, "GET", "/v1/revenue/movements?customer_key=u_1", bearer)[0] == 403


def _answer(client: Client, method: str, path: str, bearer: str | None) -> tuple[int, str]:
    answer = Client(client.app, bearer).request(method, path)
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    return answer.status_code, answer.json()["detail"] if is_problem else ""


@pytest.mark.parametrize("held", SCOPES)
def test_every_route_takes_its_scope_and_no_other(client, served_settings, routes, held):
    bearer = token(served_settings, scopes=[held])
    granted = effective_scopes([held])
    # Reading is refused by the address alone, whether or not anything is there.
    extra = [r for r, scope in DECLARED.items() if r[0] == "GET" and scope != "read"]
    for method, path in [*routes, *extra]:
        needed = DECLARED[method, path]
        if needed == "public":
            continue
        status, detail = _answer(client, method, path, bearer)
        if needed in granted:
            assert status not in (401, 403), (method, path, detail)
        else:
            assert status == 403, (method, path)
            assert f"the scope {needed} is needed" in detail


def test_no_route_opens_to_who_does_not_hold(client, served_settings, routes):
    """Anonymous, another role, expired, revoked: none gets past the guard anywhere."""
    store = OperationsStore(served_settings)
    keys = ApiKeys(store)
    revoked = keys.create("gone", scopes=frozenset(SCOPES))
    keys.revoke(keys.find(revoked).key_id)
    now = int(datetime.now(UTC).timestamp())
    bearers = {
        None: 401,
        token(served_settings, scopes=list(SCOPES), exp=now - 1): 401,
        revoked: 401,
        keys.create("past", scopes=frozenset(SCOPES), expires_at=datetime.now(UTC)): 401,
        token(served_settings, role="USER", scopes=list(SCOPES)): 403,
        keys.create("guest", role="USER", scopes=frozenset(SCOPES)): 403,
    }
    for method, path in [*routes, *DECLARED]:
        if DECLARED[method, path] == "public":
            continue
        for bearer, expected in bearers.items():
            assert _answer(client, method, path, bearer)[0] == expected, (method, path)


def test_a_session_writes_nowhere_without_its_proof(client, served_settings):
    bearer = token(served_settings, scopes=list(SCOPES))
    browser = Client(client.app, None)
    opened = browser.request("POST", "/v1/session", json={"token": bearer})
    cookie = {"Cookie": f"{COOKIE}={opened.cookies[COOKIE]}"}
    proof = {"X-CSRF-Token": opened.json()["csrf_token"]}
    for (method, path), scope in DECLARED.items():
        if method == "GET" or scope == "public" or path == "/v1/session":
            continue
        assert browser.request(method, path, headers=cookie).status_code == 403
        assert browser.request(method, path, headers={**cookie, **proof}).status_code != 403


def test_who_names_no_data_scope_reads_everything_and_who_does_only_that():
    assert effective_scopes([]) == {"read", "customers"}
    assert effective_scopes(["export"]) == {"read", "customers", "export"}
    assert effective_scopes(["read"]) == {"read"}
    assert effective_scopes(["customers"]) == {"read", "customers"}
    assert effective_scopes(["read", "admin", "root"]) == {"read", "admin"}


def test_a_session_holds_what_its_token_held(client, served_settings):
    bearer = token(served_settings, scopes="read")
    browser = Client(client.app, None)
    opened = browser.request("POST", "/v1/session", json={"token": bearer})
    cookie = {"Cookie": f"{COOKIE}={opened.cookies[COOKIE]}"}
    assert browser.get("/v1/kpis", headers=cookie).status_code == 200
    assert browser.get("/v1/customers", headers=cookie).status_code == 403


def test_a_writing_route_that_is_not_listed_asks_for_admin(served_settings):
    app = create_app(served_settings)

    async def change() -> dict[str, str]:
        return {}

    app.add_api_route("/v1/anything/{name}", change, methods=["POST"])
    may_read = Client(app, token(served_settings))
    assert may_read.request("POST", "/v1/anything/x").status_code == 403
    may_change = Client(app, token(served_settings, scopes=["admin"]))
    assert may_change.request("POST", "/v1/anything/x").status_code == 200
    # Where nothing takes the method, that is what is said.
    assert may_read.request("POST", "/v1/kpis").status_code == 405
    assert may_read.request("DELETE", "/v1/nothing").status_code == 404


def test_a_route_that_is_not_declared_would_be_noticed(served_settings):
    app = create_app(served_settings)
    app.add_api_route("/v1/new", lambda: None, methods=["GET"])
    assert ("GET", "/v1/new") in list(_routes(app.routes))
    assert ("GET", "/v1/new") not in DECLARED
    later = datetime.now(UTC) + timedelta(hours=1)
    assert Client(app, None).get(f"/v1/new?at={later:%Y}").status_code == 401
