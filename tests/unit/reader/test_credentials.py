"""What is revoked is refused within a second; what can't be found out lets nobody in."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime

from served import Client, publish, token

from reader import credentials
from reader.app import create_app
from reader.auth import COOKIE
from reader.credentials import Credentials, VerifiedTokens
from warehouse.operations import ApiKeys, OperationsStore, Revocations, Revoked

NOTHING = Revoked(frozenset(), {})


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_store_is_asked_at_most_twice_a_second(settings, monkeypatch):
    asked = []
    monkeypatch.setattr(Revocations, "all", lambda self: asked.append(1) or NOTHING)
    clock = Clock()
    known = Credentials(OperationsStore(settings), clock=clock)
    for _ in range(100):
        known.refresh()
        clock.now += 0.05
    # Five seconds.
    assert len(asked) <= 6
    assert credentials.FRESH_SECONDS <= 1


def test_who_asks_often_never_waits_for_the_store(settings):
    clock = Clock()
    known = Credentials(OperationsStore(settings), clock=clock)
    known.refresh()
    for _ in range(5):
        clock.now += credentials.DUE_SECONDS
        assert known.are_fresh()
        known.refresh_soon()
        while known._is_asking:
            time.sleep(0.001)
    clock.now += credentials.DUE_SECONDS
    assert known.are_fresh()


def test_a_revoked_key_is_noticed_once_the_store_is_asked_again(settings):
    clock = Clock()
    store = OperationsStore(settings)
    keys, known = ApiKeys(store), Credentials(store, clock=clock)
    key = keys.create("ci")
    key_id = known.find(key).key_id
    assert known.is_active(key_id)
    keys.revoke(key_id)
    clock.now += credentials.FRESH_SECONDS
    assert not known.are_fresh()
    known.refresh()
    assert not known.is_active(key_id)


def test_revoked_tokens_of_a_name_hold_no_more_and_new_ones_do(settings, monkeypatch):
    monkeypatch.setattr(credentials, "FRESH_SECONDS", 0)
    publish(settings)
    client = Client(create_app(settings), None)

    def status(bearer: str) -> int:
        return client.get("/v1/kpis", headers={"Authorization": f"Bearer {bearer}"}).status_code

    old = token(settings, sub="ana", iat=1_700_000_000)
    undated = token(settings, sub="ana")
    other = token(settings, sub="ben", iat=1_700_000_000)
    assert {status(old), status(undated), status(other)} == {200}
    Revocations(OperationsStore(settings)).revoke_tokens("ana")
    assert (status(old), status(undated), status(other)) == (401, 401, 200)
    new = token(settings, sub="ana", iat=datetime.now(UTC).timestamp())
    assert status(new) == 200


def test_a_closed_session_holds_no_more_whoever_has_its_cookie(settings):
    publish(settings)
    client = Client(create_app(settings), None)
    opened = client.request("POST", "/v1/session", json={"token": token(settings)})
    cookie = {"Cookie": f"{COOKIE}={opened.cookies[COOKIE]}"}
    proof = {**cookie, "X-CSRF-Token": opened.json()["csrf_token"]}
    assert client.get("/v1/kpis", headers=cookie).status_code == 200
    assert client.request("DELETE", "/v1/session", headers=proof).status_code == 204
    assert client.get("/v1/kpis", headers=cookie).status_code == 401


def test_nobody_is_let_in_while_revocations_can_not_be_read(settings, monkeypatch):
    monkeypatch.setattr(credentials, "FRESH_SECONDS", 0)
    publish(settings)
    client = Client(create_app(settings), token(settings))
    assert client.get("/v1/kpis").status_code == 200

    def broken(self: Revocations) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Revocations, "all", broken)
    answer = client.get("/v1/kpis")
    assert (answer.status_code, answer.json()["code"]) == (503, "credentials_unavailable")
    assert "disk" not in answer.text
    assert "Retry-After" in answer.headers


def test_only_what_held_is_remembered_and_never_beyond_its_end():
    verified: VerifiedTokens[str] = VerifiedTokens(60)
    assert verified.get("token") is None
    verified.keep("token", "ana", None)
    assert verified.get("token") == "ana"
    assert verified.get("Token") is None
    for number in range(10_000):
        verified.keep(f"token {number}", "ana", None)
    assert len(verified._known) <= 4096
