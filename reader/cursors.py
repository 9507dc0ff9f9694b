"""Cursors: signed, opaque, and pinned to the generation, the query and the place they point to.

A cursor that was changed by a byte, or is used with other parameters or by another role, does not
verify and is refused as a wrong value.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass

from reader.errors import InvalidParameterError

_MAC_BYTES = 16


@dataclass(frozen=True)
class Cursor:
    """A place in a list: the generation it belongs to and the key of the last row served."""

    generation: str
    after: tuple[str, ...]


class CursorSigner:
    """Writes and reads cursors under one key."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"tillhouse cursor v1", "sha256")

    def write(self, cursor: Cursor, scope: str) -> str:
        """Return the text of a cursor; `scope` is the query (route, parameters, role) it serves."""
        body = json.dumps([cursor.generation, *cursor.after], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(body, scope) + body).decode().rstrip("=")

    def read(self, text: str, scope: str) -> Cursor:
        """Return the cursor behind a text.

        Raises:
            InvalidParameterError: it was not written here, or for another query.
        """
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body, scope)):
            raise InvalidParameterError(
                "cursor is not one that this query gave: repeat the query without it",
                param="cursor",
            )
        generation, *after = json.loads(body)
        return Cursor(generation, tuple(after))

    def _mac(self, body: bytes, scope: str) -> bytes:
        message = hashlib.sha256(scope.encode()).digest() + body
        return hmac.digest(self._key, message, "sha256")[:_MAC_BYTES]
