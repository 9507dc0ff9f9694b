"""`tillhouse refresh`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tillhouse import terminal
from warehouse.errors import TillhouseError

if TYPE_CHECKING:
    from orchestration.refresh import Refresh

Mode = Literal["hourly", "nightly", "full"]


def refresh(
    mode: Annotated[
        Mode,
        typer.Option(
            help="hourly: what changed; nightly: also what was deleted or came late; "
            "full: everything anew."
        ),
    ] = "hourly",
    *,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="TABLES",
            help="Read these Stripe tables alone (comma separated), this time; the others stay as "
            "they are. STRIPE_ONLY says it for good.",
        ),
    ] = None,
    without: Annotated[
        str | None,
        typer.Option(
            "--except",
            metavar="TABLES",
            help="Read all Stripe tables but these, which the key may not read. STRIPE_EXCEPT "
            "says it for good.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Pull, transform, test and publish once.

    A Stripe table that was left out is read anew by the next refresh that may read it.
    Exit codes: 0 published, or nothing had changed; 1 failed, the old generation still serves;
    2 wrong settings; 3 another run holds the warehouse.

    Example: [bold]tillhouse refresh --mode nightly[/bold]
    """
    from warehouse.settings import load_settings  # noqa: PLC0415

    began = time.monotonic()
    try:
        settings = load_settings(**_chosen(only, without))
        _warn_of_full_keys(settings.required("stripe_secret_key"))
        from orchestration.run import run_refresh  # noqa: PLC0415  two seconds

        with terminal.progress() as tell:
            done = run_refresh(settings, mode, tell)
    except TillhouseError as error:
        if json:
            failed = {"outcome": "failed", "mode": mode, "error": str(error)}
            terminal.show_json({**failed, "exit_code": error.exit_code})
        raise
    outcome = _outcome(done, time.monotonic() - began)
    if json:
        terminal.show_json(outcome)
    else:
        terminal.show(in_words(done, outcome["seconds"]))


def _chosen(only: str | None, without: str | None) -> dict[str, str]:
    """Return the settings that the options stand for: either of them replaces both settings."""
    if only is None and without is None:
        return {}
    return {"stripe_only": only or "", "stripe_except": without or ""}


def in_words(done: Refresh, seconds: float) -> str:
    """Return what a refresh did, in one line."""
    left_out = done.report.left_out
    without = f", without {', '.join(left_out)}" if left_out else ""
    if done.generation is None:
        return f"nothing has changed{without}, nothing is published ({seconds:.0f} s)"
    generation = done.generation
    warned = generation.checks["warned"]
    return (
        f"generation {generation.id} is published: {len(generation.tables)} tables, "
        f"{generation.checks['passed']} checks passed, {warned} warned, "
        f"data through {terminal.instant(generation.as_of)}{without} ({seconds:.0f} s)"
    )


def _outcome(done: Refresh, seconds: float) -> dict[str, Any]:
    generation = done.generation
    return {
        "outcome": done.outcome()[0],
        "mode": done.mode,
        "run_id": done.run_id,
        "seconds": round(seconds, 1),
        "generation": generation.id if generation else None,
        "as_of": generation.as_of if generation else None,
        "location": generation.location if generation else None,
        "checks": dict(generation.checks) if generation else None,
        "pull": done.report.as_dict(),
    }


def _warn_of_full_keys(key: str) -> None:
    if key.startswith("sk_live_"):
        terminal.say(
            "warning: STRIPE_SECRET_KEY may do everything; a restricted key (rk_live_…) that may "
            "only read is safer"
        )
