"""Can a pull succeed? Asked before anything is written, so that a wrong setting touches nothing."""

from __future__ import annotations

from typing import Final

from ingest.app.database import app_database, check_tables
from ingest.app.specs import TABLES
from ingest.seed_files import read_seeds
from ingest.stripe.client import StripeReader
from ingest.stripe.selection import left_out
from ingest.stripe.specs import EVENTS
from warehouse.engines import engine_for
from warehouse.settings import Settings

_ATTEMPTS: Final = 3


def preflight(settings: Settings) -> None:
    """Return if the settings are in order and every source and the warehouse answer.

    Raises:
        SettingsError: a setting is missing, Stripe refuses the key, a table to leave out is
            unknown, a seed file is malformed, or the home or the warehouse can't be written.
        SourceError: Stripe, the application's database or the warehouse doesn't answer, refuses,
            or lacks a table.
    """
    settings.required("app_database_url")
    left_out(settings)
    read_seeds(settings)
    StripeReader(settings, attempts=_ATTEMPTS).newest(EVENTS)
    with app_database(settings) as database:
        check_tables(database, TABLES)
    settings.prepare_home()
    engine_for(settings).check()
