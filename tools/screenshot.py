"""Take the picture of the dashboard that the README shows.

    python tools/screenshot.py --out docs/images/dashboard.png

Without `--url` it refreshes and serves the demo company (in TILLHOUSE_HOME) for the moment of the
picture; with `--url` and `--token` it visits a reader that runs. Needs the development dependencies
and a Chromium (`--chromium` says where).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import uvicorn
from playwright.sync_api import expect, sync_playwright

from reader.app import create_app
from tillhouse.tokens import mint
from warehouse.generations import active
from warehouse.settings import load_settings

# Root may start Chromium only without its sandbox; the page is our own.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# What the demo company's clock says at the picture: a little after the refresh.
AGE = timedelta(minutes=12)


def main() -> None:
    """Take the picture of a running reader, or of the demo company."""
    options = _options()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    if options.url is not None:
        take(options, options.url, options.token)
        return
    with demo() as (url, token):
        take(options, url, token)


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Serve the demo company; yield its address and a token."""
    subprocess.run([sys.executable, "-m", "tillhouse", "demo", "--no-serve"], check=True)
    generation = active(load_settings())
    assert generation is not None
    settings = load_settings(tillhouse_now=generation.as_of + AGE)
    config = uvicorn.Config(create_app(settings), port=0, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", mint(settings, "picture", expires=timedelta(minutes=5))
    finally:
        server.should_exit = True
        thread.join()


def take(options: argparse.Namespace, url: str, token: str) -> None:
    """Sign in, wait for the figures, write the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=list(FLAGS))
        context = browser.new_context(
            viewport={"width": options.width, "height": options.height},
            color_scheme=options.theme,
            device_scale_factor=options.scale,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(f"{url}/?{options.query}#token={token}")
        page.wait_for_selector(".kpi .value", timeout=30_000)
        expect(page.locator(".skeleton, .is-loading")).to_have_count(0)
        page.wait_for_timeout(300)
        page.screenshot(path=options.out, full_page=options.full_page)
        browser.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="where a reader serves; default: the demo company")
    parser.add_argument("--token", help="a token of an administrator there")
    parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
    parser.add_argument("--query", default="range=12m", help="what the page shows: its query")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--height", type=int, default=1240)
    parser.add_argument("--scale", type=float, default=1.5, help="device pixels in a CSS pixel")
    parser.add_argument("--full-page", action="store_true", help="down to the page's end")
    found = shutil.which("chromium") or "/usr/bin/chromium"
    parser.add_argument("--chromium", default=found, help="the browser's executable")
    options = parser.parse_args()
    if options.url is not None and options.token is None:
        parser.error("--url needs --token: tillhouse token NAME prints one")
    return options


if __name__ == "__main__":
    main()
