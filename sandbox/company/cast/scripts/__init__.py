"""The scripts, in the order of the month in which they begin."""

from sandbox.company.cast.scripts.discounts import DISCOUNTS
from sandbox.company.cast.scripts.payment import PAYMENT
from sandbox.company.cast.scripts.people import PEOPLE
from sandbox.company.cast.scripts.plans import PLANS
from sandbox.company.cast.scripts.script import Script

SCRIPTS: tuple[Script, ...] = tuple(
    sorted((*PEOPLE, *PLANS, *DISCOUNTS, *PAYMENT), key=lambda script: script.month)
)

__all__ = ["SCRIPTS", "Script"]
