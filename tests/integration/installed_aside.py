"""Packages that tests use from outside: installed beside the project, never among its packages.

What is here is not in the project's lock, because its licence or its own dependencies must not
mix with ours (`docs/decisions/0010-others-stripe-aside.md`). Each has a folder of its own under
``.cache/aside``, made once by the project's uv from the versions named.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "aside"


def installed(name: str, packages: Sequence[str], *options: str) -> Path:
    """Return the folder of a virtual environment with exactly these packages.

    Args:
        name: what the folder is called.
        packages: requirements with their versions, dependencies included.
        options: of ``uv pip install``.
    """
    digest = hashlib.sha256("\n".join([sys.version, *packages, *options]).encode()).hexdigest()
    folder = CACHE / f"{name}-{digest[:12]}"
    ready = folder / "ready"
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not ready.exists():
            _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
            python = str(folder / "bin" / "python")
            install = ["pip", "install", "--quiet", "--no-deps", "--python", python]
            _uv(*install, *options, *packages)
            ready.touch()
    return folder


def _uv(*arguments: str) -> None:
    tool = ROOT / ".tools" / "bin" / "uv"
    program = str(tool) if tool.exists() else shutil.which("uv")
    if program is None:
        _missing("uv is not here: run make develop")
    done = subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode != 0:
        _missing(f"uv {arguments[0]} failed: {done.stderr.strip()[-300:]}")


def _missing(message: str) -> None:
    """Skip on a machine without the network, fail where every test has to run."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
