"""A real browser on a served dashboard, and what a page complained of while it was looked at."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import jwt
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from reader.app import create_app
from reader.scopes import SCOPES
from warehouse.generations import Generation
from warehouse.settings import Settings

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""
# Milliseconds: a machine that does much else at the time is slow, not wrong.
PATIENCE = 90_000
SCREENS = ("overview", "revenue", "churn", "usage", "costs", "customers", "health")


@dataclass
class Served:
    """A reader on a port of this machine, and what it serves."""

    url: str
    settings: Settings
    generation: Generation
    newest: date

    def token(self, role: str = "ADMIN") -> str:
        end = datetime.now(UTC) + timedelta(hours=1)
        claims = {
            "sub": "browser",
            "role": role,
            "scopes": list(SCOPES),
            "exp": int(end.timestamp()),
        }
        return jwt.encode(claims, self.settings.reader_jwt_secret_value(), "HS256")


@contextmanager
def serving(settings: Settings, generation: Generation, newest: date) -> Iterator[Served]:
    """Serve a published company on a free port."""
    config = uvicorn.Config(
        create_app(settings), port=0, log_level="warning", server_header=False, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(f"http://127.0.0.1:{port}", settings, generation, newest)
    server.should_exit = True
    thread.join(10)


@dataclass
class Visit:
    """A page and everything it complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.violations")
        return found


def visit(served: Served, browser: Browser, query: str = "", **context: Any) -> Visit:
    """Open the dashboard signed in, with its figures shown."""
    made: BrowserContext = browser.new_context(**context)
    made.set_default_timeout(PATIENCE)
    made.add_init_script(VIOLATIONS)
    seen = Visit(made.new_page())
    page = seen.page
    page.on("console", lambda m: m.type == "error" and seen.complaints.append(m.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on(
        "request",
        lambda r: (
            r.url.startswith((served.url, "data:", "blob:"))
            or seen.complaints.append(f"left: {r.url}")
        ),
    )
    page.goto(f"{served.url}/{query}#token={served.token()}")
    settled(page)
    return seen


def settled(page: Page) -> None:
    """Wait until nothing is waited for."""
    page.wait_for_selector(".grid", state="attached")
    expect(page.locator(".skeleton, .is-loading")).to_have_count(0)


def addressed(page: Page, part: str) -> None:
    """Wait until this is a part of the address: the browser tells of a new one when it has time."""
    expect(page).to_have_url(re.compile(re.escape(part)))


def go(page: Page, screen: str) -> None:
    """Follow the link of a screen."""
    page.locator(f".nav [data-screen={screen}]").click()
    expect(page.locator(f".grid[data-screen={screen}]")).to_be_visible()
    settled(page)
