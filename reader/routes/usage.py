"""/v1/usage: videos, active users and credits by period."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reader.params import ProviderParameters, SeriesParameters
from reader.pipeline import answer
from reader.queries.usage import series_page, videos_page
from reader.series import ACTIVE_USERS, CREDITS

router = APIRouter(prefix="/v1/usage", tags=["usage"])


@router.get("/daily")
def daily(request: Request, parameters: Annotated[ProviderParameters, Query()]) -> Response:
    """Serve the videos asked for and the credits they took, by period and provider."""
    return answer(request, parameters, partial(videos_page, parameters=parameters))


@router.get("/active-users")
def active_users(request: Request, parameters: Annotated[SeriesParameters, Query()]) -> Response:
    """Serve active users: of a day, of 7 days and of 30, at each period's end."""
    query = partial(series_page, series=ACTIVE_USERS, parameters=parameters)
    return answer(request, parameters, query)


@router.get("/credits")
def credit_liability(
    request: Request, parameters: Annotated[SeriesParameters, Query()]
) -> Response:
    """Serve the credits that customers can still use, and what they are worth."""
    query = partial(series_page, series=CREDITS, parameters=parameters)
    return answer(request, parameters, query)
