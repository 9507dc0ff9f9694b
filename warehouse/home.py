"""The folder Tillhouse writes to: made on first use, for its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from warehouse.errors import SettingsError


def prepare_home(home: Path) -> Path:
    """Create the folder where it is missing and return it.

    Raises:
        SettingsError: it can't be created or written.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = home / f".probe-{secrets.token_hex(8)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"TILLHOUSE_HOME {home} can't be written ({error.strerror}): "
            "set it to a folder that this user may write to"
        ) from error
    return home


def generated_secret(path: Path) -> bytes:
    """Return the secret in `path`, made on first use; two processes at once agree on one."""
    if not path.exists():
        draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return path.read_bytes()
        finally:
            draft.unlink()
    return path.read_bytes()
