"""Reading a request's body, which a stranger may have sent: never more of it than is asked for."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from reader.errors import InvalidParameterError, SlowBodyError, TooLargeError

_SECONDS: Final = 10.0


async def read_body(request: Request, most: int, *, seconds: float = _SECONDS) -> bytes:
    """Return a request's body, as it was sent.

    Args:
        request: the request.
        most: bytes that it may have; of a longer one the rest is not read.
        seconds: that it may take to arrive.

    Raises:
        TooLargeError: it is longer.
        SlowBodyError: it takes longer.
        InvalidParameterError: the connection ended before the body did.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise TooLargeError(f"a body has at most {most} bytes here")
    except TimeoutError:
        raise SlowBodyError(f"a body arrives within {seconds:g} s here") from None
    except ClientDisconnect:
        raise InvalidParameterError("the body ended early") from None
    return bytes(body)


def bounded(receive: Receive, most: int, *, seconds: float = _SECONDS) -> Receive:
    """Return what receives a request whose body whoever reads it need not bound.

    Args:
        receive: the server's.
        most: bytes that the body may have.
        seconds: that it may take to arrive; what comes after it is waited for without end.
    """
    left = most
    deadline: float | None = None
    is_complete = False

    async def receive_bounded() -> Message:
        nonlocal left, deadline, is_complete
        if is_complete:
            return await receive()
        deadline = deadline or asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise SlowBodyError(f"a body arrives within {seconds:g} s here") from None
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLargeError(f"a body has at most {most} bytes here")
        is_complete = not message.get("more_body", False)
        return message

    return receive_bounded
