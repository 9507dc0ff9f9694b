"""/v1/customers: what each customer holds, brought and cost."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from reader.params import CustomersParameters, Parameters, Text
from reader.pipeline import JSON_ONLY, answer
from reader.queries.customer import customer_page
from reader.queries.customers import customers_page

router = APIRouter(prefix="/v1/customers", tags=["customers"])


@router.get("")
def customers(request: Request, parameters: Annotated[CustomersParameters, Query()]) -> Response:
    """Serve customers with their MRR, revenue, cash, cost and margin."""
    query = partial(
        customers_page, parameters=parameters, live_mode=request.app.state.settings.live_mode
    )
    return answer(request, parameters, query)


@router.get("/{customer_key}")
def customer(
    request: Request,
    customer_key: Annotated[Text, Path(description="A customer's key.")],
    parameters: Annotated[Parameters, Query()],
) -> Response:
    """Serve one customer: subscriptions, invoices, payments, movements, credits, videos."""
    query = partial(
        customer_page,
        customer_key=customer_key,
        live_mode=request.app.state.settings.live_mode,
    )
    return answer(request, parameters, query, forms=JSON_ONLY)
