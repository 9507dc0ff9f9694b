"""The dbt project as dbt has parsed it, kept in TILLHOUSE_HOME until the project changes.

Parsing takes as long as building a small company's marts, so it is done once: the manifest (what
there is) for the rest of Tillhouse, and dbt's own form of it for the builds. What it says depends
on the project, dbt, and the name of the database, not on where that is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock

from warehouse.engines import engine_for
from warehouse.settings import Settings

PROJECT = Path(__file__).parents[1] / "dbt_project"
_SOURCES = frozenset({".sql", ".yml", ".csv", ".md"})
_OUTPUT = frozenset({"target", "logs"})


@dataclass(frozen=True)
class ParsedProject:
    """Where a parsed project lies; both files are whole whenever they are there."""

    manifest: Path
    for_dbt: Path

    @property
    def is_there(self) -> bool:
        """Whether it has been parsed."""
        return self.manifest.exists() and self.for_dbt.exists()

    def load(self) -> dict[str, Any]:
        """Return the manifest."""
        loaded: dict[str, Any] = json.loads(self.manifest.read_text())
        return loaded


def target_of(settings: Settings) -> Path:
    """Return the folder of dbt's artefacts."""
    return settings.dbt_dir / engine_for(settings).name


def project_hash() -> str:
    """Return a hash of the project's files; it changes iff the transforms may."""
    digest = hashlib.sha256()
    for path in sorted(PROJECT.rglob("*")):
        relative = path.relative_to(PROJECT)
        if path.suffix in _SOURCES and relative.parts[0] not in _OUTPUT:
            digest.update(f"{relative}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def place_of(settings: Settings, folder: Path) -> ParsedProject:
    """Return where the project lies in a folder if it is parsed as these settings need it."""
    engine = engine_for(settings)
    versions = [version(name) for name in ("dbt-core", f"dbt-{engine.name}")]
    about = "\0".join([project_hash(), engine.database, *versions])
    name = f"project-{hashlib.sha256(about.encode()).hexdigest()[:32]}"
    return ParsedProject(folder / f"{name}.json", folder / f"{name}.msgpack")


def parsed_project(settings: Settings, parse: Callable[[Path], None]) -> ParsedProject:
    """Return the parsed project, parsed on first use and when it has changed.

    Args:
        settings: whose warehouse.
        parse: lets dbt parse into a folder; raises if it can't.
    """
    target = target_of(settings)
    kept = place_of(settings, target)
    if not kept.is_there:
        settings.prepare_home()
        target.mkdir(parents=True, exist_ok=True)
        with FileLock(target / ".parse.lock"):
            if not kept.is_there:
                parse(target)
                _keep(target, kept)
    return kept


def _keep(target: Path, kept: ParsedProject) -> None:
    """Copy what dbt rewrites in every run of its own."""
    for old in target.glob("project-*"):
        old.unlink()
    pairs = ((kept.for_dbt, "partial_parse.msgpack"), (kept.manifest, "manifest.json"))
    for path, source in pairs:
        draft = path.with_suffix(".draft")
        shutil.copy(target / source, draft)
        draft.replace(path)
