"""Stripe's error answers: status, code and wording as its clients know them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DOC_URL = "https://docs.stripe.com/error-codes/{slug}"


class ApiError(Exception):
    """An answer other than 200.

    Args:
        status: the HTTP status.
        message: what Stripe says.
        code: Stripe's error code, if it has one.
        param: the request parameter at fault.
        headers: extra response headers.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        error: dict[str, Any] = {}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = DOC_URL.format(slug=self.code.replace("_", "-"))
        error["message"] = str(self)
        if self.param:
            error["param"] = self.param
        error["type"] = "api_error" if self.status >= 500 else "invalid_request_error"
        return {"error": error}


def invalid_request(message: str, *, code: str | None = None, param: str | None = None) -> ApiError:
    """Return a 400 for a request that makes no sense."""
    return ApiError(400, message, code=code, param=param)


def no_such(kind: str, object_id: str, param: str, *, status: int = 404) -> ApiError:
    """Return the answer for an id the account does not have (400 where it was a mere parameter)."""
    return ApiError(status, f"No such {kind}: '{object_id}'", code="resource_missing", param=param)


def not_automatic(param: str) -> ApiError:
    """Return the answer for a payout by hand: Stripe does not know what it pays out."""
    return invalid_request(
        "Balance transaction history can only be filtered on automatic transfers, not manual.",
        code="balance_transactions_manual_filtering_not_allowed",
        param=param,
    )


def aged_out(event_id: str, param: str) -> ApiError:
    """Return the answer for a cursor on an event that is older than Stripe keeps events."""
    return invalid_request(
        f"The event {event_id} is no longer available because it's aged out of our retention "
        "policy",
        param=param,
    )


def unknown_url(method: str, path: str) -> ApiError:
    """Return the answer for a path or method Stripe does not have."""
    return ApiError(
        404,
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs "
        "or we can help at https://support.stripe.com/.",
    )


def no_key() -> ApiError:
    """Return the answer for a request without a key."""
    return ApiError(
        401,
        "You did not provide an API key. You need to provide your API key in the Authorization "
        "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
        "https://stripe.com/docs/api#authentication for details, or we can help at "
        "https://support.stripe.com/.",
    )


def wrong_key(key: str) -> ApiError:
    """Return the answer for a key of no account."""
    return ApiError(401, f"Invalid API Key provided: {redacted(key)}")


def forbidden(key: str, account_id: str, permission: str) -> ApiError:
    """Return the answer for a restricted key that lacks a permission."""
    return ApiError(
        403,
        f"The provided key '{redacted(key)}' does not have the required permissions for this "
        f"endpoint on account '{account_id}'. Having the '{permission}' permission would allow "
        "this request to continue.",
    )


def wrong_account(key: str, account_id: str) -> ApiError:
    """Return the answer for a ``Stripe-Account`` the key has no say in."""
    return ApiError(
        403,
        f"The provided key '{redacted(key)}' does not have access to account '{account_id}' (or "
        "that account does not exist). Application access may have been revoked.",
        code="account_invalid",
    )


def rate_limited(reason: str, retry_after: int | None) -> ApiError:
    """Return the 429 of a limit.

    Args:
        reason: which one, such as ``global-rate`` or ``endpoint-rate``.
        retry_after: seconds to wait; None for an answer that does not say.
    """
    headers = {"Stripe-Rate-Limited-Reason": reason}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return ApiError(
        429,
        "Request rate limit exceeded. You can learn more about rate limits here "
        "https://docs.stripe.com/rate-limits.",
        code="rate_limit",
        headers=headers,
    )


def redacted(key: str) -> str:
    """Return a key as Stripe prints it: its prefix and last four characters."""
    prefix, _, secret = key.rpartition("_")
    shown = f"{prefix}_" if prefix else ""
    return shown + "*" * max(len(secret) - 4, 0) + secret[-4:]
