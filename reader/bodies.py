"""Reading a request's body, which a stranger may have sent: never more of it than is asked for."""

from __future__ import annotations

from fastapi import Request
from starlette.requests import ClientDisconnect

from reader.errors import InvalidParameterError, TooLargeError


async def read_body(request: Request, most: int) -> bytes:
    """Return a request's body, as it was sent.

    Args:
        request: the request.
        most: bytes that it may have; of a longer one the rest is not read.

    Raises:
        TooLargeError: it is longer.
        InvalidParameterError: the connection ended before the body did.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise TooLargeError(f"a body has at most {most} bytes here")
    except ClientDisconnect:
        raise InvalidParameterError("the body ended early") from None
    return bytes(body)
