"""`tillhouse audit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tillhouse import terminal
from warehouse.errors import SettingsError, TillhouseError

audit = typer.Typer(no_args_is_help=True, help="The log of who read, exported and changed what.")


@audit.command()
def verify(
    anchors: Annotated[
        Path | None,
        typer.Option(help="A file of lines from `audit head` that were kept elsewhere."),
    ] = None,
) -> None:
    """Check the audit log's chain: exit 1 if a row was changed, removed, moved or added.

    Example: [bold]tillhouse audit verify --anchors /mnt/elsewhere/anchors[/bold]
    """
    from warehouse.operations import AuditLog  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    kept = _lines(anchors) if anchors is not None else []
    check = AuditLog(load_settings()).verify(kept)
    if check.problem is not None:
        raise TillhouseError(
            f"the audit log is broken: {check.problem} (rows 1 to {check.rows} were read); keep a "
            "copy of the database and find out who could write to it"
        )
    terminal.show(f"{check.rows} rows are as they were written")


@audit.command()
def head() -> None:
    """Print the signed line of the newest row: keep it elsewhere, and hold the log to it later.

    Example: [bold]tillhouse audit head >> /mnt/elsewhere/anchors[/bold]
    """
    from warehouse.operations import AuditLog  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    line = AuditLog(load_settings()).newest_anchor()
    if line is None:
        raise TillhouseError("the audit log is empty: nothing was read or changed yet")
    terminal.show(line)


@audit.command()
def show(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many rows.")] = 50,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """Print the newest rows, newest first.

    Example: [bold]tillhouse audit show --limit 200 --json[/bold]
    """
    from warehouse.operations import AuditLog  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    rows = AuditLog(load_settings()).latest(limit)
    if json:
        terminal.show_json(rows)
        return
    columns = ["position", "at", "actor", "action", "target", "outcome", "address", "detail"]
    terminal.show_table(columns, [[row[name] for name in columns] for row in rows])


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"--anchors {path} can't be read ({error})") from error
