"""Who gets in: tokens of every wrong kind, sessions, every route closed unless said otherwise."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.routing import APIRoute
from jwt.algorithms import RSAAlgorithm
from served import Client, publish, token
from starlette.routing import Route

from reader.app import PUBLIC, ROUTERS, create_app
from reader.auth import COOKIE
from warehouse.operations import ApiKeys, OperationsStore
from warehouse.settings import load_settings

OTHER_KEY = b"another secret of thirty-two bytes!!"


def _unsigned() -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    end = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    return f"{part({'alg': 'none'})}.{part({'role': 'ADMIN', 'exp': end})}."


def _refused(settings):
    now = int(datetime.now(UTC).timestamp())
    secret = settings.reader_jwt_secret_value()
    return {
        "expired": token(settings, exp=now - 1),
        "without an end": token(settings, exp=None),
        "not yet": token(settings, nbf=now + 600),
        "unsigned": _unsigned(),
        "another key": jwt.encode({"role": "ADMIN", "exp": now + 60}, OTHER_KEY, "HS256"),
        "another algorithm": jwt.encode({"role": "ADMIN", "exp": now + 60}, secret * 2, "HS512"),
        "not a token": "a.b.c",
        "an unknown key": "th_0123456789",
        "empty": " ",
        "odd scopes": token(settings, scopes=7),
        "an odd end": token(settings, exp=10**17),
    }


@pytest.mark.parametrize(
    "kind",
    [
        "expired",
        "without an end",
        "not yet",
        "unsigned",
        "another key",
        "another algorithm",
        "not a token",
        "an unknown key",
        "empty",
        "odd scopes",
        "an odd end",
    ],
)
def test_a_token_that_does_not_hold_is_refused(client, served_settings, kind):
    bearer = _refused(served_settings)[kind]
    answer = client.get("/v1/kpis", headers={"Authorization": f"Bearer {bearer}"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", ["USER", "admin", "", None])
def test_another_role_is_known_and_refused_by_name(client, served_settings, role):
    bearer = token(served_settings, role=role)
    answer = client.get("/v1/kpis", headers={"Authorization": f"Bearer {bearer}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "ADMIN" in answer.json()["detail"]


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_only_bearer_is_spoken(client, served_settings, scheme):
    header = f"{scheme} {token(served_settings)}"
    assert client.get("/v1/kpis", headers={"Authorization": header}).status_code == 401


def test_a_token_in_the_address_is_no_token(served_settings):
    anonymous = Client(create_app(served_settings), None)
    assert anonymous.get(f"/v1/kpis?token={token(served_settings)}").status_code == 401


def test_audience_and_issuer_count_once_they_are_set(tmp_path):
    strict = load_settings(
        tillhouse_home=tmp_path,
        reader_jwt_audience="dashboard",
        reader_jwt_issuer="shop",
    )
    publish(strict)
    strict_client = Client(create_app(strict), None)

    def status(**claims: str) -> int:
        bearer = token(strict, **claims)
        headers = {"Authorization": f"Bearer {bearer}"}
        return strict_client.get("/v1/kpis", headers=headers).status_code

    assert status(aud="dashboard", iss="shop") == 200
    assert status(aud="dashboard") == 401
    assert status(iss="shop") == 401
    assert status(aud="other", iss="shop") == 401


def test_a_simulated_clock_does_not_keep_tokens_alive(served_settings):
    past = datetime(2020, 1, 1, tzinfo=UTC)
    frozen = load_settings(tillhouse_home=served_settings.tillhouse_home, tillhouse_now=past)
    bearer = token(frozen, exp=int(datetime(2021, 1, 1, tzinfo=UTC).timestamp()))
    assert Client(create_app(frozen), bearer).get("/v1/kpis").status_code == 401


ROUTES = [
    (method, route.path)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods
]


def test_every_route_is_closed_unless_it_is_on_the_list(client, served_settings):
    assert set(PUBLIC) <= set(ROUTES)
    # The mounted files are public; whatever else the framework adds must not be.
    plain = {route.path for route in client.app.routes if isinstance(route, Route)}
    routes = [*ROUTES, *(("GET", path) for path in plain), ("GET", "/v1/not-there")]
    user = f"Bearer {token(served_settings, role='USER')}"
    anonymous = Client(client.app, None)
    for method, path in routes:
        if (method, path) in PUBLIC:
            continue
        assert anonymous.request(method, path).status_code == 401, (method, path)
        answer = anonymous.request(method, path, headers={"Authorization": user})
        assert answer.status_code == 403, (method, path)


def test_the_description_is_for_administrators_and_names_every_data_route(client):
    paths = client.get("/openapi.json").json()["paths"]
    described = {(m.upper(), path) for path, methods in paths.items() for m in methods}
    assert {route for route in ROUTES if route[1].startswith("/v1/")} <= described


def sign_in(client: Client, bearer: str, **options):
    anonymous = Client(client.app, None)
    return anonymous.request("POST", "/v1/session", json={"token": bearer}, **options)


def test_a_session_opens_reads_and_closes(client, served_settings):
    opened = sign_in(client, token(served_settings))
    assert opened.status_code == 200
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    browser = Client(client.app, None)
    headers = {"Cookie": f"{COOKIE}={opened.cookies[COOKIE]}"}
    assert browser.get("/v1/kpis", headers=headers).status_code == 200
    described = browser.get("/v1/session", headers=headers).json()
    assert described == opened.json()
    headers["X-CSRF-Token"] = described["csrf_token"]
    closed = browser.request("DELETE", "/v1/session", headers=headers)
    assert closed.status_code == 204
    assert "Max-Age=0" in closed.headers["set-cookie"]


def test_what_writes_needs_the_proof_that_the_page_itself_sends_it(client, served_settings):
    opened = sign_in(client, token(served_settings))
    cookie = {"Cookie": f"{COOKIE}={opened.cookies[COOKIE]}"}
    browser = Client(client.app, None)
    for proof in ({}, {"X-CSRF-Token": "guess"}, {"X-CSRF-Token": "é".encode()}):
        answer = browser.request("DELETE", "/v1/session", headers={**cookie, **proof})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_session_ends_with_the_token_that_opened_it(client, served_settings):
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    opened = sign_in(client, token(served_settings, exp=int(end.timestamp())))
    assert opened.json()["expires_at"] == end.isoformat().replace("+00:00", "Z")
    long = sign_in(client, token(served_settings, exp=int((end + timedelta(days=9)).timestamp())))
    expires_at = datetime.fromisoformat(long.json()["expires_at"])
    assert expires_at < datetime.now(UTC) + timedelta(hours=13)


def test_a_session_is_no_token_and_a_token_no_session(client, served_settings):
    opened = sign_in(client, token(served_settings))
    bearer = {"Authorization": f"Bearer {opened.cookies[COOKIE]}"}
    assert client.get("/v1/kpis", headers=bearer).status_code == 401
    browser = Client(client.app, None)
    cookie = {"Cookie": f"{COOKIE}={token(served_settings)}"}
    assert browser.get("/v1/kpis", headers=cookie).status_code == 401
    assert client.get("/v1/session").status_code == 404


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"\xff", 400),
        (b'{"token": 1}', 400),
        (b'{"token": " "}', 400),
        (b'{"token": "a.b.c"}', 401),
        (b"x" * 20_000, 413),
    ],
)
def test_a_sign_in_that_is_none_is_refused(client, content, status):
    answer = Client(client.app, None).request("POST", "/v1/session", content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_another_role_can_not_sign_in(client, served_settings):
    answer = sign_in(client, token(served_settings, role="USER"))
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_an_api_key_opens_until_it_is_revoked_for_its_sessions_too(
    client, served_settings, monkeypatch
):
    monkeypatch.setattr("reader.credentials.FRESH_SECONDS", 0)
    keys = ApiKeys(OperationsStore(served_settings))
    key = keys.create("nightly export", scopes=frozenset({"export"}))
    holder = Client(client.app, key)
    assert holder.get("/v1/kpis").status_code == 200
    opened = sign_in(client, key)
    assert opened.json()["subject"] == "nightly export"
    session = {"Cookie": f"{COOKIE}={opened.cookies[COOKIE]}"}
    browser = Client(client.app, None)
    assert browser.get("/v1/kpis", headers=session).status_code == 200
    keys.revoke(keys.all()[-1].key_id)
    assert holder.get("/v1/kpis").status_code == 401
    assert browser.get("/v1/kpis", headers=session).status_code == 401


def test_a_key_of_another_role_is_refused(client, served_settings):
    key = ApiKeys(OperationsStore(served_settings)).create("guest", role="USER")
    assert Client(client.app, key).get("/v1/kpis").status_code == 403


def _key_set(monkeypatch, private):
    public = json.loads(RSAAlgorithm.to_jwk(private.public_key()))
    keys = {"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}
    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda _: keys)
    return public


def test_tokens_of_another_service_are_checked_with_its_keys(tmp_path, monkeypatch):
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = _key_set(monkeypatch, private)
    settings = load_settings(tillhouse_home=tmp_path, reader_jwks_url="https://id.example/keys")
    publish(settings)
    client = Client(create_app(settings), None)
    claims = {"role": "ADMIN", "exp": int(datetime.now(UTC).timestamp()) + 60}
    named = {"kid": "k1"}
    tokens = {
        jwt.encode(claims, private, "RS256", named): 200,
        jwt.encode({**claims, "role": "USER"}, private, "RS256", named): 403,
        jwt.encode(claims, private, "RS256", {"kid": "k2"}): 401,
        # The public key must not pass for a shared secret, nor our own secret for theirs.
        jwt.encode(claims, public["n"].encode(), "HS256", named): 401,
        token(settings): 401,
    }
    for bearer, status in tokens.items():
        answer = client.get("/v1/kpis", headers={"Authorization": f"Bearer {bearer}"})
        assert answer.status_code == status


def test_keys_that_can_not_be_read_let_nobody_in(tmp_path):
    settings = load_settings(tillhouse_home=tmp_path, reader_jwks_url="http://127.0.0.1:9/keys")
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = {"role": "ADMIN", "exp": int(datetime.now(UTC).timestamp()) + 60}
    bearer = jwt.encode(claims, private, "RS256", {"kid": "k1"})
    assert Client(create_app(settings), bearer).get("/v1/kpis").status_code == 401
