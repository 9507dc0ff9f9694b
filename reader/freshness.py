"""How late data is: worked out when somebody asks, never stored with the data.

A generation promises when its successor is expected. Until then the data is `fresh`; after it,
`late`; and once as much time again has passed as lies between two generations, `stale`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

Status = Literal["fresh", "late", "stale"]


def status_of(as_of: datetime, expected_by: datetime, now: datetime) -> Status:
    """Return the status of data of one moment at another; all instants aware.

    The dashboard's badge follows the same rule (`dashboard/static/freshness.js`).
    """
    if now <= expected_by:
        return "fresh"
    return "late" if now <= expected_by + (expected_by - as_of) else "stale"
