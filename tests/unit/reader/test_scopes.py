"""Which scope an address asks for."""

import pytest

from reader.scopes import required_scope


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v1/kpis", "read"),
        ("GET", "/v1/revenue/mrr", "read"),
        ("GET", "/v1/customers", "customers"),
        ("HEAD", "/v1/customers/u_1", "customers"),
        ("GET", "/v1/customersx", "read"),
        ("GET", "/v1/metrics/mrr_usd/explain", "customers"),
        ("GET", "/v1/export.zip", "export"),
        ("GET", "/v1/generations", "read"),
        ("POST", "/v1/generations/000001-x:activate", "admin"),
        ("GET", "/v1/alerts", "read"),
        ("POST", "/v1/alerts/a1:acknowledge", "admin"),
    ],
)
def test_an_address_asks_for_its_scope(method, path, scope):
    assert required_scope(method, path) == scope


@pytest.mark.parametrize(
    ("path", "query", "scope"),
    [
        ("/v1/revenue/movements", {"grain": "day"}, "read"),
        ("/v1/revenue/movements", {"customer_key": "u_1"}, "customers"),
        ("/v1/margin", {"dimension": "plan"}, "read"),
        ("/v1/margin", {"dimension": "customer"}, "customers"),
    ],
)
def test_single_customers_ask_for_more_than_the_total(path, query, scope):
    assert required_scope("GET", path, query) == scope
