"""Every route answers from PostgreSQL as from DuckDB, of every mart as its model declares it."""

from __future__ import annotations

import io
import zipfile

import pytest
from served import Client, client_for
from whole import publish_whole

from reader.listings import LISTINGS
from warehouse.settings import load_settings

pytestmark = pytest.mark.postgres

ADDRESSES = [
    *(f"/v1{listing.path}?limit=5" for listing in LISTINGS),
    "/v1/revenue/invoices?from=2026-11-15&to=2026-11-19&status=paid",
    "/v1/revenue/balance?status=matched",
    "/v1/revenue/recognition?compare=previous",
    "/v1/revenue/definitions?compare=year",
    "/v1/churn/retention?compare=year",
    "/v1/usage/daily?grain=week&compare=previous&from=2026-11-09",
    "/v1/usage/active-users",
    "/v1/usage/credits",
    "/v1/margin?dimension=plan",
    "/v1/margin?dimension=customer&compare=previous",
    "/v1/customers?sort=mrr",
    "/v1/customers?sort=margin&order=asc&limit=5",
    "/v1/customers?sort=created_at",
    "/v1/customers?q=cus_1",
    "/v1/customers/u_2",
    "/v1/alerts?state=open",
    "/v1/reconciliations",
    "/v1/metrics/mrr_usd/explain?period=2026-11-21",
]


@pytest.fixture(scope="module")
def readers(module_postgres_url, tmp_path_factory) -> tuple[Client, Client]:
    """Serve every mart from both engines."""
    clients = []
    for number, url in enumerate((None, module_postgres_url)):
        home = tmp_path_factory.mktemp(f"whole{number}")
        given = {"warehouse_url": url} if url else {}
        settings = load_settings(tillhouse_home=home, **given)
        publish_whole(settings)
        clients.append(client_for(settings, scopes=["export"]))
    return clients[0], clients[1]


@pytest.mark.parametrize("address", ADDRESSES)
def test_both_engines_give_the_same_rows_of_every_mart(readers, address):
    duckdb, postgres = (reader.get(address) for reader in readers)
    assert postgres.status_code == duckdb.status_code == 200, postgres.text
    assert postgres.json()["data"] == duckdb.json()["data"]
    cursor = duckdb.json()["next_cursor"]
    if cursor is not None:
        pages = [
            reader.get(f"{address}&cursor={answer.json()['next_cursor']}").json()["data"]
            for reader, answer in zip(readers, (duckdb, postgres), strict=True)
        ]
        assert pages[0] == pages[1]


def test_both_engines_export_the_same_rows(readers):
    archives = [
        zipfile.ZipFile(io.BytesIO(reader.get("/v1/export.zip").content)) for reader in readers
    ]
    for name in set(archives[0].namelist()) - {"MANIFEST.json"}:
        first, second = (sorted(bundle.read(name).split(b"\r\n")) for bundle in archives)
        assert first == second, name
