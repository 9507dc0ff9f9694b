"""What a stranger, another site's page or a curious token holder may try, and what comes of it.

Tokens are attacked in test_auth and test_key_set, cursors in test_cursors, webhooks in
test_webhooks, spreadsheets in test_representations, connections in test_server.
"""

from __future__ import annotations

import asyncio
import re
from unittest.mock import patch

import pytest
from fastapi import Request, Response
from served import Client, client_for, publish, token

from reader import bodies
from reader.app import create_app
from reader.auth import COOKIE
from reader.middleware import CONTENT_SECURITY_POLICY
from reader.routes.dashboard import STATIC
from warehouse.errors import SettingsError
from warehouse.operations import AuditLog
from warehouse.settings import load_settings


async def _raw(app, method: str, path: str, headers=(), query: bytes = b"", client="192.0.2.1"):
    """Send a request as no HTTP library would; return its status, headers and body."""
    sent = []
    waiting = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop()

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": list(headers),
        "client": (client, 1234),
        "server": ("reader", 80),
        "state": {},
    }
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


def _bearer(settings) -> tuple[bytes, bytes]:
    return b"authorization", f"Bearer {token(settings)}".encode()


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/../../settings.py",
        "/static/..%2f..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/....//app.py",
        "/static//etc/passwd",
        "/static/..\\app.py",
        "/static/app.js/../../../auth.py",
        "/static/\0app.js",
        "/static/" + "a/" * 2000,
    ],
)
def test_static_files_lead_nowhere_else(client, path):
    status, _, body = asyncio.run(_raw(client.app, "GET", path))
    assert status in (404, 405, 414), path
    assert b"import" not in body
    assert b"root:" not in body


@pytest.mark.parametrize("path", ["/static", "/static/", "/static/charts"])
def test_folders_are_not_listed(client, path):
    status, _, body = asyncio.run(_raw(client.app, "GET", path))
    assert status in (401, 404)
    assert b"trend.js" not in body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/kpis/", 404),
        ("//v1/kpis", 404),
        ("/V1/KPIS", 404),
        ("/v1/%6bpis", 200),
        ("/v1/kpis;x=1", 404),
    ],
)
def test_other_spellings_of_an_address_are_no_way_round_the_guard(client, path, status):
    assert Client(client.app, None).get(path).status_code == 401
    assert client.get(path).status_code == status


@pytest.mark.parametrize("host", ["evil.example", "evil.example/path", "a b", "", "reader:80@evil"])
def test_a_host_is_repeated_nowhere(client, served_settings, host):
    headers = [(b"host", host.encode()), _bearer(served_settings)]
    for path in ("/", "/v1/kpis", "/v1/kpis/", "/v1/nothing"):
        _, answered, body = asyncio.run(_raw(client.app, "GET", path, headers))
        assert b"evil" not in body
        assert not any(b"evil" in value for value in answered.values())
        assert b"location" not in answered


@pytest.mark.parametrize(
    "header",
    [
        b"x-http-method-override",
        b"x-http-method",
        b"x-method-override",
        b"x-original-url",
        b"x-rewrite-url",
    ],
)
def test_headers_do_not_change_method_or_address(client, served_settings, header):
    headers = [(header, b"DELETE" if b"method" in header else b"/livez")]
    status, _, _ = asyncio.run(_raw(client.app, "GET", "/v1/session", headers))
    assert status == 401
    headers.append(_bearer(served_settings))
    assert asyncio.run(_raw(client.app, "GET", "/v1/kpis", headers))[0] == 200


@pytest.mark.parametrize(
    "method", ["TRACE", "CONNECT", "PUT", "PATCH", "PROPFIND", "get", "X" * 99]
)
def test_other_methods_are_refused(client, served_settings, method):
    assert asyncio.run(_raw(client.app, method, "/v1/kpis"))[0] == 401
    status, _, _ = asyncio.run(_raw(client.app, method, "/v1/kpis", [_bearer(served_settings)]))
    assert status in (403, 405)


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-11-01&from=2026-10-01",
        "grain=day&grain=month",
        "from[]=2026-11-01",
        "from=2026-11-01%00",
        "FROM=2026-11-01",
        "__proto__=1",
        "from=2026-11-01;to=2026-11-02",
        "limit=1e3",
        "limit=%D9%A1%D9%A0",
        "limit=-1",
        "limit=10000000000000000000000",
        "cursor=%FF%FE",
        "cursor=" + "A" * 1001,
        "format=../../etc/passwd",
        "role=ADMIN",
    ],
)
def test_odd_parameters_are_refused_by_name(client, query):
    answer = client.get(f"/v1/kpis?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_parameter", "unknown_parameter")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "text",
    [
        "' or 1=1 --",
        "u_1'; drop table marts.dim_customers; --",
        "%27",
        "\0",
        "u_1\0",
        "?",
        "%s",
        "é" * 200,
    ],
)
def test_values_stay_values(client, text):
    answer = client.request(
        "GET", "/v1/revenue/movements", params={"customer_key": text, "grain": "month"}
    )
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert not any(float(row["new_usd"]) for row in answer.json()["data"])


