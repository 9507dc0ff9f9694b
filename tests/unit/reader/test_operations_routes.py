"""What Prometheus and a person are told of the reader itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from served import AS_OF, Client, client_for, publish, token

from reader import metrics
from reader.app import create_app
from warehouse.operations import OperationsStore, RunHistory
from warehouse.settings import Settings, shared_metrics_dir

Value = tuple[str, dict[str, str]]


@pytest.fixture
def home(make_settings: Callable[..., Settings]) -> Settings:
    settings = make_settings(tillhouse_now="2026-11-22T05:00:00Z")
    publish(settings)
    return settings


def scraped(client: Client) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def labelled(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def requests(route: str, status: str, method: str = "GET") -> tuple[str, frozenset]:
    name = "tillhouse_http_request_duration_seconds_count"
    return labelled(name, route=route, status=status, method=method)


def test_requests_are_counted_by_route_and_status(home):
    client = client_for(home)
    before = scraped(client)
    first = client.get("/v1/kpis")
    client.get("/v1/kpis?to=2026-11-02")
    client.get("/v1/kpis", headers={"If-None-Match": first.headers["etag"]})
    client.get("/v1/kpis?nonsense=1")
    client.get("/v1/metrics/mrr_usd/explain?nonsense=1")
    Client(client.app, None).get("/v1/kpis")
    client.get("/nowhere/../../etc")
    client.request("BREW", "/v1/kpis")
    after = scraped(client)

    def more(key: object) -> float:
        return after.get(key, 0) - before.get(key, 0)

    assert more(requests("/v1/kpis", "200")) == 2
    assert more(requests("/v1/kpis", "304")) == 1
    assert more(requests("/v1/kpis", "400")) == 1
    # A route's template, never the address that somebody typed.
    assert more(requests("/v1/metrics/{metric}/explain", "400")) == 1
    routes = {dict(labels).get("route", "") for _, labels in after}
    assert not any("nowhere" in route or "mrr_usd" in route for route in routes)
    methods = {dict(labels).get("method") for _, labels in after}
    assert "BREW" not in methods
    assert more(labelled("tillhouse_cache_answers_total", outcome="miss")) == 2


def test_the_age_of_the_data_is_told(home):
    client = client_for(home)
    told = scraped(client)
    assert told[labelled("tillhouse_generation_age_seconds")] == 3 * 3600
    published = (AS_OF + timedelta(minutes=2)).timestamp()
    assert told[labelled("tillhouse_generation_published_timestamp_seconds")] == published
    for part in ("cache", "limiter", "audit"):
        assert told[labelled("tillhouse_degraded", part=part)] == 0
    for way in ("sse", "socketio"):
        assert told[labelled("tillhouse_live_connections", way=way)] == 0


def test_a_redis_that_is_away_is_told(make_settings):
    settings = make_settings(redis_url="redis://127.0.0.1:9/0")
    publish(settings)
    client = client_for(settings)
    for day in range(1, 5):
        assert client.get(f"/v1/kpis?to=2026-10-{day:02}").status_code == 200
    told = scraped(client)
    assert told[labelled("tillhouse_degraded", part="cache")] == 1
    assert told[labelled("tillhouse_degraded", part="limiter")] == 1
    assert "Redis does not answer" in client.get("/status").text


@pytest.mark.parametrize("path", ["/metrics", "/status"])
def test_strangers_are_told_nothing(home, path):
    app = create_app(home)
    assert Client(app, None).get(path).status_code == 401
    assert Client(app, token(home, role="USER")).get(path).status_code == 403


def test_the_status_page_says_how_old_the_data_is_without_a_script(home):
    newer = publish(home, AS_OF + timedelta(hours=1))
    runs = RunHistory(OperationsStore(home))
    began = datetime(2026, 11, 22, 3, 5, tzinfo=UTC)
    runs.begin("r1", "hourly", began)
    runs.end("r1", "published", "", newer, began + timedelta(seconds=75))
    runs.begin("r2", "hourly", began + timedelta(hours=1))
    runs.end("r2", "failed", "<b>no</b>", None, began + timedelta(hours=1, seconds=5))
    answer = client_for(home).get("/status")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    page = answer.text
    assert "<h1>Data is fresh</h1>" in page
    assert re.search(rf"<td>{newer}</td>.*?<td>served</td>", page)
    assert "<td>0:01:15</td><td>published</td>" in page
    assert "of the last 2 refreshes</td><td>1 succeeded" in page
    assert "<td>2:00:00</td>" in page
    assert not re.search(r"<script|<style|style=|\bon\w+=", page)


@pytest.mark.parametrize(
    ("now", "said"), [("2026-11-22T06:00:00Z", "late"), ("2027-01-01", "stale")]
)
def test_the_status_page_says_that_data_is_late(make_settings, now, said):
    settings = make_settings(tillhouse_now=now)
    publish(settings)
    assert f"<h1>Data is {said}</h1>" in client_for(settings).get("/status").text


def test_before_the_first_publication_the_page_says_so(settings):
    client = client_for(settings)
    assert "<h1>There is no data yet</h1>" in client.get("/status").text
    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200


def test_one_process_shares_its_metrics_with_nobody():
    assert shared_metrics_dir() is None
    assert metrics.registry() is metrics.REGISTRY
