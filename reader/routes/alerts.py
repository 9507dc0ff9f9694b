"""/v1/alerts: what was raised, and saying that somebody sees to it."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, Response

from reader.auth import Principal
from reader.errors import NotFoundError
from reader.params import AlertParameters, Closed, Text
from reader.pipeline import Services, answer
from reader.queries.alerts import alerts_page, find_alert, with_state
from reader.representations import plain
from warehouse.operations import Acknowledgements, OperationsStore

router = APIRouter(prefix="/v1/alerts", tags=["alerts"])

_HEADERS = {"Cache-Control": "no-store"}


@router.get("")
def alerts(request: Request, parameters: Annotated[AlertParameters, Query()]) -> Response:
    """Serve alerts, newest first, with their state: open, acknowledged or resolved."""
    query = partial(alerts_page, parameters=parameters, acknowledged=_seen(request).all())
    # What people say of an alert is no part of a generation.
    return answer(request, parameters, query, is_timeless=False)


@router.post("/{id}:acknowledge")
def acknowledge(
    request: Request,
    alert_id: Annotated[Text, Path(alias="id", description="An alert's id.")],
    _: Annotated[Closed, Query()],
) -> Response:
    """Say that an alert is seen to; saying it again changes nothing."""
    services: Services = request.app.state.services
    principal: Principal = request.state.principal
    with services.generations.connect(services.generations.current()) as connection:
        alert = find_alert(connection, alert_id)
    if alert is None:
        raise NotFoundError("there is no such alert")
    now = request.app.state.settings.now()
    seen = _seen(request).add(alert_id, principal.subject, now)
    body = {"object": "alert", **plain(with_state(alert, seen))}
    return JSONResponse(body, headers=_HEADERS)


def _seen(request: Request) -> Acknowledgements:
    return Acknowledgements(OperationsStore(request.app.state.settings))
