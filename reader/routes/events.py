"""/v1/events: what changes, as it happens, as Server-Sent Events."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from reader.errors import UnknownParameterError
from reader.live.live import Live

router = APIRouter(prefix="/v1/events", tags=["live"])

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_DESCRIPTION = {
    "parameters": [
        {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}}
    ],
    "responses": {
        "200": {"description": "The stream.", "content": {"text/event-stream": {}}},
    },
}


@router.get("", openapi_extra=_DESCRIPTION)
async def events(request: Request) -> Response:
    """Stream `generation.published`, `alert.opened`, `alert.resolved` and `payments.recent`.

    The current state comes first, as events with `"snapshot": true`. The id of an event is the
    generation that was served then; the stream ends when the credential does.
    """
    for name in request.query_params:
        raise UnknownParameterError(f"{name} is not a parameter of this route", param=name)
    live: Live = request.app.state.live
    stream = live.stream(
        request.state.principal,
        request.headers,
        request.cookies,
        request.headers.get("last-event-id"),
    )
    return StreamingResponse(stream, headers=_HEADERS, media_type="text/event-stream")
