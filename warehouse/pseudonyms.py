"""Pseudonyms: what stands for an e-mail address in everything that is written."""

from __future__ import annotations

import hmac
import re
from functools import cache
from typing import Final

_LOCAL_PART = r"[^\s<>\"'(),:;=\[\]{}|/\\@]+"
EMAIL: Final = re.compile(rf"{_LOCAL_PART}@[\w-]+(?:\.[\w-]+)*")


def email_hash(key: bytes, email: str) -> str:
    """Return the hex HMAC-SHA256 of an address, trimmed and in lower case, under PSEUDONYM_KEY."""
    begun = _begun(key).copy()
    begun.update(email.strip().lower().encode())
    return begun.hexdigest()


@cache
def _begun(key: bytes) -> hmac.HMAC:
    """Return an HMAC that has taken the key in, which takes longer than an address."""
    return hmac.new(key, digestmod="sha256")


def without_emails(key: bytes, text: str) -> str:
    """Return a text with every e-mail address in it replaced by its HMAC."""
    if "@" not in text:
        return text
    return EMAIL.sub(lambda found: email_hash(key, found.group()), text)
