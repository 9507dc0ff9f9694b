"""/: the dashboard, one static page that reads only this API."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

STATIC = Path(__file__).parent.parent / "dashboard" / "static"

router = APIRouter(include_in_schema=False)


@router.get("/")
def dashboard() -> Response:
    """Serve the page; it holds no data."""
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})
