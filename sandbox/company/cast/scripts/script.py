"""What a script is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.company.cast.stage import Step

STARTER, PRO, STUDIO = "starter_month_usd", "pro_month_usd", "studio_month_usd"


@dataclass(frozen=True)
class Script:
    """What one customer does.

    Without ``signs_up`` the customer is made by staff at Stripe. When the script is over, the
    subscription behaves as any other, unless it ``stays`` as it is for ever.
    """

    name: str
    month: float
    steps: Sequence[Step]
    country: str = "US"
    internal: bool = False
    signs_up: bool = True
    stays: bool = False
