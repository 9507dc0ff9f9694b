"""/v1/margin: what was earned, what it cost, and what is left."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.params import MarginParameters
from reader.pipeline import answer
from reader.queries.margin import margin_page

router = APIRouter(prefix="/v1/margin", tags=["margin"])


@router.get("")
def margin(request: Request, parameters: Annotated[MarginParameters, Query()]) -> Response:
    """Serve margin by month: in total, or by plan, provider, country or customer."""
    return answer(request, parameters, partial(margin_page, parameters=parameters))
