"""/v1/session: the dashboard signs in with a token and holds a cookie that no script can read."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from reader.auth import COOKIE, Authenticator, Principal, authorise
from reader.bodies import read_body
from reader.errors import InvalidParameterError, NotFoundError
from reader.representations import instant

router = APIRouter(prefix="/v1/session", tags=["session"])

_MAX_BODY = 16 * 1024
_HEADERS = {"Cache-Control": "no-store"}


@router.post("")
async def sign_in(request: Request) -> Response:
    """Open a session for the holder of a token, sent as {"token": …} or as a bearer token."""
    authenticator: Authenticator = request.app.state.authenticator
    token = await _token(request)
    principal = await run_in_threadpool(authenticator.bearer, token)
    request.state.principal = principal
    authorise(principal, "GET", request.headers)
    value, session = authenticator.open_session(principal)
    response = _described(session)
    response.set_cookie(
        COOKIE,
        value,
        expires=session.expires_at,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


@router.get("")
def current(request: Request) -> Response:
    """Describe the browser's session, with the token its writing requests must carry."""
    principal: Principal = request.state.principal
    if principal.csrf_token is None:
        raise NotFoundError("a bearer token has no session")
    return _described(principal)


@router.delete("", status_code=204, response_class=Response)
def sign_out(request: Request) -> Response:
    """Close the browser's session; a copy of its cookie holds no more either."""
    authenticator: Authenticator = request.app.state.authenticator
    authenticator.close_session(request.state.principal)
    response = Response(status_code=204, headers=_HEADERS)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


async def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    body = await read_body(request, _MAX_BODY)
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    found = content.get("token") if isinstance(content, dict) else None
    if not isinstance(found, str) or not found.strip():
        raise InvalidParameterError('send {"token": "…"} as JSON', param="token")
    return found.strip()


def _described(session: Principal) -> Response:
    expires_at = session.expires_at
    body = {
        "object": "session",
        "subject": session.subject,
        "role": session.role,
        "expires_at": instant(expires_at) if expires_at else None,
        "csrf_token": session.csrf_token,
    }
    return JSONResponse(body, headers=_HEADERS)
