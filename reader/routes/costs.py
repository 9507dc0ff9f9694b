"""/v1/costs: what the providers of generated videos cost."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.params import ProviderParameters, ProviderSummaryParameters
from reader.pipeline import answer
from reader.queries.costs import providers_page
from reader.queries.summary import providers_summary

router = APIRouter(prefix="/v1/costs", tags=["costs"])


@router.get("/providers")
def providers(request: Request, parameters: Annotated[ProviderParameters, Query()]) -> Response:
    """Serve provider cost by period and provider."""
    return answer(request, parameters, partial(providers_page, parameters=parameters))


@router.get("/providers/summary")
def summary(
    request: Request, parameters: Annotated[ProviderSummaryParameters, Query()]
) -> Response:
    """Serve each provider's cost over a whole range."""
    return answer(request, parameters, partial(providers_summary, parameters=parameters))
