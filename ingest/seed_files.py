"""Reading the seed files: the user's own win over the shipped ones, and a wrong one is refused."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.seed_specs import SEEDS, SeedSpec
from warehouse.errors import SettingsError
from warehouse.settings import Settings

logger = logging.getLogger(__name__)

SHIPPED: Final = Path(__file__).parent / "seeds"


@dataclass(frozen=True)
class Seed:
    """A seed file that is in order.

    Attributes:
        spec: which one.
        path: the file that won.
        rows: its values in the order of the spec's columns; what was left out is empty.
    """

    spec: SeedSpec
    path: Path
    rows: tuple[tuple[str, ...], ...]

    @property
    def content_hash(self) -> str:
        """The hash of the values, whatever the file's layout."""
        return hashlib.sha256(json.dumps(self.rows).encode()).hexdigest()


def read_seeds(settings: Settings) -> list[Seed]:
    """Return every seed, from the user's folder where it is there.

    Raises:
        SettingsError: a file is malformed; the message names the file, the line and the column.
    """
    folder, known = settings.seeds_dir, {spec.name for spec in SEEDS}
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in known:
            logger.warning("%s is no seed file and is left alone: %s", path, ", ".join(known))
    return [read_seed(spec, _winner(spec, folder)) for spec in SEEDS]


def _winner(spec: SeedSpec, folder: Path) -> Path:
    own = folder / f"{spec.name}.csv"
    return own if own.is_file() else SHIPPED / own.name


def read_seed(spec: SeedSpec, path: Path) -> Seed:
    """Return one file's rows, checked.

    Raises:
        SettingsError: as `read_seeds`.
    """
    try:
        # utf-8-sig: spreadsheets begin their CSV files with a byte order mark.
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} can't be read ({error}): save it as UTF-8 CSV") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [
            (reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise SettingsError(f"{path}, line {reader.line_num}: it is no CSV ({error})") from error
    if not lines:
        raise SettingsError(f"{path} is empty: its first line must be {_header(spec)}")
    header = [cell.strip() for cell in lines[0][1]]
    _check_header(spec, path, header)
    rows = tuple(_row(spec, path, header, number, cells) for number, cells in lines[1:])
    _check_unique(spec, path, rows, [number for number, _ in lines[1:]])
    return Seed(spec, path, rows)


def _header(spec: SeedSpec) -> str:
    return ",".join(column.name for column in spec.columns)


def _check_header(spec: SeedSpec, path: Path, header: list[str]) -> None:
    known = {column.name for column in spec.columns}
    for name in header:
        if name not in known or header.count(name) > 1:
            raise SettingsError(
                f"{path}, line 1: column {name or '(no name)'} is unknown or there twice: "
                f"the columns are {_header(spec)}"
            )
    for column in spec.columns:
        if column.required and column.name not in header:
            raise SettingsError(f"{path}, line 1: column {column.name} is missing: add it")


def _row(
    spec: SeedSpec, path: Path, header: list[str], number: int, cells: list[str]
) -> tuple[str, ...]:
    if len(cells) != len(header):
        raise SettingsError(
            f"{path}, line {number}: it has {len(cells)} values for {len(header)} columns"
        )
    values = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    for column in spec.columns:
        value = values.get(column.name, "")
        if (value or column.required) and not column.check(value):
            found = f"“{value}” is" if value else "it is empty and"
            raise SettingsError(
                f"{path}, line {number}, column {column.name}: {found} not {column.expects}"
            )
    return tuple(values.get(column.name, "") for column in spec.columns)


def _check_unique(
    spec: SeedSpec, path: Path, rows: Iterable[tuple[str, ...]], numbers: list[int]
) -> None:
    first: dict[tuple[str, ...], int] = {}
    positions = [[c.name for c in spec.columns].index(name) for name in spec.key]
    for number, row in zip(numbers, rows, strict=True):
        key = tuple(row[at].lower() for at in positions)
        if key in first:
            raise SettingsError(
                f"{path}, line {number}, column {spec.key[-1]}: the same {' and '.join(spec.key)} "
                f"as in line {first[key]}: keep one of them"
            )
        first[key] = number
