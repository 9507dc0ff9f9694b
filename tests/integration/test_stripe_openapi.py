"""Everything the reader can ask is in the specification that Stripe publishes.

A server that answers anything takes down what the real reader sends for every row of the table:
lists with their slices and cursors, single objects, what completes a nested list, lists under a
parent, the probes of ``tillhouse doctor``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from stripe_openapi import published

from ingest.stripe.client import StripeReader
from ingest.stripe.object_spec import ObjectSpec
from ingest.stripe.probing import probe
from ingest.stripe.specs import ALL_OBJECTS, BY_TABLE
from warehouse.settings import Settings

PARENT = "parent_1"
Asked = list[tuple[str, str]]


class Agreeable(ThreadingHTTPServer):
    """A server with two pages in every list, and objects whose nested lists are cut short."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: Asked = []

    def answer(self, path: str, query: str) -> dict[str, Any]:
        self.asked.append((path, query))
        for spec in ALL_OBJECTS:
            if path == spec.path and spec.singleton:
                return {"id": "one", "object": spec.object}
            if path == spec.list_path(PARENT):
                return _page(_object(spec), query)
            if path == spec.url("x_1", PARENT):
                return _object(spec)
        return _page({"id": "row_1"}, query)


class _Handler(BaseHTTPRequestHandler):
    server: Agreeable

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        body = json.dumps(self.server.answer(url.path, url.query)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _object(spec: ObjectSpec) -> dict[str, Any]:
    cut = {"object": "list", "data": [], "has_more": True}
    made: dict[str, Any] = {"id": PARENT, "object": spec.object}
    if spec.object == "payout":
        # Else there is no list of what it paid out.
        made |= {"automatic": True, "reconciliation_status": "completed"}
    return {**made, **{nested.field: dict(cut) for nested in spec.nested}}


def _page(row: dict[str, Any], query: str) -> dict[str, Any]:
    more = "starting_after" not in parse_qs(query)
    return {"object": "list", "data": [row if more else {**row, "id": "x_2"}], "has_more": more}


@pytest.fixture(scope="module")
def server() -> Iterator[Agreeable]:
    with Agreeable() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def reader(server: Agreeable, make_settings: Callable[..., Settings]) -> StripeReader:
    server.asked.clear()
    base = f"http://127.0.0.1:{server.server_port}"
    return StripeReader(
        make_settings(
            stripe_secret_key="sk_test_1",
            stripe_api_base=base,
            stripe_max_requests_per_second=100,
        )
    )


def _slices(spec: ObjectSpec) -> list[dict[str, Any]]:
    """Return the filters that a list of a type can be asked with."""
    slices: list[dict[str, Any]] = [{}]
    if spec.has_created:
        slices += [{"created": {"gte": 1}}, {"created": {"gte": 1, "lt": 2}}]
    if spec.by_parent:
        slices.append({spec.by_parent[0]: PARENT})
    return slices


def _ask_everything(reader: StripeReader, spec: ObjectSpec) -> None:
    if spec.singleton:
        reader.get(spec, spec.object)
        return
    probe(reader, spec)
    if spec.parents:
        return
    reader.get(spec, "x_1")
    reader.newest(spec)
    for filters in _slices(spec):
        assert len(list(reader.pages(spec, filters))) == 2


@pytest.mark.parametrize("spec", ALL_OBJECTS, ids=lambda spec: spec.table)
def test_what_is_asked_is_in_the_published_specification(
    spec: ObjectSpec, reader: StripeReader, server: Agreeable
) -> None:
    _ask_everything(reader, spec)
    # The server must have been asked for all that the row says, or nothing is proved.
    asked = {path for path, _ in server.asked}
    assert spec.list_path(PARENT) in asked
    if spec.parents and spec.parents.param:
        assert any(f"{spec.parents.param}={PARENT}" in query for _, query in server.asked)
    assert {nested.path.format(id=PARENT) for nested in spec.nested} <= asked
    assert any("starting_after" in query for _, query in server.asked) or not _is_paged(spec)
    wrong = [line for path, query in server.asked for line in published().problems(path, query)]
    assert wrong == []


def _is_paged(spec: ObjectSpec) -> bool:
    return not spec.singleton and spec.parents is None


def test_a_customers_balance_transactions_can_be_paged_and_read() -> None:
    spec = BY_TABLE["customer_balance_transactions"]
    pages = "limit=100&starting_after=x&created[gte]=1"
    assert published().problems(spec.list_path("cus_1"), pages) == []
    assert published().problems(spec.url("cbtxn_1", "cus_1"), "") == []


def test_the_event_stream_can_be_read_forwards() -> None:
    assert published().problems("/v1/events", "limit=100&ending_before=evt_1") == []


@pytest.mark.parametrize(
    ("path", "query", "problem"),
    [
        ("/v1/chargez", "", "no such path"),
        ("/v1/charges", "bogus=1", "no parameter bogus"),
        ("/v1/charges", "limit=many", "limit can't be many"),
        ("/v1/charges", "created[since]=1", r"created\[since\] can't be 1"),
        ("/v1/payment_methods", "created[gte]=1", "no parameter created"),
        ("/v1/subscriptions", "status=everything", "status can't be everything"),
        ("/v1/prices", "expand[0]=data.tears", "data.tears can't be expanded"),
        ("/v1/subscriptions", "expand[0]=data.items.data.id", "can't be expanded"),
    ],
)
def test_the_judge_sees_what_is_wrong(path: str, query: str, problem: str) -> None:
    with pytest.raises(AssertionError, match=problem):
        assert published().problems(path, query) == []
