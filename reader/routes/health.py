"""/livez and /readyz: whether the process runs, and whether it has data to serve."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from reader.database import Published

router = APIRouter(tags=["health"])

_HEADERS = {"Cache-Control": "no-store"}


@router.get("/livez")
def livez() -> Response:
    """Say that the process answers."""
    return JSONResponse({"status": "ok"}, headers=_HEADERS)


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """Say that a published generation can be read; else 503 `no_generation`."""
    generations: Published = request.app.state.services.generations
    with generations.connect(generations.current()) as connection:
        connection.fetch("select 1 as one")
    return JSONResponse({"status": "ok"}, headers=_HEADERS)
