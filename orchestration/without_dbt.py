"""dagster-dbt, imported as it is where dbt itself is not installed, which it provides for.

The process of a refresh never runs dbt (`warehouse/dbt_process.py` does), and to import it took two
CPU seconds of each. Whatever of dagster-dbt is used here comes from this module.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _as_if_not_installed(package: str) -> Iterator[None]:
    """Let imports of a package fail while inside, unless it has been imported already."""
    if package in sys.modules:
        yield
        return
    # None there makes an import fail: https://docs.python.org/3/reference/import.html#the-module-cache
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]


with _as_if_not_installed("dbt"):
    from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

__all__ = ["DagsterDbtTranslator", "DbtProject", "dbt_assets"]
