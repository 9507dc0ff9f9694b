"""What is sent again, how often, and after how long; nothing here opens a socket."""

from __future__ import annotations

from typing import Any, cast

import pytest
import urllib3

from ingest.stripe.pace import EndpointPaces
from ingest.stripe.transport import (
    PatientTransport,
    backoff,
    connections,
    endpoint_of,
    pause_after,
)

Answer = tuple[int, dict[str, str]] | Exception


class Script:
    """Answers in order, instead of the network."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.slept: list[float] = []
        pool = cast("urllib3.PoolManager", self)
        paces = EndpointPaces(100)
        self.transport = PatientTransport(pool, paces, attempts=4, sleep=self.slept.append)

    def request(self, *_: object, **__: object) -> urllib3.HTTPResponse:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return urllib3.HTTPResponse(b"{}", status=answer[0], headers=answer[1])

    def send(self) -> int:
        return self.transport.get("https://api.stripe.com/v1/charges?limit=1", {})[1]


OK: Answer = (200, {})
POOL = urllib3.HTTPSConnectionPool("api.stripe.com")
CONNECTION = urllib3.connection.HTTPSConnection("api.stripe.com")


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
def test_what_may_pass_is_sent_again(status: int) -> None:
    script = Script((status, {"Retry-After": "0"}), OK)
    assert script.send() == 200
    assert script.transport.requests_sent == 2
    assert len(script.slept) == 1


@pytest.mark.parametrize("status", [200, 400, 401, 402, 403, 404])
def test_what_will_not_pass_is_sent_once(status: int) -> None:
    script = Script((status, {}))
    assert script.send() == status
    assert script.slept == []


def test_the_last_answer_is_returned_when_patience_ends() -> None:
    script = Script(*[(500, {})] * 4, OK)
    assert script.send() == 500
    assert script.transport.requests_sent == 4


@pytest.mark.parametrize(
    "error",
    [
        urllib3.exceptions.NewConnectionError(CONNECTION, "refused"),
        urllib3.exceptions.ProtocolError("Connection aborted."),
        urllib3.exceptions.IncompleteRead(3, 7),
        urllib3.exceptions.ReadTimeoutError(POOL, "/v1/charges", "the body never came"),
    ],
)
def test_a_broken_connection_is_tried_again(error: Exception) -> None:
    script = Script(error, error, OK)
    assert script.send() == 200


def test_a_wrong_certificate_is_not() -> None:
    script = Script(urllib3.exceptions.SSLError())
    with pytest.raises(urllib3.exceptions.SSLError):
        script.send()
    assert script.transport.requests_sent == 1


def test_a_connection_that_stays_broken_is_an_error() -> None:
    script = Script(*[urllib3.exceptions.ProtocolError()] * 4)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        script.send()
    assert script.transport.requests_sent == 4


def test_retry_after_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script((429, {"Retry-After": "7", "x": ""}), OK)
    held: list[tuple[Any, ...]] = []
    monkeypatch.setattr(EndpointPaces, "hold", lambda _, *told: held.append(told))
    script.send()
    assert 7 <= script.slept[0] <= 7.25
    assert held == [("charges", script.slept[0], "")]


def test_a_retry_after_of_an_hour_is_cut() -> None:
    assert pause_after({"Retry-After": "3600"}, 1) <= 60.25


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}])
def test_without_a_number_the_backoff_decides(headers: dict[str, str]) -> None:
    assert 1 <= pause_after(headers, 3) <= 2


def test_the_backoff_doubles_up_to_a_limit() -> None:
    for attempt, longest in ((1, 0.5), (2, 1), (3, 2), (6, 16), (7, 20), (40, 20)):
        assert longest / 2 <= backoff(attempt) <= longest


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("https://api.stripe.com/v1/invoices?limit=100", "invoices"),
        ("https://api.stripe.com/v1/invoices/in_1/lines", "invoices"),
        ("http://127.0.0.1:9/v1/checkout/sessions/cs_1", "checkout/sessions"),
        ("http://127.0.0.1:9/v1/balance", "balance"),
    ],
)
def test_the_family_of_endpoints(url: str, endpoint: str) -> None:
    assert endpoint_of(url) == endpoint


PROXY = "http://someone:secret@proxy.example:3128"


@pytest.mark.parametrize(("passed_by", "is_used"), [("", True), ("api.stripe.com", False)])
def test_the_environment_names_a_proxy(
    monkeypatch: pytest.MonkeyPatch, passed_by: str, is_used: bool
) -> None:
    monkeypatch.setenv("https_proxy", PROXY)
    monkeypatch.setenv("no_proxy", passed_by)
    pool = connections("https://api.stripe.com")
    assert isinstance(pool, urllib3.ProxyManager) == is_used
    if isinstance(pool, urllib3.ProxyManager):
        assert pool.proxy.host == "proxy.example"
        known = urllib3.make_headers(proxy_basic_auth="someone:secret")
        assert pool.proxy_headers == known
