"""Which Stripe tables a pull reads, for keys that may not read everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ingest.stripe.specs import ACCOUNTS, BY_TABLE, EVENTS
from warehouse.errors import SettingsError
from warehouse.settings import Settings

# Without them a pull can't know whose data it reads, nor what has changed.
INDISPENSABLE: Final = frozenset({ACCOUNTS.table, EVENTS.table})


def left_out(settings: Settings) -> frozenset[str]:
    """Return the tables that are not to be read; what is in them stays.

    Args:
        settings: STRIPE_ONLY or STRIPE_EXCEPT, or what the command line gave in their place.

    Raises:
        SettingsError: a name is no table, both are given, or what every pull needs is left out.
    """
    only, without = settings.stripe_only, settings.stripe_except
    if only and without:
        raise SettingsError(
            "STRIPE_ONLY (--only) and STRIPE_EXCEPT (--except) are both given: give one of them"
        )
    _check_names("STRIPE_ONLY (--only)", only)
    _check_names("STRIPE_EXCEPT (--except)", without)
    if needed := sorted(INDISPENSABLE.intersection(without)):
        raise SettingsError(
            f"STRIPE_EXCEPT (--except) names {', '.join(needed)}, with which every pull begins: "
            f"leave {_them(needed)} in, and give the key the permission “"
            f"{'” and “'.join(BY_TABLE[table].permission for table in needed)}”"
        )
    if only:
        return frozenset(BY_TABLE) - INDISPENSABLE - frozenset(only)
    return frozenset(without)


def _check_names(setting: str, tables: Iterable[str]) -> None:
    if unknown := [table for table in tables if table not in BY_TABLE]:
        raise SettingsError(
            f"{setting} names {', '.join(unknown)}, but the tables of Stripe objects are "
            f"{', '.join(sorted(BY_TABLE))}: choose among these"
        )


def _them(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"
