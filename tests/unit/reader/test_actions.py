"""What the API changes: alerts seen to, the generation that is served."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from served import AS_OF, client_for, publish
from whole import publish_whole

from warehouse.generations import store_for
from warehouse.settings import load_settings

# A reader looks at the pointer twice a second.
POLL_SECONDS = 0.6


@pytest.fixture
def settings(tmp_path):
    return load_settings(tillhouse_home=tmp_path, tillhouse_now="2026-11-22T03:00:00Z")


def states(client, query=""):
    return {
        row["alert_id"]: row["state"] for row in client.get(f"/v1/alerts{query}").json()["data"]
    }


def test_an_alert_is_open_then_acknowledged_whatever_is_published_then(settings):
    publish_whole(settings)
    client = client_for(settings, scopes=["admin"])
    assert states(client)["tillhouse:0"] == "open"
    assert states(client)["tillhouse:1"] == "resolved"
    answer = client.request("POST", "/v1/alerts/tillhouse:0:acknowledge")
    assert answer.status_code == 200
    alert = answer.json()
    assert (alert["object"], alert["state"]) == ("alert", "acknowledged")
    assert (alert["acknowledged_by"], alert["acknowledged_at"]) == ("tests", "2026-11-22T03:00:00Z")
    again = client.request("POST", "/v1/alerts/tillhouse:0:acknowledge")
    assert again.json() == alert
    publish_whole(settings, AS_OF + timedelta(hours=1))
    fresh = client_for(settings, scopes=["admin"])
    assert states(fresh)["tillhouse:0"] == "acknowledged"
    assert states(fresh, "?state=acknowledged") == {"tillhouse:0": "acknowledged"}
    assert set(states(fresh, "?state=open").values()) == {"open"}
    assert "tillhouse:0" not in states(fresh, "?state=open")
    assert set(states(fresh, "?state=resolved").values()) == {"resolved"}


def test_an_alert_that_is_resolved_stays_so_when_it_is_seen_to(settings):
    publish_whole(settings)
    answer = client_for(settings, scopes=["admin"]).request(
        "POST", "/v1/alerts/tillhouse:1:acknowledge"
    )
    assert (answer.json()["state"], answer.json()["acknowledged_by"]) == ("resolved", "tests")


def test_there_is_nothing_to_say_of_an_alert_that_is_not_there(settings):
    publish_whole(settings)
    client = client_for(settings, scopes=["admin"])
    assert client.request("POST", "/v1/alerts/none:acknowledge").status_code == 404
    assert client.request("POST", "/v1/alerts/tillhouse:0:acknowledge?x=1").status_code == 400
    assert states(client, "?state=acknowledged") == {}


def test_a_generation_is_rolled_back_and_forward(settings):
    old = publish(settings)
    new = publish(settings, AS_OF + timedelta(hours=1))
    client = client_for(settings, scopes=["admin"])
    listed = client.get("/v1/generations").json()["data"]
    assert [(row["id"], row["active"]) for row in listed] == [(new, True), (old, False)]
    for wanted in (old, new):
        answer = client.request("POST", f"/v1/generations/{wanted}:activate")
        assert (answer.status_code, answer.json()["id"]) == (200, wanted)
        assert answer.json()["active"] is True
        time.sleep(POLL_SECONDS)
        assert client.get("/v1/kpis").json()["meta"]["generation"] == wanted


def test_generations_are_listed_page_by_page(settings):
    ids = [publish(settings, AS_OF + timedelta(hours=hours)) for hours in range(3)]
    client = client_for(settings, scopes=["admin"])
    first = client.get("/v1/generations?limit=2").json()
    assert [row["id"] for row in first["data"]] == [ids[2], ids[1]]
    rest = client.get(f"/v1/generations?limit=2&cursor={first['next_cursor']}").json()
    assert [row["id"] for row in rest["data"]] == [ids[0]]
    assert rest["has_more"] is False


def test_what_is_not_kept_or_damaged_is_not_activated(settings):
    old = publish(settings)
    new = publish(settings, AS_OF + timedelta(hours=1))
    client = client_for(settings, scopes=["admin"])
    answer = client.request("POST", "/v1/generations/none:activate")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    damaged = next(g for g in store_for(settings).generations() if g.id == old)
    with open(damaged.location, "ab") as file:  # noqa: PTH123
        file.write(b"x")
    answer = client.request("POST", f"/v1/generations/{old}:activate")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert client.get("/v1/kpis").json()["meta"]["generation"] == new
