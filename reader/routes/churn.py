"""/v1/churn/retention: what is kept of a month's revenue and customers."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.params import MonthlyParameters
from reader.pipeline import answer
from reader.queries.churn import retention_page

router = APIRouter(prefix="/v1/churn", tags=["churn"])


@router.get("/retention")
def retention(request: Request, parameters: Annotated[MonthlyParameters, Query()]) -> Response:
    """Serve churn and retention rates by month."""
    return answer(request, parameters, partial(retention_page, parameters=parameters))
