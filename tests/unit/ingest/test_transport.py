"""What is sent again, how often, and after how long; nothing here opens a socket."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import stripe
import urllib3

from ingest.stripe.pace import EndpointPaces
from ingest.stripe.transport import (
    PatientTransport,
    backoff,
    endpoint_of,
    pause_after,
    session_for,
)

Answer = tuple[int, dict[str, str]] | Exception


class Body:
    """What is read of an answer, to its end or as far as it gets."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def read(self, *, decode_content: bool) -> bytes:
        if self.error:
            raise self.error
        return b"{}"


class Script:
    """Answers in order, instead of the network."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> None:
        self.answers = list(answers)
        self.slept: list[float] = []
        monkeypatch.setattr(stripe.RequestsClient, "request_stream", self._answer)
        paces = EndpointPaces(100)
        self.transport = PatientTransport(paces, attempts=4, base=STRIPE, sleep=self.slept.append)

    def _answer(self, *_: object) -> tuple[Body, int, Mapping[str, str]]:
        answer = self.answers.pop(0)
        if isinstance(answer, urllib3.exceptions.HTTPError):
            return Body(answer), 200, {}
        if isinstance(answer, Exception):
            raise stripe.APIConnectionError("broken") from answer
        return Body(), answer[0], answer[1]

    def send(self) -> int:
        return self.transport.request("get", "https://api.stripe.com/v1/charges?limit=1", {})[1]


STRIPE = "https://api.stripe.com"
OK: Answer = (200, {})
POOL = urllib3.HTTPSConnectionPool("api.stripe.com")


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
def test_what_may_pass_is_sent_again(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    script = Script(monkeypatch, (status, {"Retry-After": "0"}), OK)
    assert script.send() == 200
    assert script.transport.requests_sent == 2
    assert len(script.slept) == 1


def test_an_answer_is_as_slow_as_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, OK)
    ticks = iter([10.0, 10.5])
    assert script.transport.answer_seconds == 0
    monkeypatch.setattr(script.transport, "_take_turn", lambda _: None)
    monkeypatch.setattr("ingest.stripe.transport.time", SimpleNamespace(monotonic=ticks.__next__))
    assert script.send() == 200
    assert script.transport.answer_seconds == 0.5


@pytest.mark.parametrize("status", [200, 400, 401, 402, 403, 404])
def test_what_will_not_pass_is_sent_once(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    script = Script(monkeypatch, (status, {}))
    assert script.send() == status
    assert script.slept == []


def test_the_last_answer_is_returned_when_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, *[(500, {})] * 4, OK)
    assert script.send() == 500
    assert script.transport.requests_sent == 4


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ConnectionError(),
        requests.exceptions.ReadTimeout(),
        urllib3.exceptions.IncompleteRead(3, 7),
        urllib3.exceptions.ReadTimeoutError(POOL, "/v1/charges", "the body never came"),
    ],
)
def test_a_broken_connection_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    script = Script(monkeypatch, error, error, OK)
    assert script.send() == 200


def test_a_wrong_certificate_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, requests.exceptions.SSLError())
    with pytest.raises(stripe.APIConnectionError):
        script.send()
    assert script.transport.requests_sent == 1


def test_a_connection_that_stays_broken_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, *[requests.exceptions.ConnectionError()] * 4)
    with pytest.raises(stripe.APIConnectionError):
        script.send()
    assert script.transport.requests_sent == 4


def test_retry_after_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, (429, {"Retry-After": "7", "x": ""}), OK)
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


def test_the_key_is_sent_whatever_netrc_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else")
    monkeypatch.setenv("NETRC", str(netrc))
    asked = requests.Request("GET", STRIPE, headers={"Authorization": "Bearer sk_test_1"})
    assert requests.Session().prepare_request(asked).headers["Authorization"].startswith("Basic")
    prepared = session_for(STRIPE).prepare_request(asked)
    assert prepared.headers["Authorization"] == "Bearer sk_test_1"


def test_a_proxy_of_the_environment_is_used_where_it_is_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "stripe.example")
    assert session_for(STRIPE).proxies["https"] == "http://proxy.example:3128"
    assert "https" not in session_for("https://stripe.example").proxies
