"""Which form a client gets, and what each form looks like."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reader.errors import NotAcceptableError
from reader.representations import (
    MEDIA_TYPES,
    flat,
    negotiate,
    plain,
    to_arrow,
    to_csv,
    to_parquet,
)

ALL = tuple(MEDIA_TYPES)
COLUMNS = [
    ("date", "date"),
    ("name", "text"),
    ("usd", "decimal"),
    ("n", "integer"),
    ("ok", "boolean"),
    ("at", "timestamp"),
]
ROW = {
    "date": date(2026, 11, 1),
    "name": "x",
    "usd": Decimal("-1.500000"),
    "n": -3,
    "ok": True,
    "at": datetime(2026, 11, 1, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("accept", "wanted", "expected"),
    [
        (None, None, "json"),
        ("*/*", None, "json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", None, "json"),
        ("text/csv", None, "csv"),
        ("text/*", None, "csv"),
        ("TEXT/CSV", None, "csv"),
        ("application/json;q=0.5, text/csv", None, "csv"),
        ("application/json;q=0, */*", None, "csv"),
        ("application/vnd.apache.parquet", None, "parquet"),
        ("application/vnd.apache.arrow.stream", None, "arrow"),
        ("text/csv", "json", "json"),
        ("image/png", "csv", "csv"),
    ],
)
def test_the_form_is_negotiated(accept, wanted, expected):
    assert negotiate(accept, wanted, ALL) == expected


@pytest.mark.parametrize("accept", ["image/png", "application/xml", "text/csv;q=0", "text/csv;q=x"])
def test_what_is_not_served_is_not_acceptable(accept):
    with pytest.raises(NotAcceptableError):
        negotiate(accept, None, ALL)
    with pytest.raises(NotAcceptableError):
        negotiate("text/csv", None, ("json",))


def test_json_keeps_decimals_exact_and_instants_in_utc():
    assert plain(ROW) == {
        "date": "2026-11-01",
        "name": "x",
        "usd": "-1.500000",
        "n": -3,
        "ok": True,
        "at": "2026-11-01T00:00:00Z",
    }
    assert plain(Decimal("0E-6")) == "0.000000"
    assert plain({"a": {"b": Decimal("1E+3")}}) == {"a": {"b": "1000"}}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_formula_is_made_harmless_in_csv(text):
    [_, line] = csv.reader(
        io.StringIO(to_csv(COLUMNS, [{**ROW, "name": text}]).decode(), newline="")
    )
    assert line[1] == f"'{text}"


def test_csv_follows_rfc_4180_and_leaves_numbers_alone():
    text = to_csv(COLUMNS, [{**ROW, "name": 'a "b",\nc'}, {**ROW, "name": None}]).decode()
    head, rest = text.split("\r\n", 1)
    assert head == "date,name,usd,n,ok,at"
    assert rest == (
        '2026-11-01,"a ""b"",\nc",-1.500000,-3,true,2026-11-01T00:00:00Z\r\n'
        "2026-11-01,,-1.500000,-3,true,2026-11-01T00:00:00Z\r\n"
    )


def test_parquet_and_arrow_carry_the_same_typed_rows():
    parquet = pq.read_table(io.BytesIO(to_parquet(COLUMNS, [ROW])))
    arrow = pa.ipc.open_stream(to_arrow(COLUMNS, [ROW])).read_all()
    assert parquet.equals(arrow)
    assert arrow.to_pylist() == [ROW]
    assert to_parquet(COLUMNS, [])[:4] == b"PAR1"


def test_what_stands_beside_a_row_becomes_columns():
    columns = [("n", "integer"), ("compare_n", "integer")]
    assert flat({"n": 1, "compare": {"n": 2}}, columns) == {"n": 1, "compare_n": 2}
    assert flat({"n": 1, "compare": None}, columns) == {"n": 1, "compare_n": None}
