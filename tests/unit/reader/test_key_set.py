"""Keys of another service: new ones are found, old ones age out, and an outage locks nobody out."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_encode
from served import Client, publish, token

from reader.app import create_app
from reader.errors import UnauthenticatedError
from reader.tokens import KeySet
from warehouse.settings import load_settings


class Issuer:
    """A service with keys by id, over real HTTP; it counts how often it is asked."""

    def __init__(self) -> None:
        self.keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.is_down = False
        self.asked = 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                self.send_response(503 if issuer.is_down else 200)
                self.end_headers()
                if not issuer.is_down:
                    self.wfile.write(json.dumps(issuer.key_set()).encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/keys"

    def add(self, key_id: str) -> None:
        self.keys[key_id] = ec.generate_private_key(ec.SECP256R1())

    def key_set(self) -> dict[str, object]:
        return {
            "keys": [
                {
                    **json.loads(ECAlgorithm.to_jwk(key.public_key())),
                    "kid": key_id,
                    "use": "sig",
                    "alg": "ES256",
                }
                for key_id, key in self.keys.items()
            ]
        }

    def token(self, key_id: str, **header: object) -> str:
        end = int(datetime.now(UTC).timestamp()) + 600
        claims = {"sub": "ana", "role": "ADMIN", "exp": end}
        return jwt.encode(claims, self.keys[key_id], "ES256", {"kid": key_id, **header})


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    issuer.add("k1")
    thread = threading.Thread(target=issuer.server.serve_forever, daemon=True)
    thread.start()
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(issuer: Issuer, clock: Clock) -> KeySet:
    return KeySet(issuer.url, clock=clock)


def test_a_new_key_is_found_at_once_if_nobody_asked_just_now(keys, issuer, clock):
    keys.key("k1")
    issuer.add("k2")
    with pytest.raises(UnauthenticatedError):
        keys.key("k2")
    clock.now += KeySet.PAUSE_SECONDS
    assert keys.key("k2").key_id == "k2"
    assert issuer.asked == 2


def test_made_up_key_ids_make_no_requests(keys, issuer, clock):
    keys.key("k1")
    for number in range(200):
        with pytest.raises(UnauthenticatedError):
            keys.key(f"made-up-{number}")
        clock.now += 0.1
    # Twenty seconds have passed.
    assert issuer.asked <= 3


def test_a_key_that_is_no_longer_named_ages_out(keys, issuer, clock):
    keys.key("k1")
    issuer.keys.clear()
    issuer.add("k2")
    assert keys.key("k1").key_id == "k1"
    clock.now += KeySet.FRESH_SECONDS + 1
    with pytest.raises(UnauthenticatedError, match="not valid here"):
        keys.key("k1")


def test_known_keys_count_on_while_the_service_is_down_for_a_day(keys, issuer, clock, caplog):
    keys.key("k1")
    issuer.is_down = True
    for _ in range(20):
        clock.now += KeySet.FRESH_SECONDS + 1
        assert keys.key("k1").key_id == "k1"
    assert sum("READER_JWKS_URL" in line for line in caplog.messages) == 1
    clock.now += KeySet.KEPT_SECONDS
    with pytest.raises(UnauthenticatedError, match="can't be read"):
        keys.key("k1")
    issuer.is_down = False
    clock.now += KeySet.PAUSE_SECONDS
    assert keys.key("k1").key_id == "k1"


def test_a_service_that_is_down_is_asked_no_more_often(keys, issuer, clock):
    issuer.is_down = True
    for _ in range(50):
        with pytest.raises(UnauthenticatedError):
            keys.key("k1")
        clock.now += 0.1
    assert issuer.asked == 1


@pytest.mark.parametrize("key_id", [None, 7, ["k1"], "../../etc/passwd", "k1' or '1'='1", "\0"])
def test_a_key_id_is_a_name_and_nothing_else(keys, key_id):
    with pytest.raises(UnauthenticatedError):
        keys.key(key_id)


@pytest.mark.parametrize("header", ["jku", "x5u", "jwk"])
def test_a_token_does_not_choose_its_own_keys(tmp_path: Path, issuer: Issuer, header):
    """The header names the attacker's key set; its key is not looked at."""
    settings = load_settings(tillhouse_home=tmp_path, reader_jwks_url=issuer.url)
    publish(settings)
    client = Client(create_app(settings), None)
    assert _status(client, issuer.token("k1")) == 200
    attacker = ec.generate_private_key(ec.SECP256R1())
    public = json.loads(ECAlgorithm.to_jwk(attacker.public_key()))
    value = public if header == "jwk" else "http://127.0.0.1:9/keys"
    issuer.keys["k1"] = attacker
    assert _status(client, issuer.token("k1", **{header: value})) == 401


def test_an_own_secret_does_not_sign_for_the_service(tmp_path: Path, issuer: Issuer):
    settings = load_settings(tillhouse_home=tmp_path, reader_jwks_url=issuer.url)
    client = Client(create_app(settings), None)
    assert _status(client, token(settings)) == 401
    # The public key, as anybody can read it, as the secret of HS256: PyJWT refuses to sign so.
    public = issuer.keys["k1"].public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    end = int(datetime.now(UTC).timestamp()) + 60
    header, claims = {"alg": "HS256", "kid": "k1"}, {"role": "ADMIN", "exp": end}
    signed = b".".join(base64url_encode(json.dumps(part).encode()) for part in (header, claims))
    mac = base64url_encode(hmac.digest(pem, signed, "sha256"))
    assert _status(client, f"{signed.decode()}.{mac.decode()}") == 401


def _status(client: Client, bearer: str) -> int:
    return client.get("/v1/kpis", headers={"Authorization": f"Bearer {bearer}"}).status_code
