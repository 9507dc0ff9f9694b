"""`tillhouse token`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tillhouse import terminal
from warehouse.errors import SettingsError

if TYPE_CHECKING:
    from warehouse.operations import ApiKey
    from warehouse.settings import Settings


def token(
    name: Annotated[str, typer.Argument(help="Who it is for.")] = "",
    role: Annotated[str, typer.Option(help="The dashboard takes ADMIN only.")] = "ADMIN",
    expires: Annotated[
        str | None,
        typer.Option(help="How long it holds: 30m, 12h, 7d. Default: 12h; a key: for ever."),
    ] = None,
    scopes: Annotated[
        str,
        typer.Option(
            help="Comma separated: export and admin come on top of reading everything; naming read "
            "(every figure) or customers (each customer, too) limits the reading."
        ),
    ] = "",
    *,
    api_key: Annotated[
        bool, typer.Option("--api-key", help="A long-lived, revocable key instead of a token.")
    ] = False,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Revoke the keys and tokens of that name instead.")
    ] = False,
    keys: Annotated[
        bool, typer.Option("--keys", help="List the keys (of that name) instead; none is shown.")
    ] = False,
) -> None:
    """Print a token (or key) for the dashboard and the API, and nothing else.

    Example: [bold]tillhouse token ana --expires 12h --scopes export[/bold]
    """
    from tillhouse.tokens import parse_duration, parse_scopes  # noqa: PLC0415
    from warehouse.operations import ApiKeys, OperationsStore  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    if keys:
        _list([k for k in ApiKeys(OperationsStore(settings)).all() if name in ("", k.name)])
        return
    if not name:
        raise SettingsError("a token is for somebody: tillhouse token NAME")
    wanted = parse_scopes(scopes)
    if revoke:
        _revoke(settings, name)
        return
    length = parse_duration(expires) if expires else None
    if api_key:
        terminal.show(_new_key(settings, name, role, wanted, length))
    else:
        from tillhouse.tokens import mint  # noqa: PLC0415

        end = length or parse_duration("12h")
        terminal.show(mint(settings, name, role=role, scopes=wanted, expires=end))


def _new_key(
    settings: Settings, name: str, role: str, scopes: frozenset[str], length: timedelta | None
) -> str:
    from tillhouse.audit import record  # noqa: PLC0415
    from warehouse.operations import ApiKeys, OperationsStore  # noqa: PLC0415

    record(settings, "create key", name, ("scopes", " ".join(sorted(scopes))), ("role", role))
    end = datetime.now(UTC) + length if length else None
    keys = ApiKeys(OperationsStore(settings))
    return keys.create(name, role=role, scopes=scopes, expires_at=end)


def _revoke(settings: Settings, name: str) -> None:
    from tillhouse.audit import record  # noqa: PLC0415
    from warehouse.operations import ApiKeys, OperationsStore, Revocations  # noqa: PLC0415

    store = OperationsStore(settings)
    record(settings, "revoke", name)
    Revocations(store).revoke_tokens(name)
    keys = ApiKeys(store)
    revoked = [key for key in keys.all() if key.name == name and keys.revoke(key.key_id)]
    terminal.say(
        f"{len(revoked)} key{'s' * (len(revoked) != 1)} of {name} revoked, and every token that "
        "was made for that name until now"
    )


def _list(keys: list[ApiKey]) -> None:
    now = datetime.now(UTC)
    columns = ["key", "name", "role", "scopes", "made", "expires", "revoked", "holds"]
    rows = [
        [
            key.key_id,
            key.name,
            key.role,
            " ".join(sorted(key.scopes)),
            key.created_at,
            key.expires_at,
            key.revoked_at,
            "yes" if key.holds(now) else "no",
        ]
        for key in keys
    ]
    terminal.show_table(columns, rows)
