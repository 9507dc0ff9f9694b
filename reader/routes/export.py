"""/v1/export.zip: every published table of a period in one archive."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.export import archive
from reader.params import ExportParameters
from reader.pipeline import stream

router = APIRouter(prefix="/v1", tags=["export"])


@router.get(
    "/export.zip",
    response_class=Response,
    responses={
        200: {"description": "The archive.", "content": {"application/zip": {}}},
        304: {"description": "Nothing has changed since that ETag."},
    },
)
def export(request: Request, parameters: Annotated[ExportParameters, Query()]) -> Response:
    """Serve everything of a period: a file a table, and MANIFEST.json with counts and SHA-256."""
    return stream(
        request,
        parameters,
        parameters.format,
        partial(archive, parameters=parameters),
        media_type="application/zip",
        suffix=".zip",
    )
