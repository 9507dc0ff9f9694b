"""/v1/kpis: the company in one row a period."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.params import SeriesParameters, SummaryParameters
from reader.pipeline import answer
from reader.queries.kpis import kpis_page
from reader.queries.summary import kpis_summary

router = APIRouter(prefix="/v1/kpis", tags=["kpis"])


@router.get("")
def kpis(request: Request, parameters: Annotated[SeriesParameters, Query()]) -> Response:
    """Serve the KPIs of the newest period, or of each period of a range."""
    return answer(request, parameters, partial(kpis_page, parameters=parameters))


@router.get("/summary")
def summary(request: Request, parameters: Annotated[SummaryParameters, Query()]) -> Response:
    """Serve the KPIs of a whole range as one row."""
    return answer(request, parameters, partial(kpis_summary, parameters=parameters))
