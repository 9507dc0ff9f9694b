"""The reader answers from PostgreSQL as it does from DuckDB, row for row."""

from __future__ import annotations

import pytest
from served import Client, client_for, publish

from warehouse.settings import load_settings

pytestmark = pytest.mark.postgres

ADDRESSES = [
    "/v1/kpis?from=2026-09-01",
    "/v1/kpis?grain=month&compare=previous",
    "/v1/kpis?grain=week&from=2026-09-03&compare=year",
    "/v1/kpis/summary?compare=previous",
    "/v1/revenue/mrr?compare=previous",
    "/v1/revenue/mrr?segment=plan",
    "/v1/revenue/mrr?segment=plan&grain=day&from=2026-11-01",
    "/v1/revenue/movements?grain=week&from=2026-11-05",
    "/v1/revenue/movements?customer_key=u_1&grain=day",
    "/v1/revenue/cash?currency=usd&cash_class=sale",
    "/v1/revenue/cash?grain=month&compare=previous",
    "/v1/costs/providers",
    "/v1/costs/providers?grain=week&provider=LUMA_V1",
    "/v1/costs/providers/summary?from=2026-11-10&compare=previous",
    "/v1/freshness",
    "/v1/kpis?from=2026-09-01&limit=5",
]


@pytest.fixture(scope="module")
def readers(module_postgres_url, tmp_path_factory) -> tuple[Client, Client]:
    """Serve the same company from both engines."""
    clients = []
    for number, url in enumerate((None, module_postgres_url)):
        settings = load_settings(
            tillhouse_home=tmp_path_factory.mktemp(f"home{number}"),
            tillhouse_now="2026-11-22T03:00:00Z",
            **({"warehouse_url": url} if url else {}),
        )
        publish(settings)
        clients.append(client_for(settings))
    return clients[0], clients[1]


@pytest.mark.parametrize("address", ADDRESSES)
def test_both_engines_give_the_same_rows(readers, address):
    duckdb, postgres = (reader.get(address) for reader in readers)
    assert postgres.status_code == duckdb.status_code == 200, postgres.text
    assert duckdb.json()["data"]
    assert postgres.json()["data"] == duckdb.json()["data"]
    assert postgres.json()["has_more"] == duckdb.json()["has_more"]


def test_csv_is_the_same_too(readers):
    duckdb, postgres = (r.get("/v1/kpis?from=2026-09-01&format=csv") for r in readers)
    assert postgres.text == duckdb.text


def test_a_walk_over_pages_ends(readers):
    _, postgres = readers
    walk, cursor, days = "/v1/kpis?from=2026-09-01&limit=30", "", []
    while cursor is not None:
        page = postgres.get(f"{walk}{cursor and f'&cursor={cursor}'}").json()
        days += [row["date"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert days == sorted(set(days))
    assert len(days) == 82
