"""Erased persons in what the sources still tell: another name for theirs, and less about them.

The replacement happens where data comes in, before anything is compared, hashed or landed, and the
other way round where a source is asked about somebody. So everything behind it knows the person
under the neutral name only, and their payments, credits and videos add up as before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from warehouse.operations import Erasures, OperationsStore
from warehouse.settings import Settings

Json = dict[str, Any]

REPLACEMENT: Final = re.compile(r"(?:cus_)?erased_[0-9a-f]{24}")

# Here a user's id stands alone; a short one, like 7, is replaced nowhere else.
USER_KEYS: Final = frozenset({"client_reference_id", "userId", "user_id"})

# What is dropped of objects that name an erased person; no model reads it.
_DROPPED: Final = frozenset(
    {
        "authorization_code",
        "calculated_statement_descriptor",
        "comment",
        "exp_month",
        "exp_year",
        "footer",
        "network_transaction_id",
        "preferred_locales",
        "receipt_number",
        "statement_descriptor",
        "statement_descriptor_suffix",
    }
)
_DROPPED_IN: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset({"description"})
    for name in ("charge", "invoice", "payment_intent", "setup_intent", "subscription")
}
_METADATA_OF_PERSONS: Final = frozenset({"customer", "payment_method"})
_KEPT_METADATA: Final = frozenset({"userId"})

_SHORTEST: Final = 10


@dataclass(frozen=True)
class ErasedNames:
    """What erased persons went by, and what stands for it now.

    Attributes:
        replacements: by user id, Stripe customer's id or HMAC of an e-mail address.
    """

    replacements: Mapping[str, str]

    def __bool__(self) -> bool:
        """Return whether anybody was erased."""
        return bool(self.replacements)

    def value(self, key: str, text: str) -> str:
        """Return a text that stands under a key."""
        if key in USER_KEYS and text in self.replacements:
            return self.replacements[text]
        return self.text(text)

    def text(self, text: str) -> str:
        """Return a text with every name in it replaced that can't mean anything else."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self.replacements[found.group()], text)

    def original(self, text: str) -> str:
        """Return a text in which a source finds its own names again."""
        if not self or "erased_" not in text:
            return text
        return REPLACEMENT.sub(lambda f: self._originals.get(f.group(), f.group()), text)

    def json(self, node: Any, key: str = "") -> Any:
        """Return JSON with every name replaced; itself if there is none."""
        if not self:
            return node
        if isinstance(node, str):
            return self.value(key, node)
        if isinstance(node, dict):
            return {name: self.json(value, name) for name, value in node.items()}
        if isinstance(node, list):
            return [self.json(element, key) for element in node]
        return node

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        names = [re.escape(name) for name in self.replacements if is_distinctive(name)]
        if not names:
            return None
        longest_first = "|".join(sorted(names, key=len, reverse=True))
        return re.compile(rf"(?<![A-Za-z0-9])(?:{longest_first})(?![A-Za-z0-9])")

    @cached_property
    def _originals(self) -> dict[str, str]:
        return {replacement: name for name, replacement in self.replacements.items()}


NOBODY: Final = ErasedNames({})


def erased_names(settings: Settings) -> ErasedNames:
    """Return the names of everybody who was erased from this warehouse."""
    return ErasedNames(Erasures(OperationsStore(settings)).names())


def is_distinctive(name: str) -> bool:
    """Return whether a name is one wherever it stands: long, of letters and digits."""
    has_both = any(map(str.isdigit, name)) and any(map(str.isalpha, name))
    return name.startswith("cus_") or (len(name) >= _SHORTEST and has_both)


def stripped(obj: Json, owner: str = "") -> Json:
    """Return an object that names an erased person, without what else it says about them.

    Args:
        obj: the object, or a part of one.
        owner: the type of the object that the part belongs to; its own `object` wins.
    """
    kind = obj.get("object")
    owner = kind if isinstance(kind, str) else owner
    dropped = _DROPPED | _DROPPED_IN.get(owner, frozenset())
    kept: Json = {}
    for key, value in obj.items():
        if key in dropped:
            continue
        if key == "metadata" and owner in _METADATA_OF_PERSONS and isinstance(value, dict):
            kept[key] = {name: value[name] for name in value if name in _KEPT_METADATA}
        else:
            kept[key] = _stripped_value(value, owner)
    return kept


def _stripped_value(value: Any, owner: str) -> Any:
    if isinstance(value, dict):
        return stripped(value, owner)
    if isinstance(value, list):
        return [_stripped_value(element, owner) for element in value]
    return value
