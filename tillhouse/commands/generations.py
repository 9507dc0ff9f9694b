"""`tillhouse generations`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tillhouse import terminal

if TYPE_CHECKING:
    from warehouse.generations import Generation


def generations(
    activate: Annotated[
        str | None, typer.Option(metavar="ID", help="Roll back or forward to this one.")
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the published generations, newest first, or make another one active.

    Example: [bold]tillhouse generations --activate 000041-20260301T020512Z[/bold]
    """
    from warehouse import generations as published  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    if activate is not None:
        from tillhouse.audit import record  # noqa: PLC0415

        record(settings, "activate", activate)
        published.activate(settings, activate)
        terminal.say(f"generation {activate} is active")
    active = published.active(settings)
    rows = [_row(g, active=g == active) for g in published.published(settings)]
    if json:
        terminal.show_json(rows)
        return
    if activate is None:
        shown = [
            [
                "*" if row["active"] else "",
                row["id"],
                row["as_of"],
                row["published_at"],
                len(row["rows"]),
                sum(row["rows"].values()),
                row["location"],
            ]
            for row in rows
        ]
        columns = ["", "generation", "data through", "published", "tables", "rows", "location"]
        terminal.show_table(columns, shown)


def _row(generation: Generation, *, active: bool) -> dict[str, Any]:
    return {
        "id": generation.id,
        "active": active,
        "as_of": generation.as_of,
        "published_at": generation.published_at,
        "location": generation.location,
        "mode": generation.mode,
        "rows": {name: table.rows for name, table in generation.tables.items()},
    }
