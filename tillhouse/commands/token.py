"""`tillhouse token`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tillhouse import terminal
from warehouse.errors import TillhouseError

if TYPE_CHECKING:
    from warehouse.operations import ApiKeys


def token(
    name: Annotated[str, typer.Argument(help="Who it is for.")],
    role: Annotated[str, typer.Option(help="The dashboard takes ADMIN only.")] = "ADMIN",
    expires: Annotated[
        str | None,
        typer.Option(help="How long it holds: 30m, 12h, 7d. Default: 12h; a key: for ever."),
    ] = None,
    scopes: Annotated[
        str, typer.Option(help="More than reading: export, admin; comma separated.")
    ] = "",
    *,
    api_key: Annotated[
        bool, typer.Option("--api-key", help="A long-lived, revocable key instead of a token.")
    ] = False,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Revoke the keys of that name instead.")
    ] = False,
) -> None:
    """Print a token (or key) for the dashboard and the API, and nothing else.

    Example: [bold]tillhouse token ana --expires 12h[/bold]
    """
    from tillhouse.tokens import mint, parse_duration  # noqa: PLC0415
    from warehouse.operations import ApiKeys, OperationsStore  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    wanted = frozenset(part.strip() for part in scopes.split(",") if part.strip())
    if revoke:
        _revoke(ApiKeys(OperationsStore(settings)), name)
    elif api_key:
        end = datetime.now(UTC) + parse_duration(expires) if expires else None
        keys = ApiKeys(OperationsStore(settings))
        terminal.show(keys.create(name, role=role, scopes=wanted, expires_at=end))
    else:
        length = parse_duration(expires or "12h")
        terminal.show(mint(settings, name, role=role, scopes=wanted, expires=length))


def _revoke(keys: ApiKeys, name: str) -> None:
    revoked = [key for key in keys.all() if key.name == name and keys.revoke(key.key_id)]
    if not revoked:
        raise TillhouseError(f"there is no key named {name} that holds")
    terminal.say(f"{len(revoked)} key{'s' * (len(revoked) > 1)} of {name} revoked")
