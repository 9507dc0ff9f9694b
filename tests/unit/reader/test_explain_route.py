"""/v1/metrics/{metric}/explain: a figure with its meaning, and its objects page by page."""

from __future__ import annotations

import pytest
from figures import publish_figures
from served import Client, client_for

from warehouse.settings import Settings


@pytest.fixture
def figures(settings: Settings) -> Client:
    """Return a client of a published generation of a few days."""
    publish_figures(settings)
    return client_for(settings)


def test_a_figure_is_served_with_its_meaning_and_objects(figures):
    body = figures.get("/v1/metrics/earned/explain?period=2026-02-01").json()
    assert body["data"] == [
        {
            "object_type": "invoice_line",
            "object_id": "il_1",
            "amount": "1.500000000",
            "stripe_url": "https://dashboard.stripe.com/test/invoices/in_1",
        },
        {
            "object_type": "credit_lot",
            "object_id": "lot_1",
            "amount": "-0.500000000",
            "stripe_url": "https://dashboard.stripe.com/test/payments/pi_1",
        },
    ]
    assert body["meta"]["metric"] == {
        "name": "earned",
        "label": "EARNED",
        "definition": "d",
        "formula": "f",
        "unit": "US dollars",
        "example": "e",
        "limits": "l",
        "table": "marts.kpis",
        "column": "earned",
        "period": "2026-02-01",
        "slice": "total",
        "figure": "1.000000",
        "has_objects": True,
        "sql": "select sum(earned) from marts.kpis where date = '2026-02-01'",
        "tests": [{"check_name": "rolls_forward", "status": "passed", "description": "It does."}],
    }
    assert body["meta"]["sources"]["stripe"] == {"synced_through": "2026-03-02T12:00:00Z"}


def test_objects_come_page_by_page(figures):
    address = "/v1/metrics/gross_volume_usd/explain?period=2026-02&limit=1"
    first = figures.get(address).json()
    second = figures.get(f"{address}&cursor={first['next_cursor']}").json()
    assert [row["object_id"] for row in first["data"] + second["data"]] == ["txn_2", "txn_1"]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_a_part_without_objects_says_so(figures):
    body = figures.get("/v1/metrics/calls/explain?period=2026-02-01&slice=LUMA_V1").json()
    assert body["data"] == []
    told = body["meta"]["metric"]
    assert (told["figure"], told["has_objects"]) == (2, False)
    assert told["sql"].endswith("where date = '2026-02-01' and provider = 'LUMA_V1'")


@pytest.mark.parametrize(
    ("address", "status", "code", "param"),
    [
        ("mrr_us/explain?period=2026-02-01", 404, "not_found", None),
        ("mrr_usd/explain", 400, "invalid_parameter", "period"),
        ("mrr_usd/explain?period=yesterday", 400, "invalid_parameter", "period"),
        ("mrr_usd/explain?period=2030-01-01", 400, "invalid_parameter", "period"),
        ("calls/explain?period=2026-02-01&slice=SORA", 400, "invalid_parameter", "slice"),
        ("mrr_usd/explain?period=2026-02-01&day=1", 400, "unknown_parameter", "day"),
    ],
)
def test_a_wrong_question_is_a_problem(figures, address, status, code, param):
    problem = figures.get(f"/v1/metrics/{address}").json()
    assert (problem["status"], problem["code"], problem["param"]) == (status, code, param)
