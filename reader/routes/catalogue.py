"""/v1/marts, /v1/generations, /v1/freshness: what is served, since when, and how late it is."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.params import Format, ListParameters, Parameters
from reader.pipeline import answer
from reader.queries.catalogue import freshness_page, generations_page, marts_page

router = APIRouter(prefix="/v1", tags=["catalogue"])

_JSON: tuple[Format, ...] = ("json",)


@router.get("/marts")
def marts(request: Request, parameters: Annotated[ListParameters, Query()]) -> Response:
    """Serve the catalogue: every published table with its grain, columns and units."""
    return answer(request, parameters, marts_page, forms=_JSON)


@router.get("/generations")
def generations(request: Request, parameters: Annotated[ListParameters, Query()]) -> Response:
    """Serve the generations that are kept, newest first, and which of them is served."""
    kept = request.app.state.services.generations.kept()
    query = partial(generations_page, kept=kept)
    return answer(request, parameters, query, is_timeless=False)


@router.get("/freshness")
def freshness(request: Request, parameters: Annotated[Parameters, Query()]) -> Response:
    """Serve how late each source and mart is, worked out now."""
    query = partial(freshness_page, now=request.app.state.settings.now())
    return answer(request, parameters, query, is_timeless=False)
