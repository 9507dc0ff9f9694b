"""What is asked of Stripe, to the letter, and what its answers mean; over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from ingest.stripe.client import AccountRefusedError, GoneError, LostCursorError, StripeReader
from ingest.stripe.specs import ACCOUNTS, API_VERSION, BY_TABLE
from warehouse.errors import SettingsError, SourceError
from warehouse.settings import Settings

Answer = tuple[int, bytes]
CHARGES, SUBSCRIPTIONS, INVOICES = (
    BY_TABLE["charges"],
    BY_TABLE["subscriptions"],
    BY_TABLE["invoices"],
)


def _answer(status: int, body: Any) -> Answer:
    return status, json.dumps(body).encode()


def _list(*ids: str, more: bool = False, **fields: Any) -> Answer:
    rows = [{"id": name, "object": "charge", "created": 5, **fields} for name in ids]
    return _answer(200, {"object": "list", "data": rows, "has_more": more})


def _error(status: int, **told: Any) -> Answer:
    return _answer(status, {"error": {"type": "invalid_request_error", **told}})


class Server:
    """Answers in the order that was told, whatever is asked, and keeps what was."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []
        self.headers: list[dict[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                server.asked.append((parts.path, parse_qsl(parts.query, keep_blank_values=True)))
                server.headers.append(dict(self.headers))
                status, body = server.answers.pop(0)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever)
    thread.start()
    yield made
    made.http.shutdown()
    thread.join()
    made.http.server_close()
    assert made.answers == []


Make = Callable[..., StripeReader]


@pytest.fixture
def reader_of(server: Server, make_settings: Callable[..., Settings]) -> Make:
    def make(account: str | None = None) -> StripeReader:
        settings = make_settings(
            stripe_secret_key="rk_test_reader", stripe_api_base=f"{server.url}/"
        )
        return StripeReader(settings, attempts=1, account=account)

    return make


@pytest.fixture
def reader(reader_of: Make) -> StripeReader:
    return reader_of()


def test_parameters_are_written_as_stripe_reads_them(server: Server, reader: StripeReader) -> None:
    server.answers = [_list("sub_1")]
    reader.page(SUBSCRIPTIONS, {"created": {"gte": 5, "lt": 9}}, "sub_0 &?")
    ((path, query),) = server.asked
    assert path == "/v1/subscriptions"
    assert query == [
        ("limit", "100"),
        ("status", "all"),
        ("created[gte]", "5"),
        ("created[lt]", "9"),
        ("expand[]", "data.discounts"),
        ("expand[]", "data.items.data.discounts"),
        ("starting_after", "sub_0 &?"),
    ]


def test_one_object_is_asked_for_with_its_expansions(server: Server, reader: StripeReader) -> None:
    server.answers = [_answer(200, {"id": "in_1", "object": "invoice"})]
    assert reader.get(INVOICES, "in_1") == {"id": "in_1", "object": "invoice"}
    assert server.asked == [("/v1/invoices/in_1", [("expand[]", "discounts")])]


def test_every_request_has_the_key_the_version_and_the_account(
    server: Server, reader_of: Make
) -> None:
    server.answers = [_list(), _list()]
    reader_of().newest(CHARGES)
    reader_of("acct_north").newest(CHARGES)
    own, north = server.headers
    assert own["Authorization"] == north["Authorization"] == "Bearer rk_test_reader"
    assert own["Stripe-Version"] == north["Stripe-Version"] == API_VERSION
    assert "Stripe-Account" not in own
    assert north["Stripe-Account"] == "acct_north"


def test_a_list_is_read_to_its_end(server: Server, reader: StripeReader) -> None:
    server.answers = [_list("ch_3", "ch_2", more=True), _list("ch_1")]
    pages = [[row["id"] for row in page] for page in reader.pages(CHARGES)]
    assert pages == [["ch_3", "ch_2"], ["ch_1"]]
    assert [dict(query).get("starting_after") for _, query in server.asked] == [None, "ch_2"]
    assert reader.requests_sent == 2


def test_nested_lists_are_completed_from_their_own_pages(
    server: Server, reader: StripeReader
) -> None:
    lines = {"object": "list", "data": [{"id": "il_1"}], "has_more": True, "url": "kept"}
    whole = _answer(200, {"data": [{"id": "il_1"}, {"id": "il_2"}], "has_more": True})
    server.answers = [
        _answer(200, {"id": "in_1", "object": "invoice", "lines": lines}),
        whole,
        _answer(200, {"data": [{"id": "il_3"}], "has_more": False}),
    ]
    found = reader.get(INVOICES, "in_1")["lines"]
    assert [row["id"] for row in found["data"]] == ["il_1", "il_2", "il_3"]
    assert (found["has_more"], found["url"]) == (False, "kept")
    assert [path for path, _ in server.asked[1:]] == ["/v1/invoices/in_1/lines"] * 2


def test_what_was_deleted_before_it_was_completed_is_left_to_its_event(
    server: Server, reader: StripeReader
) -> None:
    lines = {"object": "list", "data": [], "has_more": True}
    server.answers = [
        _list("in_2", "in_1", lines=lines),
        _answer(200, {"data": [{"id": "il_1"}], "has_more": False}),
        _error(404, code="resource_missing", message="No such invoice: 'in_1'"),
    ]
    page = reader.page(INVOICES, {})
    assert ([row["id"] for row in page.objects], page.last_id) == (["in_2"], "in_1")


def test_an_object_that_is_gone(server: Server, reader: StripeReader) -> None:
    server.answers = [_error(404, code="resource_missing", message="No such charge: 'ch_1'")]
    with pytest.raises(GoneError):
        reader.get(CHARGES, "ch_1")


@pytest.mark.parametrize("body", [b"<html>Not found</html>", b"", b"[]", b'{"detail": "no"}'])
def test_a_404_that_is_not_stripes_is_another_server(
    body: bytes, server: Server, reader: StripeReader
) -> None:
    server.answers = [(404, body)]
    with pytest.raises(SourceError, match=r"there is no /v1/charges at http.*STRIPE_API_BASE"):
        reader.get(CHARGES, "ch_1")


def test_a_server_without_an_account_is_no_stripe(server: Server, reader: StripeReader) -> None:
    server.answers = [_error(404, message="Unrecognized request URL")] * 2
    for ask in (lambda: reader.get(ACCOUNTS, ""), lambda: reader.newest(CHARGES)):
        with pytest.raises(SourceError, match="check STRIPE_API_BASE"):
            ask()


@pytest.mark.parametrize(
    "answer",
    [
        _error(400, param="starting_after", message="No such charge: 'ch_9'"),
        _error(404, param="starting_after", message="No such charge: 'ch_9'"),
        _error(400, message="This event has aged out"),
    ],
)
def test_a_cursor_that_is_gone(answer: Answer, server: Server, reader: StripeReader) -> None:
    server.answers = [answer]
    with pytest.raises(LostCursorError):
        reader.page(CHARGES, {}, "ch_9")


def test_a_list_that_loses_its_place_too_often_is_an_error(
    server: Server, reader: StripeReader
) -> None:
    lost = _error(400, param="starting_after", message="No such charge: 'ch_2'")
    server.answers = [_list("ch_2", more=True), lost] * 4
    with pytest.raises(SourceError, match="/v1/charges lost its place 4 times"):
        list(reader.pages(CHARGES))


@pytest.mark.parametrize("stuck", [_list(more=True), _list("ch_9", more=True)])
def test_a_list_that_says_more_and_gives_nothing_more_is_an_error(
    stuck: Answer, server: Server, reader: StripeReader
) -> None:
    server.answers = [stuck]
    with pytest.raises(SourceError, match="/v1/charges says it has more but gives nothing more"):
        reader.page(CHARGES, {}, "ch_9")


def test_a_nested_list_that_stands_still_is_an_error(server: Server, reader: StripeReader) -> None:
    server.answers = [_list("il_1", more=True), _list("il_1", more=True)]
    with pytest.raises(SourceError, match="/v1/invoices/in_1/lines says it has more"):
        reader.children(INVOICES, INVOICES.nested[0], "in_1")


def test_what_a_payout_paid_out_is_asked_for_by_its_id(
    server: Server, reader: StripeReader
) -> None:
    server.answers = [_list("txn_1")]
    (row,) = reader.listed_under(BY_TABLE["payout_transactions"], "po_1")
    assert row["id"] == "txn_1"
    asked = [("limit", "100"), ("payout", "po_1")]
    assert server.asked == [("/v1/balance_transactions", asked)]


@pytest.mark.parametrize(
    "told",
    [
        {"code": "balance_transactions_manual_filtering_not_allowed"},
        {"message": "Balance transaction history can only be filtered on automatic transfers"},
    ],
)
def test_a_payout_by_hand_has_no_such_list(
    told: dict[str, str], server: Server, reader: StripeReader
) -> None:
    server.answers = [_error(400, param="payout", **told)]
    with pytest.raises(GoneError):
        reader.listed_under(BY_TABLE["payout_transactions"], "po_1")


def test_a_bad_request_is_told_in_stripes_words(server: Server, reader: StripeReader) -> None:
    server.answers = [_error(400, param="created", message="Invalid timestamp")]
    with pytest.raises(SourceError, match="refuses /v1/charges for charges: Invalid timestamp"):
        reader.page(CHARGES, {})


def test_a_refused_key_is_a_wrong_setting(server: Server, reader: StripeReader) -> None:
    server.answers = [_error(401, message="Invalid API Key provided: rk_test_******")]
    with pytest.raises(SettingsError, match=r"STRIPE_SECRET_KEY is refused .*\(401\)"):
        reader.newest(CHARGES)


def test_a_missing_permission_is_named(server: Server, reader: StripeReader) -> None:
    server.answers = [_error(403, message="lacks 'rak_charge_read' on account"), (403, b"no")]
    with pytest.raises(SourceError, match=r"read charges \(403\): .*Refunds” \(rak_charge_read\)"):
        reader.newest(CHARGES)
    with pytest.raises(SourceError, match=r"“Charges and Refunds”$"):
        reader.newest(CHARGES)


def test_an_account_out_of_reach_is_told_from_a_permission(server: Server, reader_of: Make) -> None:
    unknown = _error(403, code="account_invalid", message="does not have access to account")
    server.answers = [unknown, _error(403, message="lacks 'rak_charge_read' on account"), unknown]
    with pytest.raises(AccountRefusedError, match="no access to acct_north"):
        reader_of("acct_north").newest(CHARGES)
    with pytest.raises(SourceError, match="rak_charge_read"):
        reader_of("acct_north").newest(CHARGES)
    # Without a connected account there is nothing to take out of the settings.
    with pytest.raises(SourceError, match="refuses to read charges"):
        reader_of().newest(CHARGES)


@pytest.mark.parametrize("answer", [(200, b"<html>"), (200, b"[]"), (402, b"{}"), (500, b"")])
def test_what_is_no_answer_is_an_error(
    answer: Answer, server: Server, reader: StripeReader
) -> None:
    server.answers = [answer]
    with pytest.raises(SourceError, match=rf"for charges \(status {answer[0]}\)"):
        reader.newest(CHARGES)
