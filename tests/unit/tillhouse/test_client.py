"""The Python client against the reader itself, in this process."""

from __future__ import annotations

import asyncio
import zipfile
from datetime import date
from decimal import Decimal

import httpx
import pandas as pd
import pytest
from fastapi import FastAPI
from served import token
from whole import ROWS, publish_whole

from reader.app import create_app
from reader.scopes import SCOPES
from tillhouse.client import ApiError, Client, ClientError, UnreachableError
from warehouse.settings import load_settings


class InProcess(httpx.BaseTransport):
    """Carries requests to an application, and remembers what was answered."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.answered: list[tuple[str, int]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._send(request))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        async with httpx.ASGITransport(self.app) as transport:
            response = await transport.handle_async_request(request)
            content = b"".join([chunk async for chunk in response.stream])
        self.answered.append((request.url.path, response.status_code))
        return httpx.Response(response.status_code, headers=response.headers, content=content)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("client")
    publish_whole(load_settings(tillhouse_home=folder))
    return folder


@pytest.fixture(scope="module")
def app(home):
    return create_app(load_settings(tillhouse_home=home))


@pytest.fixture
def transport(app):
    return InProcess(app)


@pytest.fixture
def client(home, transport):
    bearer = token(load_settings(tillhouse_home=home), scopes=SCOPES)
    with Client(bearer, "http://reader", transport=transport) as opened:
        yield opened


def test_rows_are_exact_and_aware(client):
    invoices = client.revenue("invoices")
    assert len(invoices) == ROWS
    assert invoices["total_usd"][1] == Decimal("1.5")
    assert isinstance(invoices["total_usd"][1], Decimal)
    assert str(invoices["created_at"].dtype) == "datetime64[us, UTC]"
    assert invoices["amount_due_minor"].dtype == pd.Int64Dtype()
    assert invoices["is_internal"].dtype == pd.BooleanDtype()
    meta = invoices.attrs["meta"]
    assert (meta["unit"], meta["as_of"]) == ("minor", "2026-11-22T02:00:00Z")
    assert meta["generation"].startswith("000001-")


def test_a_null_stays_a_null(client):
    balance = client.revenue("balance")
    assert balance["stripe_minor"].dtype == pd.Int64Dtype()
    assert pd.isna(balance["stripe_minor"][0])
    assert balance["stripe_minor"][1] == 1010


def test_pages_are_followed_to_the_end(client, transport):
    videos = client.costs("videos", limit=5)
    assert videos["video_id"].is_unique
    assert len(videos) == ROWS
    assert len(transport.answered) == 3
    pd.testing.assert_frame_equal(videos, client.costs("videos"))


def test_what_has_not_changed_is_not_sent_again(client, transport):
    first = client.usage("api-logs", limit=5)
    transport.answered.clear()
    second = client.usage("api-logs", limit=5)
    assert [status for _, status in transport.answered] == [304, 304, 304]
    pd.testing.assert_frame_equal(first, second)
    assert first.attrs == second.attrs


FAMILIES = {
    "kpis": lambda c: c.kpis(from_=date(2026, 11, 1), grain="week", compare="previous"),
    "kpis summary": lambda c: c.kpis_summary(),
    "revenue": lambda c: c.revenue("recognition", compare="previous"),
    "churn": lambda c: c.churn("events", churn_type="voluntary"),
    "usage": lambda c: c.usage("daily", provider="LUMA_V1"),
    "costs": lambda c: c.costs("providers/summary"),
    "margin": lambda c: c.margin(dimension="plan"),
    "unit economics": lambda c: c.unit_economics(),
    "plans": lambda c: c.plans(),
    "customers": lambda c: c.customers(sort="margin", order="asc"),
    "explain": lambda c: c.explain("mrr_usd", date(2026, 11, 21)),
    "marts": lambda c: c.marts(),
    "freshness": lambda c: c.freshness(),
    "data quality": lambda c: c.data_quality(status="passed"),
    "unknown values": lambda c: c.unknown_values(),
    "reconciliations": lambda c: c.reconciliations(),
    "reconciled": lambda c: c.reconciliations("invoices", is_reconciled=True),
    "restatements": lambda c: c.restatements(),
    "alerts": lambda c: c.alerts(state="open"),
    "generations": lambda c: c.generations(),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_a_frame_that_says_where_it_is_from(client, family):
    frame = FAMILIES[family](client)
    assert len(frame)
    assert frame.attrs["meta"]["generation"].startswith("000001-")


def test_one_customer_is_its_values_and_the_frames_behind_them(client):
    customer = client.customer("u_2")
    assert customer["mrr_usd"] == Decimal("2.5")
    assert customer["created_at"].tzinfo is not None
    payments = customer["payments"]
    assert list(payments["charge_id"]) == ["ch_2"]
    assert payments["amount_usd"][0] == Decimal("2.5")
    assert payments["created_at"][0] == pd.Timestamp("2026-11-19T23:00:00Z")
    assert customer["margin"]["month"][0] == date(2026, 9, 1)


def test_an_error_says_what_the_reader_says(client):
    with pytest.raises(ApiError) as caught:
        client.usage("daily", provider="SORA")
    error = caught.value
    assert (error.status, error.code, error.param) == (400, "invalid_parameter", "provider")
    assert "LUMA_V1" in str(error)
    assert error.request_id
    with pytest.raises(ApiError, match="no such customer"):
        client.customer("nobody")


def test_a_wrong_token_and_a_server_that_is_not_there_are_told_apart(transport):
    with pytest.raises(ApiError) as caught:
        Client("nonsense", "http://reader", transport=transport).kpis()
    assert (caught.value.status, caught.value.code) == (401, "unauthenticated")

    def refuse(request):
        raise httpx.ConnectError("refused")

    with pytest.raises(UnreachableError, match="http://reader"):
        Client("t", "http://reader", transport=httpx.MockTransport(refuse)).kpis()


def test_a_proxys_own_error_is_no_surprise():
    def busy(request):
        return httpx.Response(502, html="<h1>busy</h1>", headers={"Retry-After": "7"})

    with pytest.raises(ApiError) as caught:
        Client("t", "http://reader", transport=httpx.MockTransport(busy)).kpis()
    assert (caught.value.code, caught.value.retry_after) == ("unknown", 7)


def test_alerts_are_seen_to_and_generations_activated(client):
    assert client.acknowledge_alert("tillhouse:2")["state"] == "acknowledged"
    assert list(client.alerts(state="acknowledged")["alert_id"]) == ["tillhouse:2"]
    [generation] = client.generations()["id"]
    assert client.activate_generation(generation)["active"] is True


def test_an_export_is_written_once_it_is_whole(client, tmp_path):
    path = tmp_path / "all.zip"
    manifest = client.export(path, from_=date(2026, 11, 1), format_="parquet")
    assert manifest["from"] == "2026-11-01"
    assert set(zipfile.ZipFile(path).namelist()) == {
        "MANIFEST.json",
        *(table["file"] for table in manifest["tables"]),
    }
    with pytest.raises(ApiError, match="YYYY-MM-DD"):
        client.export(tmp_path / "none.zip", from_="yesterday")
    assert [file.name for file in tmp_path.iterdir()] == ["all.zip"]


@pytest.mark.parametrize("content", [b"PK\x03\x04 and then nothing", b""])
def test_an_export_that_broke_off_leaves_nothing(tmp_path, content):
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=content))
    with pytest.raises(ClientError, match="not whole"):
        Client("t", "http://reader", transport=transport).export(tmp_path / "x.zip")
    assert list(tmp_path.iterdir()) == []
