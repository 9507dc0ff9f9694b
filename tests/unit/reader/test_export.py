"""The archive of everything: whole, typed, true to its manifest, and broken when it broke."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

import pyarrow.parquet as pq
import pytest
from served import NEWEST, client_for
from whole import ROWS, publish_whole

from reader.export import archive
from reader.params import ExportParameters
from reader.tables import DAYS
from warehouse.settings import load_settings


def opened(content):
    bundle = zipfile.ZipFile(io.BytesIO(content))
    assert bundle.testzip() is None
    return bundle, json.loads(bundle.read("MANIFEST.json"))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_archive_has_every_table_as_its_manifest_says(whole, form):
    answer = whole.get(f"/v1/export.zip?format={form}")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["x-generation"] in answer.headers["content-disposition"]
    bundle, manifest = opened(answer.content)
    tables = whole.app.state.services.generations.current().tables
    assert {one["table"] for one in manifest["tables"]} == set(tables)
    assert set(bundle.namelist()) == {f"{name}.{form}" for name in tables} | {"MANIFEST.json"}
    assert manifest["generation"] == answer.headers["x-generation"]
    assert manifest["as_of"] == "2026-11-22T02:00:00Z"
    for one in manifest["tables"]:
        content = bundle.read(one["file"])
        assert one["sha256"] == hashlib.sha256(content).hexdigest()
        assert one["bytes"] == len(content)
        assert one["rows"] == ROWS == _rows(content, form)


def _rows(content, form):
    if form == "parquet":
        return pq.read_table(io.BytesIO(content)).num_rows
    return len(list(csv.reader(io.StringIO(content.decode(), newline="")))) - 1


def test_parquet_keeps_types_to_the_last_digit(whole):
    bundle, _ = opened(whole.get("/v1/export.zip?format=parquet").content)
    schema = pq.read_schema(io.BytesIO(bundle.read("fct_invoice_lines.parquet")))
    assert str(schema.field("quantity").type) == "decimal128(38, 12)"
    assert str(schema.field("net_usd").type) == "decimal128(20, 6)"
    assert str(schema.field("period_started_at").type) == "timestamp[us, tz=UTC]"


def test_a_period_keeps_what_happened_in_it_and_what_holds(whole):
    answer = whole.get(f"/v1/export.zip?from={NEWEST}&to={NEWEST}")
    _, manifest = opened(answer.content)
    assert (manifest["from"], manifest["to"]) == (str(NEWEST), str(NEWEST))
    rows = {one["table"]: one["rows"] for one in manifest["tables"]}
    for table, day in DAYS.items():
        assert rows[table] == (ROWS if day is None else 1), table


def test_an_archive_that_ends_early_can_not_be_opened(whole, monkeypatch):
    generations = whole.app.state.services.generations
    generation = generations.current()
    with generations.connect(generation) as connection:
        parts = archive(connection, generation, ExportParameters())
        begun = b"".join(next(parts) for _ in range(40))
        parts.close()
    assert begun.startswith(b"PK")
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(begun))


def test_a_failure_on_the_way_does_not_end_the_body(tmp_path, monkeypatch):
    settings = load_settings(tillhouse_home=tmp_path)
    publish_whole(settings)
    client = client_for(settings, scopes=["export"])

    def fail(*_: object) -> bytes:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr("reader.export._manifest", fail)
    with pytest.raises(RuntimeError):
        client.get("/v1/export.zip")


def test_an_archive_is_not_sent_twice(whole):
    tag = whole.get("/v1/export.zip?to=2020-01-01").headers["etag"]
    again = whole.get("/v1/export.zip?to=2020-01-01", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert whole.get("/v1/export.zip?format=json").json()["param"] == "format"
    assert whole.get("/v1/export.zip?limit=1").json()["code"] == "unknown_parameter"
