"""Who read, exported and changed what is written down, without people in it; or is not done."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from served import AS_OF, Client, publish, token

from reader.app import create_app
from reader.audit import Auditor
from reader.auth import COOKIE
from warehouse.generations import active
from warehouse.operations import AuditEntry, AuditLog

CANARY = "canary@example.com"


@pytest.fixture
def older(settings):
    """Publish a generation and one an hour later; return the first one's id."""
    first = publish(settings)
    publish(settings, AS_OF + timedelta(hours=1))
    return first


@pytest.fixture
def app(settings, older):
    return create_app(settings)


def _rows(app, settings) -> list[dict[str, Any]]:
    asyncio.run(app.state.protection.auditor.flush())
    rows = AuditLog(settings).latest(100)
    for row in rows:
        row["detail"] = json.loads(row["detail"])
    return rows[::-1]


def _break(monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(AuditLog, "_append", broken)


def test_every_access_is_a_row_with_who_what_when_and_where(app, settings):
    client = Client(app, token(settings, sub="ana"))
    answer = client.get("/v1/kpis?from=2026-11-01", headers={"X-Request-Id": "abc"})
    client.get("/v1/kpis", headers={"If-None-Match": "*"})
    client.get("/v1/nothing")
    first, second, third = _rows(app, settings)
    assert (first["actor"], first["action"], first["target"]) == ("ana", "read", "/v1/kpis")
    assert (first["outcome"], first["address"], first["request_id"]) == ("200", "127.0.0.1", "abc")
    assert first["at"].endswith("+00:00")
    assert first["detail"]["query"] == "from=2026-11-01"
    assert first["detail"]["generation"] == answer.headers["x-generation"]
    assert (second["outcome"], third["outcome"]) == ("304", "404")


def test_refusals_are_rows(app, settings):
    for bearer in (None, "a.b.c", token(settings, role="USER"), token(settings, scopes=["read"])):
        Client(app, bearer).get("/v1/customers")
    rows = _rows(app, settings)
    assert [(row["actor"], row["outcome"]) for row in rows] == [
        ("anonymous", "unauthenticated"),
        ("anonymous", "unauthenticated"),
        ("tests", "forbidden"),
        ("tests", "forbidden"),
    ]


def test_sign_ins_and_sign_outs_are_rows(app, settings):
    browser = Client(app, None)
    browser.request("POST", "/v1/session", json={"token": "a.b.c"})
    opened = browser.request("POST", "/v1/session", json={"token": token(settings, sub="ana")})
    cookie = {"Cookie": f"{COOKIE}={opened.cookies[COOKIE]}"}
    proof = {**cookie, "X-CSRF-Token": opened.json()["csrf_token"]}
    browser.request("DELETE", "/v1/session", headers=proof)
    rows = [(r["actor"], r["action"], r["outcome"]) for r in _rows(app, settings)]
    assert rows == [
        ("anonymous", "sign_in", "401"),
        ("ana", "sign_in", "200"),
        ("ana", "write", "204"),
    ]


def test_what_changes_or_exports_is_written_before_it_is_done(app, settings, older):
    bearer = token(settings, scopes=["export", "admin"])
    client = Client(app, bearer)
    assert client.request("POST", f"/v1/generations/{older}:activate").status_code == 200
    assert client.get("/v1/export.zip").status_code == 200
    rows = [(row["action"], row["outcome"]) for row in _rows(app, settings)]
    assert rows == [("admin", "begun"), ("admin", "200"), ("export", "begun"), ("export", "200")]
    assert AuditLog(settings).verify().problem is None


def test_without_the_log_nothing_is_changed_or_exported_and_reads_go_on(
    app, settings, older, monkeypatch, caplog
):
    client = Client(app, token(settings, scopes=["export", "admin"]))
    with monkeypatch.context() as broken:
        _break(broken)
        activate = ("POST", f"/v1/generations/{older}:activate")
        for method, path in (activate, ("GET", "/v1/export.zip")):
            answer = client.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (503, "audit_unavailable")
            assert "disk" not in answer.text
        served = active(settings)
        assert served is not None
        assert served.id != older
        assert client.get("/v1/kpis").status_code == 200
        asyncio.run(app.state.protection.auditor.flush())
    alarms = [line for line in caplog.messages if "exports and changes are refused" in line]
    assert len(alarms) == 1
    # What was read meanwhile is written once it can be.
    assert ("read", "200") in [(row["action"], row["outcome"]) for row in _rows(app, settings)]
    assert not app.state.protection.auditor.is_failing
    assert client.request(*activate).status_code == 200


def test_reads_are_committed_together_soon_after(settings):
    commits = []

    class Log(AuditLog):
        def append(self, entries):
            commits.append(len(entries))
            super().append(entries)

    async def read_much() -> None:
        auditor = Auditor(Log(settings))
        for number in range(500):
            auditor.note(_entry(str(number)))
        while not commits or auditor._waiting:
            await asyncio.sleep(0.01)

    asyncio.run(read_much())
    assert commits == [500]


def test_what_finds_no_room_is_counted(settings, monkeypatch):
    async def outage() -> None:
        auditor = Auditor(AuditLog(settings), most_waiting=10)
        with monkeypatch.context() as broken:
            _break(broken)
            for number in range(25):
                auditor.note(_entry(str(number)))
            await auditor.flush()
            assert auditor.is_failing
        await auditor.flush()

    asyncio.run(outage())
    rows = AuditLog(settings).latest(20)
    assert len(rows) == 11
    assert (rows[0]["action"], json.loads(rows[0]["detail"])) == ("gap", {"entries": 15})


def test_no_person_and_no_secret_is_in_the_log(app, settings):
    bearer = token(settings, sub=CANARY)
    client = Client(app, bearer)
    client.get(f"/v1/kpis?customer={CANARY}")
    client.get("/v1/kpis?q=Canary+Smith&x=canary%40example.com")
    client.get(f"/v1/customers/{CANARY}")
    client.get(f"/v1/customers/{CANARY.replace('@', '%40')}")
    opened = client.request("POST", "/v1/session", json={"token": bearer})
    written = json.dumps(_rows(app, settings))
    for secret in ("canary", "Canary", bearer, bearer.split(".")[2], opened.cookies[COOKIE]):
        assert secret not in written
    for path in settings.tillhouse_home.glob("operations.sqlite*"):
        assert b"canary" not in path.read_bytes()


def test_an_address_can_not_forge_a_line(app, settings):
    client = Client(app, token(settings))
    client.get("/v1/x%0d%0a2026-01-01%20root%20admin%20200")
    (row,) = _rows(app, settings)
    assert "\n" not in row["target"]
    assert "\\n" in row["target"]


def test_a_crash_is_a_row(app, settings):
    async def crash() -> None:
        raise RuntimeError("boom")

    app.add_api_route("/v1/crash", crash, methods=["GET"])
    assert Client(app, token(settings)).get("/v1/crash").status_code == 500
    (row,) = _rows(app, settings)
    assert row["outcome"] == "failed"


def _entry(target: str) -> AuditEntry:
    return AuditEntry(datetime.now(UTC), "ana", "read", target, "200")
