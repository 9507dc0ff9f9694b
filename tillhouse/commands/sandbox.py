"""`tillhouse sandbox`."""

from __future__ import annotations

import json as json_module
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tillhouse import terminal
from warehouse.errors import SettingsError

if TYPE_CHECKING:
    from sandbox.run import Sandbox

SEED, CUSTOMERS = 7, 500


def sandbox(  # noqa: PLR0913  one an option
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.")] = SEED,
    customers: Annotated[
        int, typer.Option(min=1, help="Sign-ups over its two years of history.")
    ] = CUSTOMERS,
    host: Annotated[str, typer.Option(help="Address of its Stripe API.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of its Stripe API; 0: a free one.")] = 12111,
    directory: Annotated[
        Path | None,
        typer.Option("--dir", help="Folder for its database and files. [TILLHOUSE_HOME/sandbox]"),
    ] = None,
    app_url: Annotated[
        str | None, typer.Option(help="Write its database here instead (postgresql://…).")
    ] = None,
    *,
    limits: Annotated[
        bool,
        typer.Option("--limits", help="Answer 429 beyond 100 requests a second, 25 an endpoint."),
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the addresses as one line of JSON.")
    ] = False,
) -> None:
    """Run the sandbox company: a local Stripe API and an application's database.

    Its clock stands at 00:00 UTC of today (of TILLHOUSE_NOW where set). Point anything at it.

    Example: [bold]tillhouse sandbox --customers 100 --port 12111[/bold]
    """
    from sandbox.run import run_sandbox  # noqa: PLC0415
    from sandbox.stripe_api import RateLimits  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    folder = (directory or settings.prepare_home() / "sandbox").absolute()
    day = settings.now().replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        opened = opened_on(folder, seed, customers, day)
        run_sandbox(
            seed=seed,
            customers=customers,
            day=day,
            host=host,
            port=port,
            app_url=app_url or f"sqlite:///{folder / 'app.sqlite'}",
            seeds_dir=folder / "seeds",
            cache_dir=folder / "worlds",
            ready=_show_json if json else _show,
            opened=opened,
            limits=RateLimits() if limits else None,
        )
    except OSError as error:
        raise SettingsError(
            f"the sandbox can't start ({error}): choose another --port or --dir"
        ) from error


def opened_on(folder: Path, seed: int, customers: int, day: datetime) -> date:
    """Return the first day of a folder's company, noted when it is first met.

    A folder holds one company, and it goes on: with another one, or one that other code simulates,
    whoever reads both would take them for one.

    Args:
        folder: where its database and worlds are.
        seed: of the company asked for.
        customers: its sign-ups.
        day: its today.

    Raises:
        SettingsError: the folder holds another company.
    """
    from sandbox.company import code_version, world_start  # noqa: PLC0415

    this = {"seed": seed, "customers": customers, "version": code_version()}
    note = folder / "company.json"
    if not note.exists():
        note.write_text(json_module.dumps({**this, "opened": world_start(day).date().isoformat()}))
    kept = json_module.loads(note.read_text())
    if {name: kept.get(name) for name in this} != this:
        raise SettingsError(
            f"{folder} holds another company (seed {kept.get('seed')}, {kept.get('customers')} "
            f"sign-ups, version {kept.get('version')}): take another folder or TILLHOUSE_HOME"
        )
    return date.fromisoformat(kept["opened"])


def _environment(open_: Sandbox) -> dict[str, Any]:
    return {
        "STRIPE_SECRET_KEY": open_.api_key,
        "STRIPE_API_BASE": open_.base_url,
        "APP_DATABASE_URL": open_.app_url,
        "TILLHOUSE_SEEDS": str(open_.seeds_dir),
        "TILLHOUSE_NOW": open_.now.isoformat(),
    }


def _show(open_: Sandbox) -> None:
    terminal.say("The company is open; Ctrl-C closes it. Point Tillhouse at it with:")
    for name, value in _environment(open_).items():
        terminal.show(f"export {name}={value}")


def _show_json(open_: Sandbox) -> None:
    terminal.show(json_module.dumps(_environment(open_)))
