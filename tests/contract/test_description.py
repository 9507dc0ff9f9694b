"""The API's description against the API: whatever it allows is answered as it says.

Schemathesis makes the requests, valid and invalid, from a fixed seed and in this process.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import (
    ignored_auth,
    negative_data_rejection,
    not_a_server_error,
    unsupported_method,
)
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from served import client_for
from whole import publish_whole

from reader.app import PUBLIC, ROUTERS
from reader.scopes import SCOPES
from reader.surface import SURFACE
from warehouse.settings import load_settings

ROUTES = {
    "/v1/marts",
    "/v1/kpis",
    *(f"/v1/revenue/{n}" for n in ("mrr", "movements", "definitions", "cash", "recognition")),
    *(f"/v1/revenue/{name}" for name in ("balance", "payouts", "invoices")),
    *(f"/v1/churn/{name}" for name in ("retention", "cohorts", "events", "dunning", "trials")),
    *(f"/v1/usage/{name}" for name in ("daily", "active-users", "credits", "api-logs")),
    *(f"/v1/costs/{name}" for name in ("providers", "videos", "rates")),
    "/v1/margin",
    "/v1/customers",
    "/v1/customers/{customer_key}",
    "/v1/metrics/{metric}/explain",
    "/v1/freshness",
    "/v1/alerts",
    "/v1/alerts/{id}:acknowledge",
    "/v1/generations",
    "/v1/generations/{id}:activate",
    "/v1/export.zip",
    "/v1/webhooks/stripe",
    "/v1/events",
    "/metrics",
    "/status",
    "/v1/session",
    "/livez",
    "/readyz",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which every mart is published."""
    folder: Path = tmp_path_factory.mktemp("described")
    publish_whole(load_settings(tillhouse_home=folder))
    return folder


@pytest.fixture(scope="module")
def client(home):
    return client_for(load_settings(tillhouse_home=home), scopes=SCOPES)


@pytest.fixture(scope="module")
def api_schema(client):
    headers = {"Authorization": f"Bearer {client.bearer}"}
    # 414 too: a value may be too long for any address.
    config = SchemathesisConfig.from_dict(
        {"checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}}}
    )
    return schemathesis.openapi.from_asgi(
        "/openapi.json", client.app, headers=headers, config=config
    )


OPERATIONS = sorted(
    (method, route.path, mode)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and route.include_in_schema
    for method in route.methods
    for mode in ("positive", "negative")
    # Where nothing is taken, nothing can be taken wrongly.
    if mode == "positive" or route.dependant.query_params or route.openapi_extra
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]


# Not asked: that whatever fits a parameter's type is taken. A cursor, a plan or a customer that
# this generation does not have is refused, though it is text.
@pytest.mark.parametrize(("method", "path", "mode"), OPERATIONS)
def test_every_answer_is_as_described(api_schema, client, method, path, mode):
    operation = api_schema[path][method]
    headers = {"Authorization": f"Bearer {client.bearer}"}

    @settings(
        max_examples=5,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
    def ask(case):
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()


def test_every_route_of_the_contract_is_described(client):
    described = client.get("/openapi.json").json()["paths"]
    assert set(described) >= ROUTES
    assert set(SURFACE) <= set(described)


def test_every_operation_has_examples_errors_and_a_scope(client):
    paths = client.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            assert operation["summary"], path
            assert operation["responses"]["default"]["content"]["application/problem+json"]
            is_public = (method.upper(), path) in PUBLIC
            assert ("x-required-scope" in operation) == (not is_public), path
            if path in SURFACE and method == "get":
                answer = operation["responses"]["200"]["content"]["application/json"]
                [row] = answer["example"]["data"]
                assert row, path
                assert set(row) <= set(
                    answer["schema"]["properties"]["data"]["items"]["properties"]
                )


@pytest.mark.parametrize("path", sorted(path for path in SURFACE if "{" not in path))
def test_rows_have_what_is_described_and_no_more(client, path):
    paths = client.get("/openapi.json").json()["paths"]
    content = paths[path]["get"]["responses"]["200"]["content"]["application/json"]
    described = set(content["schema"]["properties"]["data"]["items"]["properties"])
    for row in client.get(path).json()["data"]:
        assert set(row) <= described
