"""How a request to the reader can end other than well."""

from __future__ import annotations

import httpx

from warehouse.errors import TillhouseError


class ClientError(TillhouseError):
    """The client could not do what was asked."""


class UnreachableError(ClientError):
    """No reader answers at the address."""


class ApiError(ClientError):
    """The reader refused or failed; the message is its own.

    Attributes:
        status: of the response.
        code: the reader's word for what is wrong, such as `invalid_parameter`.
        param: the parameter that is wrong, if one is.
        request_id: what the reader's log has the request under.
        retry_after: seconds after which it makes sense to ask again, if it does.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        param: str | None,
        request_id: str | None,
        retry_after: int | None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param
        self.request_id = request_id
        self.retry_after = retry_after


def error_of(response: httpx.Response) -> ApiError:
    """Return the error that a response says; a proxy's own page says no more than its status."""
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    wait = response.headers.get("retry-after", "")
    return ApiError(
        str(problem.get("detail") or f"the server answered {response.status_code}"),
        status=response.status_code,
        code=str(problem.get("code") or "unknown"),
        param=problem.get("param"),
        request_id=problem.get("request_id") or response.headers.get("x-request-id"),
        retry_after=int(wait) if wait.isdecimal() else None,
    )
