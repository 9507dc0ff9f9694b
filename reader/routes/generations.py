"""/v1/generations: what is published, and rolling back or forward."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, Response

from reader.errors import ConflictError, NotFoundError
from reader.params import Closed, ListParameters, Text
from reader.pipeline import Services, answer
from reader.queries.generations import described, generations_page
from reader.representations import plain
from warehouse.errors import PublishError
from warehouse.generations import activate as activate_generation

router = APIRouter(prefix="/v1/generations", tags=["generations"])

_HEADERS = {"Cache-Control": "no-store"}


@router.get("")
def generations(request: Request, parameters: Annotated[ListParameters, Query()]) -> Response:
    """Serve the generations that are kept, newest first, and which of them is served."""
    kept = request.app.state.services.generations.kept()
    query = partial(generations_page, kept=kept)
    return answer(request, parameters, query, is_timeless=False)


@router.post("/{id}:activate")
def activate(
    request: Request,
    generation_id: Annotated[Text, Path(alias="id", description="A kept generation's id.")],
    _: Annotated[Closed, Query()],
) -> Response:
    """Roll back or forward to a kept generation; readers follow within a second."""
    services: Services = request.app.state.services
    kept = {generation.id for generation in services.generations.kept()}
    if generation_id not in kept:
        names = ", ".join(sorted(kept, reverse=True)) or "none"
        raise NotFoundError(f"there is no generation {generation_id}: kept are {names}")
    try:
        generation = activate_generation(request.app.state.settings, generation_id)
    except PublishError as error:
        raise ConflictError(f"generation {generation_id} can't be activated: {error}") from error
    body = {"object": "generation", **plain(described(generation, generation_id))}
    return JSONResponse(body, headers=_HEADERS)
