"""Stripe's signatures of webhooks: `Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX…]`.

Each v1 is the HMAC-SHA256 of "SECONDS.BODY" under one signing secret of the endpoint; while one
secret replaces another there are two. The seconds are signed too, so that a recorded delivery can't
be sent again for long.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from reader.errors import BadSignatureError

TOLERANCE_SECONDS: Final = 300

_TIME = re.compile(r"t=([0-9]{1,12})")
_SIGNATURE = re.compile(r"v1=([0-9a-f]{64})")


def verify(body: bytes, header: str, secrets: Sequence[bytes], now: datetime) -> None:
    """Return if one of the secrets signed a body, not long ago.

    Args:
        body: exactly as it was sent.
        header: the value of `Stripe-Signature`.
        secrets: any of which may have signed it.
        now: by the machine's clock, aware.

    Raises:
        BadSignatureError: none has, or too long ago; which of it is not said to a stranger.
    """
    parts = [part.strip() for part in header.split(",")]
    times = [found[1] for part in parts if (found := _TIME.fullmatch(part))]
    given = [found[1] for part in parts if (found := _SIGNATURE.fullmatch(part))]
    if len(times) != 1:
        raise BadSignatureError
    message = times[0].encode() + b"." + body
    expected = [hmac.new(secret, message, hashlib.sha256).hexdigest() for secret in secrets]
    # Every pair is compared, each in constant time: how long it takes tells nothing.
    fits = [hmac.compare_digest(one, other) for one in expected for other in given]
    # Stripe's clock may be ahead of this one: only old signatures are refused, as its SDK does.
    if not any(fits) or now.timestamp() - int(times[0]) > TOLERANCE_SECONDS:
        raise BadSignatureError
