"""/v1/revenue: MRR, its movements, and cash."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.params import CashParameters, MovementParameters, MrrParameters
from reader.pipeline import answer
from reader.queries.cash import cash_page
from reader.queries.revenue import movements_page, mrr_page

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
