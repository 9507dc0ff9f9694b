"""What every fact has."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened in the company.

    ``at`` is the instant (aware UTC) from which the fact can be known. The ledger is in
    ascending order of ``at``; among facts of one instant, the order of the list is the order
    in which they happened.
    """

    at: datetime
