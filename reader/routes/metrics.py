"""/v1/metrics: what a figure means and what it is made of."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from reader.params import ExplainParameters
from reader.pipeline import answer
from reader.queries.explain import explain_page

router = APIRouter(prefix="/v1/metrics", tags=["catalogue"])


@router.get("/{metric}/explain")
def explain(
    request: Request,
    metric: Annotated[str, Path(description="A metric, as in docs/metrics.md.")],
    parameters: Annotated[ExplainParameters, Query()],
) -> Response:
    """Serve a figure's definition, SQL and tests, and the objects that sum to it."""
    query = partial(
        explain_page,
        metric=metric,
        parameters=parameters,
        live_mode=request.app.state.settings.live_mode,
    )
    return answer(request, parameters, query)
