"""`tillhouse erase`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tillhouse import terminal
from warehouse.errors import SettingsError, TillhouseError

if TYPE_CHECKING:
    from ingest import Person
    from warehouse.operations import Erasures
    from warehouse.settings import Settings


def erase(
    who: Annotated[
        str | None,
        typer.Argument(
            metavar="CUSTOMER|EMAIL",
            help="A customer's key, a Stripe customer's id, or an e-mail address.",
        ),
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what the person goes by, and change nothing.")
    ] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Say how far every erasure has come instead.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Take a person out of the warehouse for good; totals stay as they are.

    Their rows go on under a neutral name, and what the sources still say of them is given that
    name before it is written. The next refresh publishes the first generation without them.

    Example: [bold]tillhouse erase ana@example.com[/bold]
    """
    from warehouse.operations import Erasures, OperationsStore  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    erasures = Erasures(OperationsStore(settings))
    if status:
        _show_status(settings, erasures, json=json)
        return
    if who is None or not who.strip():
        raise SettingsError("whom to erase is missing: tillhouse erase CUSTOMER|EMAIL")
    content = _preview(settings, who) if dry_run else _erase(settings, erasures, who)
    if json:
        terminal.show_json(content)
    else:
        terminal.show_table(["", ""], [[name, _cell(value)] for name, value in content.items()])


def _preview(settings: Settings, who: str) -> dict[str, Any]:
    person = _person(settings, who)
    return {
        "users": sorted(person.users),
        "stripe_customers": sorted(person.customers),
        "email_pseudonyms": sorted(person.emails),
    }


def _erase(settings: Settings, erasures: Erasures, who: str) -> dict[str, Any]:
    import ingest  # noqa: PLC0415  dlt
    from tillhouse.audit import record  # noqa: PLC0415
    from tillhouse.erasure import keep_report, report  # noqa: PLC0415
    from warehouse.lock import run_lock  # noqa: PLC0415

    with run_lock(settings, "tillhouse erase"):
        person = _person(settings, who)
        record(settings, "erase", "a person", ("names", str(len(person.names()))))
        erasure_id = erasures.request(person.names())
        scrubbed = ingest.finish_erasures(settings)
    erasure = next(e for e in erasures.all() if e.erasure_id == erasure_id)
    found = {
        "users": len(person.users),
        "stripe_customers": len(person.customers),
        "email_addresses": len(person.emails),
    }
    content = report(settings, erasure, scrubbed, found)
    terminal.say(f"the report is kept in {keep_report(settings, content)}")
    return content


def _person(settings: Settings, who: str) -> Person:
    import ingest  # noqa: PLC0415  dlt

    person = ingest.find_person(settings, who)
    if not person.names():
        raise TillhouseError(
            "nobody in this warehouse goes by that: give the customer_key of dim_customers, a "
            "Stripe customer's id, or the e-mail address; who was erased before is not found again"
        )
    return person


def _show_status(settings: Settings, erasures: Erasures, *, json: bool) -> None:
    from tillhouse.erasure import progress  # noqa: PLC0415
    from warehouse.generations import published  # noqa: PLC0415

    kept = published(settings)
    rows = [
        {"erasure": e.erasure_id, "requested_at": e.requested_at, **progress(e, kept)}
        for e in erasures.all()
    ]
    if json:
        terminal.show_json(rows)
        return
    columns = ["erasure", "requested_at", "first_generation_without", "state", "they_end"]
    terminal.show_table(columns, [[row[name] for name in columns] for row in rows])


def _cell(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items()) or "none"
    if isinstance(value, list):
        return "\n".join(
            f"{part['what']}: {part['why']}" if isinstance(part, dict) else str(part)
            for part in value
        )
    return value
