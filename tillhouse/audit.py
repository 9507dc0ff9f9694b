"""Writing down what is done on the command line, before it is done."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

from warehouse.operations import AuditEntry, AuditLog
from warehouse.pseudonyms import without_emails
from warehouse.settings import Settings


def record(settings: Settings, action: str, target: str, *detail: tuple[str, str]) -> None:
    """Add an entry to the audit log, under the name of this machine's user.

    Raises:
        AuditError: it can't be written, so what it tells of must not happen.
    """
    entry = AuditEntry(
        at=datetime.now(UTC),
        actor=f"command line: {_user()}",
        action=action,
        target=without_emails(settings.pseudonym_key_value(), target),
        outcome="begun",
        detail=detail,
    )
    AuditLog(settings).append([entry])


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container's user need not have a name.
        return "unknown"
