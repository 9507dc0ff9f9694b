"""What every data route does alike: envelope, headers, ETags, errors, pages, forms."""

from __future__ import annotations

import csv
import io
import time
from datetime import timedelta

import duckdb
import pytest
from served import AS_OF, client_for, publish, token

from reader.database import Connection
from reader.errors import QueryTimeoutError
from warehouse.generations import store_for
from warehouse.settings import load_settings

# A reader looks at the pointer twice a second.
POLL_SECONDS = 0.6

SERIES = [
    "/v1/kpis",
    "/v1/revenue/mrr",
    "/v1/revenue/movements",
    "/v1/revenue/cash",
    "/v1/costs/providers",
]
SUMMARIES = ["/v1/kpis/summary", "/v1/costs/providers/summary"]
TIMELESS = [*SERIES, *SUMMARIES, "/v1/marts"]
DATA = [*TIMELESS, "/v1/generations", "/v1/freshness"]


@pytest.mark.parametrize("path", DATA)
def test_every_answer_has_the_one_envelope(client, path):
    answer = client.get(path)
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"object", "data", "has_more", "next_cursor", "meta"}
    assert body["object"] == "list"
    assert body["data"]
    meta = body["meta"]
    assert meta["as_of"] == "2026-11-22T02:00:00Z"
    assert meta["published_at"] == "2026-11-22T02:02:00Z"
    assert meta["expected_by"] > meta["published_at"]
    assert meta["checks"] == {"passed": 40, "warned": 1}
    assert meta["sources"]["stripe"] == {"synced_through": "2026-11-22T02:00:00Z"}
    assert meta["unit"] == ("minor" if path.endswith("cash") else "decimal")
    assert isinstance(meta["partial_period"], bool)


@pytest.mark.parametrize("path", DATA)
def test_every_answer_has_the_headers_of_the_contract(client, path):
    headers = client.get(path).headers
    assert headers["cache-control"] == "private, no-cache"
    assert headers["vary"] == "Authorization, Cookie, Accept, Accept-Encoding"
    assert headers["x-as-of"] == "2026-11-22T02:00:00Z"
    assert headers["x-generation"].startswith("000001-")
    assert "total;dur=" in headers["server-timing"]
    assert headers["x-request-id"]
    assert ("etag" in headers) == (path in TIMELESS)


