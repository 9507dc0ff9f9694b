"""What can be expanded, what is hidden unless asked for and what is a nested list, per type.

Read from the fields of the pinned version's official SDK: ``ExpandableField``, ``ListObject`` and
the fields documented as included only on request. Paths use dots and pass through arrays.
"""

from __future__ import annotations

from typing import Final

from sandbox.stripe_api.schema.billing import BILLING
from sandbox.stripe_api.schema.fields import (
    MAX_EXPAND_LEVELS,
    NESTED_ROWS,
    Embedded,
    Field,
    NestedList,
    OnRequest,
    Reference,
)
from sandbox.stripe_api.schema.money import MONEY
from sandbox.stripe_api.schema.platform import PLATFORM

__all__ = [
    "FIELDS",
    "MAX_EXPAND_LEVELS",
    "NESTED_ROWS",
    "Embedded",
    "Field",
    "NestedList",
    "OnRequest",
    "Reference",
]

FIELDS: Final[dict[str, dict[str, Field]]] = {**BILLING, **MONEY, **PLATFORM}
"""Every type the sandbox serves; a type missing here is served as it was put."""
