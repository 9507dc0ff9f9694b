"""What commands print: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 10_000


def say(text: str) -> None:
    """Print a line for people."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(text))


def say_error(text: str) -> None:
    """Print an error in one line."""
    line = Text.assemble(("error: ", "bold red"), " ".join(text.split()))
    Console(stderr=True, highlight=False, soft_wrap=True).print(line)


def show(text: str) -> None:
    """Print a result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def show_json(value: object) -> None:
    """Print a result as JSON; instants as ISO text in UTC."""
    show(json.dumps(value, indent=2, default=_plain, ensure_ascii=False))


def show_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a result as a table, whole lines on a pipe."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, name in enumerate(columns):
        numeric = bool(rows) and all(_is_number(row[index]) for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(value if isinstance(value, Text) else Text(cell(value)) for value in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    console.print(table)


def cell(value: object) -> str:
    """Return a value as a table shows it."""
    if value is None:
        return ""
    return instant(value) if isinstance(value, datetime) else str(value)


def instant(value: datetime) -> str:
    """Return an instant as people read it, in UTC."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


@dataclass
class _Line:
    """The newest line of progress, with the time so far as of whenever it is drawn."""

    console: Console
    began: float
    text: str = "starting"

    def __rich__(self) -> Text:
        line = f"{_elapsed(time.monotonic() - self.began)}  {self.text}"
        # Two columns are the spinner's; a line that breaks would leave its half behind.
        return Text(line[: max(0, self.console.width - 3)], no_wrap=True)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Yield a function that tells how a long work comes along.

    A terminal sees the newest line with the time so far; elsewhere each line is printed.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield lambda line: console.print(Text(f"{datetime.now(UTC):%H:%M:%S} {line}"))
        return
    line = _Line(console, time.monotonic())
    with console.status(line):

        def tell(text: str) -> None:
            line.text = " ".join(text.split())

        yield tell


def _elapsed(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) or (hasattr(value, "as_tuple") and value is not None)


def _plain(value: Any) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return dict(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
