"""localstripe, another maker's stateful fake of Stripe, as a process of its own.

It is under the GPL: it is started as a program and spoken to over HTTP, never imported, and none of
it is kept in this project (`docs/decisions/0010-others-stripe-aside.md`).
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from installed_aside import installed

KEY = "sk_test_localstripe0001"
PACKAGES = (
    "localstripe==1.15.10",
    "aiohappyeyeballs==2.7.1",
    "aiohttp==3.14.5",
    "aiosignal==1.4.0",
    "attrs==26.1.0",
    "frozenlist==1.8.0",
    "idna==3.20",
    "multidict==7.2.1",
    "propcache==0.5.4",
    "python-dateutil==4.0.0",
    "typing-extensions==4.16.0",
    "tzdata==2026.6",
    "yarl==1.25.1",
)
ACCOUNT = {"id": "acct_localstripe", "object": "account", "default_currency": "usd"}
CARD = {
    "type": "card",
    "card[number]": "4242424242424242",
    "card[exp_month]": "12",
    "card[exp_year]": "2030",
    "card[cvc]": "123",
}


@contextmanager
def localstripe(folder: Path, port: int) -> Iterator[httpx.Client]:
    """Run the server; yield a client of its API.

    Args:
        folder: where it may write.
        port: where it listens.
    """
    program = installed("localstripe", PACKAGES) / "bin" / "localstripe"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(program), "--from-scratch", "--port", str(port)],
            env={"HOME": str(folder), "TMPDIR": str(folder)},
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=base, auth=(KEY, ""), trust_env=False) as client:
            _wait_for(client, server)
            yield client
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            client.get("/v1/events")
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("localstripe did not come up")


def fill(client: httpx.Client) -> None:
    """Let three customers subscribe and pay: every type of object that it makes is there."""

    def post(path: str, **fields: str) -> dict[str, Any]:
        answer = client.post(f"/v1/{path}", data=fields)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    product = post("products", name="Pro", type="service")
    plan = {"currency": "usd", "interval": "month", "amount": "800", "product": product["id"]}
    plan_id = post("plans", **plan, id="pro")["id"]
    post("coupons", id="half", percent_off="50", duration="once")
    post("tax_rates", display_name="VAT", percentage="20", inclusive="false")
    for number in range(3):
        customer = post("customers", email=f"canary{number}@example.com", name="Canary")["id"]
        method = post("payment_methods", **CARD)["id"]
        post(f"payment_methods/{method}/attach", customer=customer)
        pays_with = {"invoice_settings[default_payment_method]": method}
        post(f"customers/{customer}", **pays_with)
        post("subscriptions", **{"customer": customer, "items[0][plan]": plan_id})


@contextmanager
def with_an_account(client: httpx.Client) -> Iterator[str]:
    """Serve it with the one thing without which no pull begins; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/v1/account"):
                self._send(200, json.dumps(ACCOUNT).encode(), "application/json")
                return
            answer = client.get(self.path)
            self._send(answer.status_code, answer.content, answer.headers["content-type"])

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