@pytest.mark.parametrize("path", ["/", "/livez", "/readyz", "/v1/kpis", "/nowhere", "/static/x"])
def test_every_response_has_the_security_headers(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", TIMELESS)
def test_what_has_not_changed_is_304_without_a_query(client, path, monkeypatch):
    first = client.get(path)

    def no_query(*_: object) -> None:
        raise AssertionError("a query ran")

    monkeypatch.setattr(Connection, "fetch", no_query)
    for tag in (first.headers["etag"], f'"x", {first.headers["etag"]}', "*"):
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["x-generation"] == first.headers["x-generation"]


def test_304_comes_after_authorisation(client, served_settings):
    tag = client.get("/v1/kpis").headers["etag"]
    user = f"Bearer {token(served_settings, role='USER')}"
    for authorization, status in ((user, 403), ("Bearer a.b.c", 401)):
        headers = {"If-None-Match": tag, "Authorization": authorization}
        assert client.get("/v1/kpis", headers=headers).status_code == status


def test_an_etag_is_of_one_question_in_one_form(client):
    addresses = ["/v1/kpis", "/v1/kpis?grain=month", "/v1/kpis?format=csv", "/v1/kpis?limit=5"]
    tags = {client.get(address).headers["etag"] for address in [*addresses, "/v1/revenue/cash"]}
    assert len(tags) == 5
    spelt_out = client.get("/v1/kpis?compare=none&grain=day").headers["etag"]
    assert spelt_out == client.get("/v1/kpis").headers["etag"]


@pytest.mark.parametrize(
    ("address", "code", "param"),
    [
        *[(f"{path}?colour=red", "unknown_parameter", "colour") for path in DATA],
        *[(f"{path}?from=2020-01-01&to=2026-01-01", "span_too_long", "from") for path in SERIES],
        ("/v1/kpis?from=2020-01-01", "span_too_long", "from"),
        ("/v1/kpis?from=2026-1-1", "invalid_parameter", "from"),
        ("/v1/kpis?from=20260101", "invalid_parameter", "from"),
        ("/v1/kpis?from=1767225600", "invalid_parameter", "from"),
        ("/v1/kpis?from=2026-02-30", "invalid_parameter", "from"),
        ("/v1/kpis?from=0001-01-01&to=0001-01-02", "invalid_parameter", "from"),
        ("/v1/kpis?to=2026-11-01T00:00:00Z", "invalid_parameter", "to"),
        ("/v1/kpis?to=", "invalid_parameter", "to"),
        ("/v1/kpis?from=2026-11-02&to=2026-11-01", "invalid_parameter", "from"),
        ("/v1/kpis?grain=quarter", "invalid_parameter", "grain"),
        ("/v1/kpis?compare=yoy", "invalid_parameter", "compare"),
        ("/v1/kpis?limit=0", "invalid_parameter", "limit"),
        ("/v1/kpis?limit=1001", "invalid_parameter", "limit"),
        ("/v1/kpis?limit=1.0", "invalid_parameter", "limit"),
        ("/v1/kpis?limit=1&limit=2", "invalid_parameter", "limit"),
        ("/v1/kpis?format=xml", "invalid_parameter", "format"),
        ("/v1/kpis?cursor=nonsense", "invalid_parameter", "cursor"),
        ("/v1/kpis?segment=plan", "unknown_parameter", "segment"),
        ("/v1/revenue/mrr?segment=country", "invalid_parameter", "segment"),
        ("/v1/revenue/cash?currency=USD", "invalid_parameter", "currency"),
        ("/v1/revenue/cash?currency=xxx", "invalid_parameter", "currency"),
        ("/v1/revenue/cash?cash_class=sales", "invalid_parameter", "cash_class"),
        ("/v1/costs/providers?provider=SORA", "invalid_parameter", "provider"),
        ("/v1/costs/providers/summary?provider=SORA", "invalid_parameter", "provider"),
        ("/v1/revenue/movements?customer_key=nobody", "invalid_parameter", "customer_key"),
        ("/v1/revenue/movements?customer_key=u_1&grain=week", "invalid_parameter", "grain"),
        ("/v1/revenue/movements?customer_key=u_1&compare=year", "invalid_parameter", "compare"),
    ],
)
def test_a_wrong_parameter_is_refused_and_named(client, address, code, param):
    answer = client.get(address)
    body = answer.json()
    assert (answer.status_code, body["code"], body["param"]) == (400, code, param)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/kpis?x=1", 400, "unknown_parameter"),
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/v1/", 404, "not_found"),
        ("GET", "/static/nothing.js", 404, "not_found"),
        ("GET", "/static/../app.py", 404, "not_found"),
        ("POST", "/v1/kpis", 405, "method_not_allowed"),
    ],
)
def test_every_error_has_the_one_shape(client, served_settings, method, path, status, code):
    admin = f"Bearer {token(served_settings, scopes=['admin'])}"
    headers = {"X-Request-Id": "mine-1", "Authorization": admin}
    answer = client.request(method, path, headers=headers)
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == body["request_id"] == "mine-1"
    assert set(body) == {"type", "title", "status", "detail", "code", "param", "request_id"}
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)


def test_a_request_id_that_could_hurt_a_log_is_replaced(client):
    answer = client.get("/livez", headers={"X-Request-Id": "a b"})
    assert answer.headers["x-request-id"] != "a b"


