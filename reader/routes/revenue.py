"""/v1/revenue: MRR, its movements and definitions, cash, and recognised revenue."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.params import (
    CashParameters,
    DefinitionParameters,
    MonthlyParameters,
    MovementParameters,
    MrrParameters,
)
from reader.pipeline import answer
from reader.queries.cash import cash_page
from reader.queries.recognition import recognition_page
from reader.queries.revenue import definitions_page, movements_page, mrr_page

router = APIRouter(prefix="/v1/revenue", tags=["revenue"])


@router.get("/mrr")
def mrr(request: Request, parameters: Annotated[MrrParameters, Query()]) -> Response:
    """Serve MRR: the monthly roll-forward, or a series by day or week, or its split by plan."""
    return answer(request, parameters, partial(mrr_page, parameters=parameters))


@router.get("/movements")
def movements(request: Request, parameters: Annotated[MovementParameters, Query()]) -> Response:
    """Serve what moved MRR from each period's opening to its closing."""
    return answer(request, parameters, partial(movements_page, parameters=parameters))


@router.get("/cash")
def cash(request: Request, parameters: Annotated[CashParameters, Query()]) -> Response:
    """Serve Stripe's balance transactions, summed by currency and class."""
    return answer(request, parameters, partial(cash_page, parameters=parameters))


@router.get("/recognition")
def recognition(request: Request, parameters: Annotated[MonthlyParameters, Query()]) -> Response:
    """Serve what was billed, recognised and deferred, and the cash beside it, by month."""
    return answer(request, parameters, partial(recognition_page, parameters=parameters))


@router.get("/definitions")
def definitions(request: Request, parameters: Annotated[DefinitionParameters, Query()]) -> Response:
    """Serve MRR as other systems define it, with the bridge: ours + gaps = theirs."""
    return answer(request, parameters, partial(definitions_page, parameters=parameters))
