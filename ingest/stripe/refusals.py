"""What an answer other than 200 means: an error for people, or news about an object or a list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ingest.stripe.object_spec import ObjectSpec
from warehouse.errors import SettingsError, SourceError

# Of a payout that was made by hand Stripe does not know what it paid out.
_HAS_NO_LIST: Final = "balance_transactions_manual_filtering_not_allowed"
_CURSOR_PARAMS: Final = frozenset({"starting_after", "ending_before"})

Json = dict[str, Any]


class GoneError(Exception):
    """Stripe has no object of this id (404), or no longer; or no such list of it."""


class AccountRefusedError(SourceError):
    """The key has no access to connected accounts; the others can be read all the same.

    Args:
        accounts: their ids.
    """

    def __init__(self, *accounts: str) -> None:
        self.accounts = accounts
        super().__init__(
            f"STRIPE_SECRET_KEY has no access to {', '.join(accounts)} (403): take what is not "
            "connected to the key's own account (any more) out of STRIPE_CONNECTED_ACCOUNTS"
        )


class LostCursorError(Exception):
    """The object that a list was to go on after has been deleted or has aged out."""


@dataclass(frozen=True)
class Refusal:
    """An answer other than 200.

    Attributes:
        base: where Stripe is.
        account: the connected account that was asked for; None for the key's own.
        spec: the type that was to be read.
        path: what was asked for.
        status: of the answer.
    """

    base: str
    account: str | None
    spec: ObjectSpec
    path: str
    status: int

    def error(self, params: Mapping[str, Any], told: Json) -> Exception:
        """Return what it means.

        Args:
            params: of the request.
            told: Stripe's own words, empty if the answer is not Stripe's.
        """
        message = str(told.get("message", ""))
        if self.status == 401:
            return SettingsError(
                f"STRIPE_SECRET_KEY is refused by Stripe at {self.base} (401): "
                "set it to a valid key of your account, best a restricted read-only one (rk_…)"
            )
        if self.status == 403:
            return self._forbidden(told, message)
        if self.status in {400, 404}:
            return self._absent(params, told, message)
        return SourceError(
            f"Stripe fails to answer for {self.spec.table} (status {self.status}) "
            "however often it is asked: run again later"
        )

    def _forbidden(self, told: Json, message: str) -> Exception:
        if self.account and told.get("code") == "account_invalid":
            return AccountRefusedError(self.account)
        named = re.search(r"rak_\w+", message)
        return SourceError(
            f"Stripe refuses to read {self.spec.table} (403): give the restricted key read access "
            f"to “{self.spec.permission}”{f' ({named.group()})' if named else ''}"
        )

    def _absent(self, params: Mapping[str, Any], told: Json, message: str) -> Exception:
        cursors = _CURSOR_PARAMS & params.keys()
        lost = told.get("param") in cursors or self.status == 404 or "aged out" in message
        if cursors and lost:
            return LostCursorError(self.path)
        if self.status == 404:
            # Not in Stripe's words: a proxy or another server has no such page.
            return GoneError(self.path) if told else not_stripe(self.spec, self.base)
        if told.get("code") == _HAS_NO_LIST or "only be filtered on automatic" in message:
            return GoneError(self.path)
        return SourceError(f"Stripe refuses {self.path} for {self.spec.table}: {message}")


def not_stripe(spec: ObjectSpec, base: str) -> SourceError:
    """Return the error of a server that lacks what every Stripe account has."""
    return SourceError(f"there is no {spec.path} at {base}: check STRIPE_API_BASE")