def test_what_is_not_acceptable_is_said(client):
    for path, accept in (("/v1/kpis", "image/png"), ("/v1/marts", "text/csv")):
        answer = client.get(path, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


def test_a_crash_says_nothing_of_the_machine(client, monkeypatch, caplog):
    def crash(*_: object) -> None:
        raise RuntimeError("secret /path")

    monkeypatch.setattr(Connection, "fetch", crash)
    answer = client.get("/v1/kpis?to=2026-11-02")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert answer.json()["request_id"] in caplog.text


@pytest.mark.parametrize("path", SERIES)
@pytest.mark.parametrize("query", ["grain=day", "grain=week&compare=previous", "grain=month"])
def test_pages_walk_through_everything_once(client, path, query):
    address = f"{path}?{query}&from=2026-09-03&to=2026-11-19"
    whole = client.get(f"{address}&limit=1000").json()
    assert not whole["has_more"]
    walked, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{address}&limit=7{cursor and f'&cursor={cursor}'}").json()
        assert len(page["data"]) == 7 or not page["has_more"]
        walked += page["data"]
        cursor = page["next_cursor"]
        assert page["has_more"] == (cursor is not None)
    assert walked == whole["data"]


def test_a_cursor_is_of_one_query(client):
    cursor = client.get("/v1/kpis?from=2026-09-01&limit=1").json()["next_cursor"]
    assert client.get(f"/v1/kpis?from=2026-09-01&limit=9&cursor={cursor}").status_code == 200
    for other in ("/v1/kpis?from=2026-09-02", "/v1/revenue/mrr?from=2026-09-01"):
        answer = client.get(f"{other}&cursor={cursor}")
        assert (answer.status_code, answer.json()["param"]) == (400, "cursor")


def test_a_walk_stays_in_its_generation_and_ends_with_it(tmp_path):
    settings = load_settings(tillhouse_home=tmp_path)
    old = publish(settings)
    client = client_for(settings)
    walk = "/v1/kpis?from=2026-09-01&limit=5"
    first = client.get(walk)
    cursor = first.json()["next_cursor"]
    new = publish(settings, AS_OF + timedelta(hours=1))
    time.sleep(POLL_SECONDS)
    changed = client.get(walk, headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, changed.json()["meta"]["generation"]) == (200, new)
    page = client.get(f"{walk}&cursor={cursor}")
    assert page.json()["meta"]["generation"] == page.headers["x-generation"] == old
    assert page.json()["data"][0]["date"] == "2026-09-06"
    store = store_for(settings)
    store.drop(next(g for g in store.generations() if g.id == old))
    gone = client.get(f"{walk}&cursor={cursor}")
    assert (gone.status_code, gone.json()["code"]) == (410, "cursor_expired")


def test_before_the_first_generation_there_is_no_data(tmp_path):
    client = client_for(load_settings(tillhouse_home=tmp_path))
    for path in (*DATA, "/readyz"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "no_generation"), path
        assert int(answer.headers["retry-after"]) > 0
    assert client.get("/livez").status_code == 200
    assert client.get("/").status_code == 200


def test_a_query_is_stopped_at_its_limit(client):
    endless = (
        "select count(*) from range(9999999) as a, range(9999999) as b where a.range = -b.range"
    )
    generations = client.app.state.services.generations
    with generations.connect(generations.current()) as connection:
        connection.seconds = 0.2
        with pytest.raises(QueryTimeoutError):
            connection.fetch(endless)
        assert connection.fetch("select 1 as one") == [{"one": 1}]
        with pytest.raises(duckdb.Error):
            connection.fetch("select nonsense")


def test_csv_names_its_generation_and_the_next_page(client):
    answer = client.get("/v1/kpis?from=2026-09-01&limit=2&compare=previous&format=csv")
    generation = answer.headers["x-generation"]
    assert answer.headers["content-type"].startswith("text/csv")
    assert f'filename="kpis-{generation}.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["date"] for row in rows] == ["2026-09-01", "2026-09-02"]
    assert rows[0]["compare_mrr_usd"] == ""
    following = answer.headers["link"].split(">")[0].removeprefix("<")
    rows = list(csv.DictReader(io.StringIO(client.get(following).text)))
    assert [row["date"] for row in rows] == ["2026-09-03", "2026-09-04"]


def test_other_origins_may_read_with_a_token_once_they_are_named(client, tmp_path):
    origin = {"Origin": "https://board.example"}
    named = load_settings(tillhouse_home=tmp_path, reader_allowed_origins="https://board.example")
    publish(named)
    open_client = client_for(named)
    answer = open_client.get("/v1/kpis", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "https://board.example"
    assert "access-control-allow-credentials" not in answer.headers
    for closed, sent in ((open_client, {"Origin": "https://other.example"}), (client, origin)):
        assert "access-control-allow-origin" not in closed.get("/v1/kpis", headers=sent).headers


def test_the_description_is_true_of_rows_errors_and_credentials(client):
    description = client.get("/openapi.json").json()
    kpis = description["paths"]["/v1/kpis"]["get"]
    assert set(kpis["responses"]) == {"200", "304", "default"}
    assert kpis["security"] == [{"bearer": []}, {"session": []}]
    assert description["paths"]["/livez"]["get"]["security"] == []
    for path, methods in description["paths"].items():
        content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        described = schema.get("properties", {}).get("data", {}).get("items", {}).get("properties")
        if described is not None and path in SERIES:
            served = set(client.get(f"{path}?from=2026-11-01").json()["data"][0])
            assert served <= set(described), path
    names = {p["name"] for p in description["paths"]["/v1/revenue/cash"]["get"]["parameters"]}
    common = {"from", "to", "grain", "compare", "limit", "cursor", "format"}
    assert names == common | {"currency", "cash_class"}
    assert "HTTPValidationError" not in str(description)
