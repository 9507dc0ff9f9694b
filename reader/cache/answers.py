"""An answer as it is kept: the bytes of a response, and how they travel through Redis.

What comes back from Redis counts only with a signature made here for the very same name: a value
that somebody else wrote, moved or cut is as good as none.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reader.database import Generation
from reader.representations import instant

Outcome = Literal["hit", "miss", "stale", "bypass"]
RawHeaders = tuple[tuple[bytes, bytes], ...]

VARY = "Authorization, Cookie, Accept, Accept-Encoding"
CACHE_CONTROL = "private, no-cache"

_MAC_BYTES = 32
_LENGTH_BYTES = 4
_WORTH_COMPRESSING = 1024
_GZIP_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of a 200: headers and body, plain and compressed.

    Attributes:
        generation: the id of the generation that was read.
        headers: as they are sent with the plain body.
        body: the plain body.
        compressed: the body in gzip; None if that would not be shorter by much.
        compressed_headers: as they are sent with it.
    """

    generation: str
    headers: RawHeaders
    body: bytes
    compressed: bytes | None
    compressed_headers: RawHeaders

    @classmethod
    def of(cls, generation: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Return the answer with these headers, whose length and encoding are added here."""
        common = raw(headers)
        compressed = None
        if len(body) >= _WORTH_COMPRESSING:
            compressed = gzip.compress(body, _GZIP_LEVEL, mtime=0)
        return cls(
            generation,
            (*common, (b"content-length", b"%d" % len(body))),
            body,
            compressed,
            (
                *common,
                (b"content-length", b"%d" % len(compressed or b"")),
                (b"content-encoding", b"gzip"),
            ),
        )

    def variant(self, accept_encoding: bytes) -> tuple[RawHeaders, bytes]:
        """Return headers and body for a client that sent this Accept-Encoding."""
        if self.compressed is not None and b"gzip" in accept_encoding:
            return self.compressed_headers, self.compressed
        return self.headers, self.body

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, roughly."""
        return len(self.body) + len(self.compressed or b"") + 1024


def raw(headers: Mapping[str, str]) -> RawHeaders:
    """Return headers as ASGI takes them."""
    return tuple((k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers.items())


def headers_of(generation: Generation) -> dict[str, str]:
    """Return what the header of every answer from a generation says."""
    return {
        "Cache-Control": CACHE_CONTROL,
        "Vary": VARY,
        "X-Generation": generation.id,
        "X-As-Of": instant(generation.as_of),
    }


def etag_of(generation_id: str, digest: str) -> str:
    """Return the ETag of a question's answer from a generation; no query is needed to know it.

    It is weak: the same rows may travel compressed or not.
    """
    named = hashlib.sha256(f"{generation_id} {digest}".encode()).hexdigest()
    return f'W/"{named[:32]}"'


def sealed(answer: Answer, name: str, key: bytes) -> bytes:
    """Return an answer as it is written to Redis under a name."""
    fields = [[k.decode("latin-1"), v.decode("latin-1")] for k, v in answer.headers]
    head = json.dumps([answer.generation, fields], separators=(",", ":")).encode()
    content = len(head).to_bytes(_LENGTH_BYTES, "big") + head + answer.body
    return _mac(name, content, key) + content


def unsealed(value: object, name: str, key: bytes) -> Answer | None:
    """Return the answer that was written under a name; None if this value is not one."""
    if not isinstance(value, bytes):
        return None
    mac, content = value[:_MAC_BYTES], value[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(name, content, key)):
        return None
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "big")
    generation, fields = json.loads(content[_LENGTH_BYTES:end])
    headers = {name: text for name, text in fields if name != "content-length"}
    return Answer.of(generation, headers, content[end:])


def _mac(name: str, content: bytes, key: bytes) -> bytes:
    return hmac.digest(key, hashlib.sha256(name.encode()).digest() + content, "sha256")
