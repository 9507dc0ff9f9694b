"""The one shape of every error: `application/problem+json` (RFC 9457), written by one function.

A class of error knows its status, its code and its title; the detail says what happened and how to
mend it. Nothing of the machine (SQL, paths, stack traces) is in a body.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

MEDIA_TYPE = "application/problem+json"


class ReaderError(Exception):
    """An answer other than the one asked for; `detail` is for people, `code` for programs."""

    status = 500
    code = "internal_error"
    title = "Something went wrong here"

    def __init__(
        self, detail: str, *, param: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.param = param
        self.headers = dict(headers or {})


class UnauthenticatedError(ReaderError):
    """No credential, or one that does not hold."""

    status = 401
    code = "unauthenticated"
    title = "Sign in first"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="tillhouse"'})


class ForbiddenError(ReaderError):
    """Who asks is known and may not; the detail names the role or scope that is missing."""

    status = 403
    code = "forbidden"
    title = "Not allowed"


class InvalidParameterError(ReaderError):
    """A parameter's value is not one this route knows."""

    status = 400
    code = "invalid_parameter"
    title = "A parameter is wrong"


class UnknownParameterError(InvalidParameterError):
    """A parameter this route does not have; it is refused, never ignored."""

    code = "unknown_parameter"
    title = "There is no such parameter"


class SpanTooLongError(InvalidParameterError):
    """`from` and `to` are too far apart."""

    code = "span_too_long"
    title = "The range is too long"


class BadSignatureError(ReaderError):
    """A webhook that Stripe did not sign, or too long ago; a forger learns nothing from it."""

    status = 400
    code = "bad_signature"
    title = "The signature does not hold"

    def __init__(self) -> None:
        super().__init__("the signature does not hold for this body, secret and time")


class NotFoundError(ReaderError):
    """There is nothing at this address."""

    status = 404
    code = "not_found"
    title = "Not found"


class MethodNotAllowedError(ReaderError):
    """The address exists and does not do this."""

    status = 405
    code = "method_not_allowed"
    title = "This address does not do that"


class NotAcceptableError(ReaderError):
    """No representation that the client accepts."""

    status = 406
    code = "not_acceptable"
    title = "No such representation"


class ConflictError(ReaderError):
    """What is asked for can't be done as things stand."""

    status = 409
    code = "conflict"
    title = "That can't be done now"


class CursorExpiredError(ReaderError):
    """The generation that a cursor walks through is gone."""

    status = 410
    code = "cursor_expired"
    title = "The cursor has expired"


class SlowBodyError(ReaderError):
    """The request's body took too long to arrive."""

    status = 408
    code = "request_timeout"
    title = "The request took too long"


class TooLargeError(ReaderError):
    """The request's body is larger than the route takes."""

    status = 413
    code = "too_large"
    title = "The body is too large"


class AddressTooLongError(ReaderError):
    """The address of the request is longer than any that is served."""

    status = 414
    code = "too_large"
    title = "The address is too long"


class HeadersTooLargeError(ReaderError):
    """The request's headers are larger than any client of ours sends."""

    status = 431
    code = "too_large"
    title = "The headers are too large"


class RateLimitedError(ReaderError):
    """More was asked for than one may have; in `seconds` there is more."""

    status = 429
    code = "rate_limited"
    title = "Too much at once"

    def __init__(self, detail: str, seconds: int) -> None:
        super().__init__(f"{detail}: wait {seconds} s", headers={"Retry-After": str(seconds)})


class QueryTimeoutError(ReaderError):
    """A query was stopped at its time limit."""

    status = 503
    code = "query_timeout"
    title = "The query took too long"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "5"})


class NoGenerationError(ReaderError):
    """Nothing has been published yet, or what was can't be read."""

    status = 503
    code = "no_generation"
    title = "There is no data yet"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "30"})


class CredentialsUnavailableError(ReaderError):
    """Whether a key or token was revoked can't be found out, so nobody is let in."""

    status = 503
    code = "credentials_unavailable"
    title = "Nobody can be let in just now"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "5"})


class AuditUnavailableError(ReaderError):
    """What must be written down can't be, so it is not done."""

    status = 503
    code = "audit_unavailable"
    title = "The audit log can't be written"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "30"})


class InboxUnavailableError(ReaderError):
    """A webhook can't be kept just now."""

    status = 503
    code = "inbox_unavailable"
    title = "The inbox can't be written"

    def __init__(self, detail: str) -> None:
        super().__init__(f"{detail}: send it again", headers={"Retry-After": "30"})


def problem(error: ReaderError, request_id: str) -> Response:
    """Return the response for an error; every error of every route passes through here."""
    body = {
        "type": f"urn:tillhouse:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "param": error.param,
        "request_id": request_id,
    }
    headers = {"Cache-Control": "no-store", **error.headers}
    return JSONResponse(body, error.status, headers, media_type=MEDIA_TYPE)
