"""Reading Stripe as it answers: raw JSON under one pinned version, to the last page, or an error.

The SDK's typed objects are left aside: they cost three quarters of the time, and turn decimals
into what can't be written as JSON again.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import stripe

from ingest.stripe.pace import EndpointPaces
from ingest.stripe.specs import API_VERSION, NestedList, ObjectSpec
from ingest.stripe.transport import PatientTransport
from warehouse.errors import SettingsError, SourceError
from warehouse.settings import Settings

logger = logging.getLogger(__name__)

PAGE_SIZE: Final = 100
ATTEMPTS: Final = 8
_RESTARTS: Final = 3
_CURSOR_PARAMS: Final = frozenset({"starting_after", "ending_before"})

Json = dict[str, Any]
Params = Mapping[str, Any]


class GoneError(Exception):
    """Stripe has no object of this id (404), or no longer."""


class LostCursorError(Exception):
    """The object that a list was to go on after has been deleted or has aged out."""


class StripeReader:
    """Reads objects and lists with the key of the settings.

    Args:
        settings: the key, where Stripe is, and how often it may be asked.
        attempts: how often a request is sent before its failure is an error.
    """

    def __init__(self, settings: Settings, *, attempts: int = ATTEMPTS) -> None:
        self._base = settings.stripe_api_base
        paces = EndpointPaces(settings.stripe_max_requests_per_second)
        self._transport = PatientTransport(paces, attempts=attempts)
        stripe.enable_telemetry = False
        # The SDK logs whole bodies, with names and addresses in them, at level DEBUG.
        logging.getLogger("stripe").setLevel(logging.WARNING)
        self._client = stripe.StripeClient(
            settings.required("stripe_secret_key"),
            stripe_version=API_VERSION,
            base_addresses={"api": self._base},
            max_network_retries=0,
            http_client=self._transport,
        )

    @property
    def requests_sent(self) -> int:
        """How many requests were sent, repeated ones included."""
        return self._transport.requests_sent

    def get(self, spec: ObjectSpec, object_id: str) -> Json:
        """Return one object, its nested lists complete.

        Raises:
            GoneError: there is none.
            SettingsError: the key is refused.
            SourceError: the key may not read it, or Stripe doesn't answer.
        """
        params = {"expand": list(spec.expand)} if spec.expand else {}
        try:
            return self._completed(spec, self._request(spec, spec.url(object_id), params))
        except GoneError as error:
            if spec.singleton:
                raise self._not_stripe(spec) from error
            raise

    def newest(self, spec: ObjectSpec) -> Json | None:
        """Return the newest object of a type, nested lists as they come; None if there is none."""
        try:
            rows: list[Json] = self._request(spec, spec.path, {"limit": 1})["data"]
        except GoneError as error:
            raise self._not_stripe(spec) from error
        return rows[0] if rows else None

    def pages(self, spec: ObjectSpec, params: Params | None = None) -> Iterator[list[Json]]:
        """Yield the pages of a list, newest first, to the last, nested lists complete.

        A list whose cursor is lost is read again from the start, so a page may come twice.

        Args:
            spec: the type to list.
            params: filters beside the spec's own.

        Raises:
            SettingsError, SourceError: as `get`.
        """
        given = {**spec.list_params, **(params or {})}
        if spec.list_expand:
            given["expand"] = spec.list_expand
        try:
            for page in self._list(spec, spec.path, given):
                rows = (self._completed_or_gone(spec, row) for row in page)
                yield [row for row in rows if row is not None]
        except GoneError as error:
            raise self._not_stripe(spec) from error

    def _not_stripe(self, spec: ObjectSpec) -> SourceError:
        return SourceError(f"there is no {spec.path} at {self._base}: check STRIPE_API_BASE")

    def _completed_or_gone(self, spec: ObjectSpec, obj: Json) -> Json | None:
        try:
            return self._completed(spec, obj)
        except GoneError:
            # Deleted since its page was read; the event of that follows.
            return None

    def _completed(self, spec: ObjectSpec, obj: Json) -> Json:
        for nested in spec.nested:
            inner = obj.get(nested.field)
            if isinstance(inner, dict) and inner.get("has_more"):
                rows = self._nested_rows(spec, nested, obj["id"])
                obj[nested.field] = {**inner, "data": rows, "has_more": False}
        return obj

    def _nested_rows(self, spec: ObjectSpec, nested: NestedList, parent_id: str) -> list[Json]:
        params: dict[str, Any] = {nested.parent_param: parent_id} if nested.parent_param else {}
        if nested.expand:
            params["expand"] = [f"data.{path}" for path in nested.expand]
        rows: dict[str, Json] = {}
        for page in self._list(spec, nested.path.format(id=parent_id), params):
            rows.update((row["id"], row) for row in page)
        return list(rows.values())

    def _list(self, spec: ObjectSpec, path: str, params: Params) -> Iterator[list[Json]]:
        for restart in range(_RESTARTS + 1):
            try:
                yield from self._list_once(spec, path, params)
            except LostCursorError:
                logger.info("%s: the list moved while it was read (%d), again", path, restart + 1)
            else:
                return
        raise SourceError(
            f"Stripe's list {path} lost its place {_RESTARTS + 1} times while it was read: "
            "objects are being deleted as fast as they are listed; run again later"
        )

    def _list_once(self, spec: ObjectSpec, path: str, params: Params) -> Iterator[list[Json]]:
        cursor: dict[str, str] = {}
        while True:
            page = self._request(spec, path, {"limit": PAGE_SIZE, **params, **cursor})
            rows: list[Json] = page["data"]
            if rows:
                yield rows
            if not page["has_more"]:
                return
            if not rows or rows[-1]["id"] == cursor.get("starting_after"):
                raise SourceError(f"Stripe's list {path} says it has more but gives nothing more")
            cursor = {"starting_after": rows[-1]["id"]}

    def _request(self, spec: ObjectSpec, path: str, params: Params) -> Json:
        try:
            response = self._client.raw_request("get", path, **params)
        except stripe.AuthenticationError as error:
            raise SettingsError(
                f"STRIPE_SECRET_KEY is refused by Stripe at {self._base} (401): "
                "set it to a valid key of your account, best a restricted read-only one (rk_…)"
            ) from error
        except stripe.PermissionError as error:
            raise SourceError(
                f"Stripe refuses to read {spec.table} (403): give the restricted key read access "
                f"to “{spec.permission}”{_permission_named(error)}"
            ) from error
        except stripe.InvalidRequestError as error:
            raise _refusal(spec, path, params, error) from error
        except stripe.APIConnectionError as error:
            raise SourceError(
                f"Stripe can't be reached at {self._base} "
                f"({type(error.__cause__ or error).__name__}): "
                "check the network and STRIPE_API_BASE, then run again"
            ) from error
        except stripe.StripeError as error:
            if error.http_status == 404:
                # Not in Stripe's words: a proxy or another server says that it has no such page.
                raise self._not_stripe(spec) from error
            raise SourceError(
                f"Stripe fails to answer for {spec.table} (status {error.http_status}) "
                "however often it is asked: run again later"
            ) from error
        data: Json = response.data
        return data


def _permission_named(error: stripe.PermissionError) -> str:
    found = re.search(r"rak_\w+", str(error))
    return f" ({found.group()})" if found else ""


def _refusal(
    spec: ObjectSpec, path: str, params: Params, error: stripe.InvalidRequestError
) -> Exception:
    cursors = _CURSOR_PARAMS & params.keys()
    if cursors and (error.param in cursors or error.http_status == 404 or "aged out" in str(error)):
        return LostCursorError(path)
    if error.http_status == 404:
        return GoneError(path)
    return SourceError(f"Stripe refuses {path} for {spec.table}: {error.user_message or error}")
