"""Endpoints of what a platform moves to and from connected accounts."""

from __future__ import annotations

from typing import Final

from sandbox.stripe_api.filters import Filter, Match
from sandbox.stripe_api.resources.types import (
    Resource,
)

PLATFORM: Final[tuple[Resource, ...]] = (
    Resource(
        "/v1/transfers",
        "transfer",
        (Filter("destination"), Filter("transfer_group")),
        id_param="transfer",
    ),
    Resource("/v1/application_fees", "application_fee", (Filter("charge"),)),
    Resource(
        "/v1/topups",
        "topup",
        (
            Filter("amount", match=Match.MIN_IN_RANGE),
            Filter("status", choices=("canceled", "failed", "pending", "succeeded")),
        ),
        id_param="topup",
    ),
)