@pytest.mark.parametrize(
    "given", [b"a\r\nSet-Cookie: x=1", b"<script>", b"a" * 65, b"\xff", b"a b", b""]
)
def test_a_request_id_that_could_do_harm_is_replaced(client, given):
    _, headers, body = asyncio.run(_raw(client.app, "GET", "/v1/kpis", [(b"x-request-id", given)]))
    assert re.fullmatch(rb"[0-9a-f]{32}", headers[b"x-request-id"])
    assert b"Set-Cookie" not in body


def test_what_is_named_in_a_header_can_not_end_it(client):
    answer = client.get("/v1/kpis?from=2026-10-01&limit=2&format=csv&x=%0d%0aSet-Cookie:x=1")
    assert answer.status_code == 400
    linked = client.get("/v1/kpis?from=2026-10-01&limit=2&format=csv")
    assert "\n" not in linked.headers["link"]
    assert linked.headers["link"].startswith("</v1/kpis?")


def test_sizes_are_bounded_before_anything_else(client):
    app = client.app
    long = asyncio.run(_raw(app, "GET", "/v1/kpis", query=b"x=" + b"a" * 9000))
    wide = asyncio.run(_raw(app, "GET", "/v1/kpis", [(b"x-wide", b"a" * 40_000)]))
    large = asyncio.run(_raw(app, "POST", "/v1/session", [(b"content-length", b"9" * 30)]))
    many = asyncio.run(_raw(app, "GET", "/v1/kpis", [(b"a", b"b" * 300)] * 200))
    assert [answer[0] for answer in (long, wide, large, many)] == [414, 431, 413, 431]
    assert all(b"too_large" in answer[2] for answer in (long, wide, large, many))


