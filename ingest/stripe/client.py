"""Reading Stripe as it answers: raw JSON under one pinned version, to the last page, or an error.

The SDK sends the requests; its typed objects are left aside: they cost three quarters of the time,
and turn decimals into what can't be written as JSON again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
import stripe

from ingest.erased import NOBODY, ErasedNames
from ingest.stripe.object_spec import NestedList, ObjectSpec
from ingest.stripe.pace import EndpointPaces
from ingest.stripe.query import query_of
from ingest.stripe.quick import Cleaned, QuickReader
from ingest.stripe.refusals import (
    AccountRefusedError,
    GoneError,
    LostCursorError,
    Refusal,
    not_stripe,
)
from ingest.stripe.specs import API_VERSION
from ingest.stripe.transport import PatientTransport
from warehouse.errors import SourceError
from warehouse.settings import Settings

__all__ = ["AccountRefusedError", "GoneError", "LostCursorError", "Page", "StripeReader"]

logger = logging.getLogger(__name__)

PAGE_SIZE: Final = 100
ATTEMPTS: Final = 8
_RESTARTS: Final = 3

Json = dict[str, Any]
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """One page of a list: its objects, newest first, nested lists complete; whether more follow.

    `last_id` is that of the last row as listed: it may have been deleted before it was completed.
    `cleaned` are those of which nothing else is needed, if that was asked for.
    """

    objects: list[Json]
    last_id: str | None
    more: bool
    cleaned: Sequence[Cleaned] = ()


class StripeReader:
    """Reads objects and lists with the key of the settings.

    Args:
        settings: the key, where Stripe is, and how often it may be asked.
        attempts: how often a request is sent before its failure is an error.
        account: a connected account to read in place of the key's own.
        names: of persons that were erased: what is read has others for them.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        attempts: int = ATTEMPTS,
        account: str | None = None,
        names: ErasedNames = NOBODY,
    ) -> None:
        self._names = names
        self._base = settings.stripe_api_base
        self._account = account
        # Limits are per account, a connected one's apart from the platform's.
        paces = EndpointPaces(settings.stripe_max_requests_per_second)
        self._transport = PatientTransport(paces, attempts=attempts, base=self._base)
        self._headers = {
            "Authorization": f"Bearer {settings.required('stripe_secret_key')}",
            "Stripe-Version": API_VERSION,
            "User-Agent": "Tillhouse",
            **({"Stripe-Account": account} if account else {}),
        }
        # The SDK logs whole bodies, with names and addresses in them, at level DEBUG.
        logging.getLogger("stripe").setLevel(logging.WARNING)

    @property
    def requests_sent(self) -> int:
        """How many requests were sent, repeated ones included."""
        return self._transport.requests_sent

    @property
    def answer_seconds(self) -> float:
        """How long Stripe took to begin its last answer to the calling thread."""
        return self._transport.answer_seconds

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
                raise not_stripe(spec, self._base) from error
            raise

    def newest(self, spec: ObjectSpec) -> Json | None:
        """Return the newest object of a type, nested lists as they come; None if there is none."""
        try:
            rows: list[Json] = self._request(spec, spec.path, {"limit": 1})["data"]
        except GoneError as error:
            raise not_stripe(spec, self._base) from error
        return rows[0] if rows else None

    def page(
        self,
        spec: ObjectSpec,
        params: Params,
        after: str | None = None,
        quick: QuickReader | None = None,
    ) -> Page:
        """Return one page of a list.

        Args:
            spec: the type to list.
            params: filters beside the spec's own.
            after: the id to go on after.
            quick: cleans what it can while it reads.

        Raises:
            LostCursorError: that id is gone.
            SettingsError, SourceError: as `get`.
        """
        given: dict[str, Any] = {"limit": PAGE_SIZE, **spec.list_params, **params}
        if spec.list_expand:
            given["expand"] = spec.list_expand
        if after:
            given["starting_after"] = after
        try:
            listed = self._request(spec, spec.path, given, quick.page if quick else None)
        except GoneError as error:
            raise not_stripe(spec, self._base) from error
        rows: list[Any] = listed["data"]
        last_id = listed.get("last_id") or (rows[-1]["id"] if rows else None)
        if listed["has_more"] and (not rows or last_id == after):
            raise _stuck(spec.path)
        completed = (self._completed_or_gone(spec, row) for row in rows if isinstance(row, dict))
        objects = [row for row in completed if row is not None]
        cleaned = [row for row in rows if isinstance(row, Cleaned)]
        return Page(objects, last_id, listed["has_more"], cleaned)

    def pages(self, spec: ObjectSpec, params: Params | None = None) -> Iterator[list[Json]]:
        """Yield the pages of a list, newest first, to the last, nested lists complete.

        A list whose cursor is lost is read again from the start, so a page may come twice.

        Args:
            spec: the type to list.
            params: filters beside the spec's own.

        Raises:
            SettingsError, SourceError: as `get`.
        """
        for restart in range(_RESTARTS + 1):
            try:
                page = self.page(spec, params or {})
                while page.objects or page.more:
                    yield page.objects
                    if not page.more:
                        break
                    page = self.page(spec, params or {}, page.last_id)
            except LostCursorError:
                _log_restart(spec.path, restart)
            else:
                return
        raise _unsteady(spec.path)

    def children(self, spec: ObjectSpec, nested: NestedList, parent_id: str) -> list[Json]:
        """Return all rows of a list that belongs to one object.

        Args:
            spec: the type whose permission is needed.
            nested: where the list is.
            parent_id: whose list.

        Raises:
            GoneError: there is no such parent.
            SettingsError, SourceError: as `get`.
        """
        path = nested.path.format(id=parent_id)
        params: dict[str, Any] = {nested.parent_param: parent_id} if nested.parent_param else {}
        if nested.expand:
            params["expand"] = [f"data.{field}" for field in nested.expand]
        for restart in range(_RESTARTS + 1):
            try:
                return self._all_rows(spec, path, params)
            except LostCursorError:
                _log_restart(path, restart)
        raise _unsteady(path)

    def listed_under(self, spec: ObjectSpec, parent_id: str) -> list[Json]:
        """Return the whole list of a type that is there only under its parents.

        Raises:
            GoneError: there is no such parent, or it has no such list.
            SettingsError, SourceError: as `get`.
        """
        param = spec.parents.param if spec.parents else None
        return self.children(spec, NestedList("", spec.path, param), parent_id)

    def _all_rows(self, spec: ObjectSpec, path: str, params: Params) -> list[Json]:
        rows: dict[str, Json] = {}
        cursor: dict[str, str] = {}
        while True:
            listed = self._request(spec, path, {"limit": PAGE_SIZE, **params, **cursor})
            rows.update((row["id"], row) for row in listed["data"])
            if not listed["has_more"]:
                return list(rows.values())
            last_id = listed["data"][-1]["id"] if listed["data"] else None
            if last_id is None or last_id == cursor.get("starting_after"):
                raise _stuck(path)
            cursor = {"starting_after": last_id}

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
                rows = self.children(spec, nested, obj["id"])
                obj[nested.field] = {**inner, "data": rows, "has_more": False}
        return obj

    def _request(
        self,
        spec: ObjectSpec,
        path: str,
        params: Params,
        read: Callable[[bytes], Json | None] | None = None,
    ) -> Json:
        asked = self._names.original(f"{path}{query_of(params)}")
        url = f"{self._base.rstrip('/')}{asked}"
        try:
            body, status, _ = self._transport.request("get", url, self._headers)
        except stripe.APIConnectionError as error:
            raise SourceError(
                f"Stripe can't be reached at {self._base} "
                f"({type(error.__cause__ or error).__name__}): "
                "check the network and STRIPE_API_BASE, then run again"
            ) from error
        if read and status == 200 and (known := read(body)) is not None:
            return known
        answer = self._names.json(_json(body))
        if status == 200 and isinstance(answer, dict):
            return answer
        told = answer.get("error") if isinstance(answer, dict) else None
        refusal = Refusal(self._base, self._account, spec, path, status)
        raise refusal.error(params, told if isinstance(told, dict) else {})


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _log_restart(path: str, restart: int) -> None:
    logger.info("%s: the list moved while it was read (%d), again", path, restart + 1)


def _stuck(path: str) -> SourceError:
    return SourceError(f"Stripe's list {path} says it has more but gives nothing more")


def _unsteady(path: str) -> SourceError:
    return SourceError(
        f"Stripe's list {path} lost its place {_RESTARTS + 1} times while it was read: "
        "objects are being deleted as fast as they are listed; run again later"
    )
