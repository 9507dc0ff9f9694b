"""/metrics and /status: what Prometheus scrapes, and what a person reads.

Both want the token of an ADMIN, as all data does. A second listener for metrics would be open to
whoever reaches its port, and one more thing to bind, to firewall and to forget; Prometheus sends a
token of its own just as well (`authorization: {credentials_file: …}` with a key of
`tillhouse token prometheus --api-key --scopes read`).
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from reader.metrics import registry, update
from reader.status import status_page

router = APIRouter(tags=["health"])

_HEADERS = {"Cache-Control": "no-store"}


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(request: Request) -> Response:
    """Serve the metrics in Prometheus' text format; those of all workers together."""
    update(request.app)
    return Response(
        generate_latest(registry()), headers={**_HEADERS, "Content-Type": CONTENT_TYPE_LATEST}
    )


@router.get("/status", response_class=HTMLResponse)
def status(request: Request) -> Response:
    """Serve a page for people, without a script: how old the data is, and what runs became."""
    return Response(status_page(request.app), headers=_HEADERS, media_type="text/html")
