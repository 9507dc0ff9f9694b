"""`tillhouse doctor`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from rich.text import Text

from tillhouse import terminal
from warehouse.errors import TillhouseError

if TYPE_CHECKING:
    from warehouse.settings import Settings

_ROOM = 2 * 1024**3
_SKEW_SECONDS = 30


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    check: str
    ok: bool
    detail: str


def doctor(
    *, json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False
) -> None:
    """Check keys, permissions, databases, disk and clock, and say what to do about each problem.

    Exit code 1 if there is one.

    Example: [bold]tillhouse doctor[/bold]
    """
    from warehouse.settings import load_settings  # noqa: PLC0415

    findings = list(examine(load_settings()))
    if json:
        terminal.show_json([asdict(finding) for finding in findings])
    else:
        marks = {True: Text("ok", "green"), False: Text("problem", "bold red")}
        rows = [[finding.check, marks[finding.ok], finding.detail] for finding in findings]
        terminal.show_table(["check", "", "what was found"], rows)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield one finding a check; none stops the others."""
    from ingest.app.database import app_database, check_tables  # noqa: PLC0415
    from ingest.app.specs import TABLES  # noqa: PLC0415
    from ingest.seed_files import read_seeds  # noqa: PLC0415
    from warehouse.engines import engine_for  # noqa: PLC0415

    def application() -> str:
        settings.required("app_database_url")
        with app_database(settings) as database:
            check_tables(database, TABLES)
        return f"it answers and has its {len(TABLES)} tables"

    def warehouse() -> str:
        engine_for(settings).check()
        return "it can be written"

    yield _finding("home", lambda: str(settings.prepare_home()))
    yield from _stripe(settings)
    if settings.stripe_webhook_secret:
        yield _finding("STRIPE_WEBHOOK_SECRET", lambda: _webhook_secrets(settings))
    yield _finding("APP_DATABASE_URL", application)
    yield _finding("WAREHOUSE_URL", warehouse)
    yield _finding("seeds", lambda: f"{len(read_seeds(settings))} files are well-formed")
    yield _finding("disk", lambda: _disk(settings))
    yield _finding("clock", lambda: _clock(settings))
    if settings.redis_url is not None:
        yield _finding("REDIS_URL", lambda: _redis(settings))


def _finding(check: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(check, ok=True, detail=look())
    except TillhouseError as error:
        return Finding(check, ok=False, detail=str(error))


def _stripe(settings: Settings) -> Iterator[Finding]:
    """Ask for one row of every list: a restricted key may be allowed some only."""
    from ingest.stripe.client import StripeReader  # noqa: PLC0415
    from ingest.stripe.probing import probe  # noqa: PLC0415
    from ingest.stripe.selection import left_out  # noqa: PLC0415
    from ingest.stripe.specs import ACCOUNTS, ALL_OBJECTS  # noqa: PLC0415

    key = _finding("STRIPE_SECRET_KEY", lambda: settings.required("stripe_secret_key")[:8] + "…")
    yield key
    if not key.ok:
        return
    leaving = _finding("STRIPE_ONLY, STRIPE_EXCEPT", lambda: _left_out(left_out(settings)))
    yield leaving
    passed_over = left_out(settings) if leaving.ok else frozenset()
    reader = StripeReader(settings, attempts=2)
    for spec in ALL_OBJECTS:
        if spec.table in passed_over:
            continue
        found = _finding(f"Stripe {spec.table}", partial(probe, reader, spec))
        yield found
        if not found.ok and "STRIPE_SECRET_KEY" in found.detail:
            # A refused key is refused for every type.
            return
    for account in settings.stripe_connected_accounts:
        connected = StripeReader(settings, attempts=2, account=account)
        yield _finding(f"Stripe account {account}", partial(probe, connected, ACCOUNTS))


def _left_out(tables: frozenset[str]) -> str:
    return f"without {', '.join(sorted(tables))}" if tables else "every table is read"


def _webhook_secrets(settings: Settings) -> str:
    """Look at the form alone: only a delivery of Stripe's tells whether a secret is right."""
    secrets = [secret.get_secret_value() for secret in settings.stripe_webhook_secret]
    for number, secret in enumerate(secrets, 1):
        if not re.fullmatch(r"whsec_[!-~]+", secret):
            raise TillhouseError(
                f"secret {number} of {len(secrets)} is not of the form whsec_…: "
                "copy the signing secret of the webhook endpoint from Stripe's dashboard"
            )
    return "well-formed" if len(secrets) == 1 else f"all {len(secrets)} are well-formed"


def _disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.prepare_home()).free
    if free < _ROOM:
        raise TillhouseError(
            f"{free / 1024**3:.1f} GB are free at {settings.tillhouse_home}: make room for 2 GB"
        )
    return f"{free / 1024**3:.0f} GB are free"


def _clock(settings: Settings) -> str:
    import httpx  # noqa: PLC0415

    if settings.tillhouse_now is not None:
        return f"TILLHOUSE_NOW stands at {terminal.instant(settings.tillhouse_now)}"
    try:
        told = httpx.get(settings.stripe_api_base, timeout=10).headers.get("date")
    except httpx.HTTPError as error:
        raise TillhouseError(f"{settings.stripe_api_base} doesn't answer ({error})") from error
    if not told:
        return "nobody to compare with"
    skew = abs((datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds())
    if skew > _SKEW_SECONDS:
        raise TillhouseError(f"it differs from Stripe's by {skew:.0f} s: set it by NTP")
    return f"it differs from Stripe's by {skew:.0f} s"


def _redis(settings: Settings) -> str:
    import socket  # noqa: PLC0415

    place = urlsplit(settings.required("redis_url"))
    address = (place.hostname or "localhost", place.port or 6379)
    try:
        with socket.create_connection(address, timeout=3):
            return "it answers; everything works without it, too"
    except OSError as error:
        raise TillhouseError(
            f"{address[0]}:{address[1]} doesn't answer ({error}): start it, or unset REDIS_URL"
        ) from error
