"""/v1/marts, /v1/freshness, /v1/reconciliations: what is served, how late it is, if it holds."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.params import ListParameters, Parameters
from reader.pipeline import JSON_ONLY, answer
from reader.queries.catalogue import marts_page
from reader.queries.freshness import freshness_page
from reader.queries.reconciliations import reconciliations_page
from reader.surface import routes_of

router = APIRouter(prefix="/v1", tags=["catalogue"])


@router.get("/marts")
def marts(request: Request, parameters: Annotated[ListParameters, Query()]) -> Response:
    """Serve the catalogue: every published table with its grain, columns and units."""
    query = partial(marts_page, routes_of=routes_of)
    return answer(request, parameters, query, forms=JSON_ONLY)


@router.get("/freshness")
def freshness(request: Request, parameters: Annotated[Parameters, Query()]) -> Response:
    """Serve how late each source and mart is, worked out now."""
    query = partial(freshness_page, now=request.app.state.settings.now())
    return answer(request, parameters, query, is_timeless=False)


@router.get("/reconciliations")
def reconciliations(request: Request, parameters: Annotated[Parameters, Query()]) -> Response:
    """Serve each reconciliation: what is compared with what, how often, and what differs."""
    return answer(request, parameters, reconciliations_page)
