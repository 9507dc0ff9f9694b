"""Reading the project's YAML, each file once and by libyaml: every worker reads all of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def read_yaml(path: Path) -> Any:
    """Return what a file says; whoever asks later gets the same objects."""
    return yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
