"""Connections that are slow, large or odd, over a real socket: none holds the server up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from reader.bodies import read_body
from reader.errors import ReaderError, problem
from reader.server import BoundedProtocol, configuration


async def _app(scope, receive, send):
    if scope["type"] != "http":
        return
    try:
        body = await read_body(Request(scope, receive), 1024, seconds=0.3)
        response = PlainTextResponse(f"{len(body)} bytes")
    except ReaderError as error:
        response = problem(error, "id")
    await response(scope, receive, send)


class _Impatient(BoundedProtocol):
    head_seconds = 0.3
    largest_head = 4096


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = configuration(_app, "127.0.0.1", 0)
        config.http = _Impatient
        config.lifespan = "off"
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


def _talk(port: int, *parts: bytes) -> bytes:
    """Send these and return all that comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        received = b""
        try:
            for part in parts:
                connection.sendall(part)
            while piece := connection.recv(65536):
                received += piece
        except ConnectionError:
            pass
        return received


def test_a_whole_request_is_served_without_naming_the_server(port):
    answer = _talk(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"uvicorn" not in answer.lower()


def test_silence_and_half_a_head_are_closed(port):
    assert _talk(port) == b""
    assert _talk(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ") == b""


def test_a_second_request_of_a_connection_may_not_be_slow_either(port):
    first = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = _talk(port, first, b"GET / HTTP/1.1\r\nX-Slow")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_head_without_end_is_refused(port):
    answer = _talk(port, b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 8192)
    assert answer.startswith(b"HTTP/1.1 400")
    many = b"".join(b"X-%d: y\r\n" % number for number in range(1000))
    assert _talk(port, b"GET / HTTP/1.1\r\n" + many).startswith(b"HTTP/1.1 400")


def test_a_body_that_trickles_is_refused(port):
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nConnection: close\r\n\r\n"
    answer = _talk(port, head, b"abc")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"request_timeout" in answer


def test_a_body_that_is_larger_than_it_said_is_cut_off(port):
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    answer = _talk(port, head, b"1000\r\n" + b"a" * 4096 + b"\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_body_that_comes_with_its_head_is_no_head(port):
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\nConnection: close\r\n\r\n"
    assert _talk(port, head + b"a" * 8000).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A\0B: c\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_a_request_that_can_be_read_two_ways_is_refused(port, head):
    answer = _talk(port, head)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
