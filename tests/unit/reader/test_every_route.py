"""What every data route does alike, of a generation with every mart."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reader.database import Connection
from reader.representations import META_KEY, to_json
from reader.surface import SURFACE

WHOLE = {
    **{path: path for path in SURFACE if "{" not in path},
    "/v1/customers/{customer_key}": "/v1/customers/u_2",
    "/v1/metrics/{metric}/explain": "/v1/metrics/mrr_usd/explain?period=2026-11-21",
}
# What people say of alerts, which generation is active and the time of day change without a
# generation.
CHANGING = {"/v1/alerts", "/v1/generations", "/v1/freshness"}
TABULAR = [WHOLE[path] for path, rows in SURFACE.items() if not rows.nested]


def test_every_route_is_asked():
    assert set(WHOLE) == set(SURFACE)


@pytest.mark.parametrize("address", WHOLE.values())
def test_every_route_has_the_envelope_and_is_304_without_a_query(whole, address, monkeypatch):
    answer = whole.get(address)
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"object", "data", "has_more", "next_cursor", "meta"}
    assert body["meta"]["generation"] == answer.headers["x-generation"]
    assert {"as_of", "published_at", "expected_by", "checks", "sources"} <= set(body["meta"])
    assert {"currency", "unit", "partial_period"} <= set(body["meta"])
    assert ("etag" in answer.headers) == (address not in CHANGING)
    if address in CHANGING:
        return

    def no_query(*_: object) -> None:
        raise AssertionError("a query ran")

    monkeypatch.setattr(Connection, "fetch", no_query)
    again = whole.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", TABULAR)
def test_every_form_of_a_route_has_the_same_rows(whole, address):
    mark = "&" if "?" in address else "?"
    told = whole.get(address).json()
    rows = told["data"]
    text = whole.get(f"{address}{mark}format=csv").text
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    parquet = pq.read_table(io.BytesIO(whole.get(f"{address}{mark}format=parquet").content))
    accept = {"Accept": "application/vnd.apache.arrow.stream"}
    arrow = pa.ipc.open_stream(whole.get(address, headers=accept).content).read_all()
    assert len(table) == len(rows) == parquet.num_rows == arrow.num_rows
    assert parquet.schema.names == arrow.schema.names
    if rows:
        assert list(table[0]) == arrow.schema.names
        assert set(rows[0]) == set(arrow.schema.names)
    if address not in CHANGING:
        for form in (parquet, arrow):
            assert form.schema.metadata[META_KEY.encode()] == to_json(told["meta"])


@pytest.mark.parametrize("address", WHOLE.values())
def test_an_unknown_parameter_is_refused_everywhere(whole, address):
    mark = "&" if "?" in address else "?"
    answer = whole.get(f"{address}{mark}colour=red")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")