@pytest.mark.parametrize("body", [b"[" * 16_000, b'{"token":' * 1_500, b'{"token": "\\ud800"}'])
def test_a_body_made_to_break_the_parser_does_not(client, body):
    answer = Client(client.app, None).request("POST", "/v1/session", content=body)
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize("part", [b"a" * 600_000, b""])
def test_a_body_that_no_route_bounds_is_bounded(served_settings, part):
    """Chunked, so that nothing announces how long it is: or it is never ended at all."""
    app = create_app(served_settings)

    async def echo(request: Request) -> Response:
        return Response(str(len(await request.body())))

    app.add_api_route("/v1/session/echo", echo, methods=["POST"])
    sent = []

    async def receive():
        if not part:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": part, "more_body": True}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/session/echo",
        "raw_path": b"/v1/session/echo",
        "query_string": b"",
        "headers": [_bearer(served_settings)],
        "client": ("192.0.2.1", 1),
        "state": {},
    }
    with patch.object(bodies.bounded, "__kwdefaults__", {"seconds": 0.2}):
        asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == (413 if part else 408)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://reader.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_sites_page_signs_nobody_in_or_out(client, served_settings, headers):
    browser = Client(client.app, None)
    body = {"token": token(served_settings)}
    answer = browser.request("POST", "/v1/session", json=body, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    own = {"Origin": "http://reader", "Sec-Fetch-Site": "same-origin"}
    opened = browser.request("POST", "/v1/session", json=body, headers=own)
    assert opened.status_code == 200
    proof = {
        "Cookie": f"{COOKIE}={opened.cookies[COOKIE]}",
        "X-CSRF-Token": opened.json()["csrf_token"],
    }
    assert browser.request("DELETE", "/v1/session", headers={**proof, **headers}).status_code == 403
    assert browser.request("DELETE", "/v1/session", headers={**proof, **own}).status_code == 204


def test_another_origin_reads_nothing_unless_it_is_named_and_never_with_a_cookie(
    client, served_settings, tmp_path
):
    asked = {"Origin": "https://evil.example"}
    preflight = {**asked, "Access-Control-Request-Method": "GET"}
    for answer in (
        client.get("/v1/kpis", headers=asked),
        client.request("OPTIONS", "/v1/kpis", headers=preflight),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]
    named = load_settings(tillhouse_home=tmp_path, reader_allowed_origins="https://dash.example")
    publish(named)
    other = client_for(named)
    allowed = other.get("/v1/kpis", headers={"Origin": "https://dash.example"}).headers
    assert allowed["access-control-allow-origin"] == "https://dash.example"
    assert "access-control-allow-credentials" not in allowed
    refused = other.get("/v1/kpis", headers=asked).headers
    assert "access-control-allow-origin" not in refused
    preflight = other.request("OPTIONS", "/v1/kpis", headers=preflight)
    assert "access-control-allow-origin" not in preflight.headers


def test_only_named_proxies_say_who_asks_and_how(tmp_path):
    settings = load_settings(tillhouse_home=tmp_path, reader_trusted_proxies="10.0.0.0/8")
    app = create_app(settings)
    forwarded = [
        (b"x-forwarded-for", b"203.0.113.9"),
        (b"x-forwarded-proto", b"https"),
        _bearer(settings),
    ]
    for address, is_secure in (("10.1.2.3", True), ("192.0.2.1", False)):
        _, headers, _ = asyncio.run(_raw(app, "POST", "/v1/session", forwarded, client=address))
        assert (b"Secure" in headers[b"set-cookie"]) is is_secure
    asyncio.run(app.state.protection.auditor.flush())
    addresses = [row["address"] for row in AuditLog(settings).latest(5)]
    assert addresses == ["192.0.2.1", "203.0.113.9"]


@pytest.mark.parametrize("proxies", ["everybody", "10.0.0.0/99", "*"])
def test_proxies_are_addresses(proxies):
    with pytest.raises(SettingsError, match="READER_TRUSTED_PROXIES"):
        load_settings(reader_trusted_proxies=proxies)


def test_a_made_up_address_does_not_escape_the_sign_in_limit(client, served_settings):
    """Without a trusted proxy X-Forwarded-For is only a header."""
    app = create_app(served_settings)
    codes = set()
    for number in range(40):
        headers = [
            (b"x-forwarded-for", b"203.0.113.%d" % number),
            (b"authorization", b"Bearer a.b.c"),
        ]
        codes.add(asyncio.run(_raw(app, "POST", "/v1/session", headers))[0])
    assert codes == {401, 429}


@pytest.mark.parametrize("path", ["/", "/v1/kpis", "/v1/events", "/socket.iox"])
def test_a_socket_opens_nowhere_but_where_its_handshake_is_checked(client, path):
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "websocket", "path": path, "query_string": b"", "headers": [], "state": {}}
    asyncio.run(client.app({**scope, "client": ("192.0.2.1", 1)}, receive, send))
    assert sent == ["websocket.close"]


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/v1/kpis", "/v1/nothing", "/livez"])
def test_every_answer_tells_browsers_to_run_and_show_nothing_else(client, path):
    for answer in (client.get(path), Client(client.app, None).get(path)):
        policy = answer.headers["content-security-policy"]
        assert policy == CONTENT_SECURITY_POLICY
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "Traceback" not in answer.text
        assert "server" not in answer.headers


def test_the_page_holds_no_inline_code():
    for page in STATIC.rglob("*.html"):
        text = page.read_text()
        assert not re.search(r"\son\w+\s*=|javascript:|<style|\sstyle\s*=", text), page
        for script in re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL):
            assert not script.strip(), page


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "copy (select 1) to '/tmp/tillhouse-test.csv'",
        "attach '/tmp/tillhouse-test.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "create table marts.x as select 1",
        "delete from marts.dim_plans",
        "select * from settings_of_this_test",
        "select getenv('HOME')",
    ],
)
def test_the_reading_connection_reaches_nothing_but_its_tables(served_settings, client, sql):
    settings_of_this_test = [1]  # noqa: F841  what DuckDB would find by its name
    client.get("/v1/kpis")
    services = client.app.state.services
    with (
        services.generations.connect(services.generations.current()) as connection,
        pytest.raises(
            Exception, match=r"(?i)denied|disabled|read-only|does not exist|lock|permission"
        ),
    ):
        connection.fetch(sql)
