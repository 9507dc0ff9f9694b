"""A sandbox company with a warehouse that reads it: what the end-to-end tests stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.run import Sandbox, open_sandbox
from sandbox.truth import TABLES, Difference, compare_table, expected, render
from warehouse.generations import open_reader
from warehouse.settings import Settings, load_settings

SEEDS = (7, 11, 23, 42, 77)
CUSTOMERS = 500
TODAY = datetime(2026, 11, 22, tzinfo=UTC)
JUDGED = tuple(TABLES)

#: Columns with the id of a run, which no two share.
OF_THE_RUN = {"run_id"}

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Site:
    """A company that is open and the settings of a warehouse that reads it."""

    sandbox: Sandbox
    home: Path
    warehouse_url: str | None

    def settings(self, **overrides: object) -> Settings:
        """Return settings at the company's present: its clock is ours."""
        fields: dict[str, object] = {
            "tillhouse_home": self.home,
            "tillhouse_now": self.sandbox.now,
            "tillhouse_seeds": self.sandbox.seeds_dir,
            "stripe_secret_key": self.sandbox.api_key,
            "stripe_api_base": self.sandbox.base_url,
            "stripe_max_requests_per_second": 100,
            "app_database_url": self.sandbox.app_url,
            "pseudonym_key": "the same in every warehouse",
        }
        if self.warehouse_url is not None:
            fields["warehouse_url"] = self.warehouse_url
        return load_settings(**{**fields, **overrides})


@contextmanager
def open_site(
    seed: int,
    folder: Path,
    *,
    customers: int = CUSTOMERS,
    app_url: str | None = None,
    warehouse_url: str | None = None,
    cache_dir: Path | None = None,
) -> Iterator[Site]:
    """Open a company and give it a home for its warehouse; nothing is refreshed yet."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_sandbox(
        seed,
        customers,
        TODAY,
        app_url=app_url or f"sqlite:///{folder / 'app.db'}",
        seeds_dir=folder / "seeds",
        cache_dir=cache_dir,
    ) as sandbox:
        yield Site(sandbox, folder / "home", warehouse_url)


def published_rows(settings: Settings) -> Callable[[str], Rows]:
    """Return a function that reads a table of the served generation."""

    def read(table: str) -> Rows:
        with open_reader(settings) as reader, reader.connect() as connection:
            cursor = connection.execute(f"select * from {connection.table(table)}")
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return read


def published_tables(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table of the served generation but for what names the run."""
    with open_reader(settings) as reader, reader.connect() as connection:
        rows = {}
        for table, known in connection.generation.tables.items():
            columns = ", ".join(f'"{name}"' for name in sorted(known.columns.keys() - OF_THE_RUN))
            query = f"select {columns} from {connection.table(table)}"
            rows[table] = connection.execute(query).fetchall()
        return rows


def differences(
    site: Site, read: Callable[[str], Rows], tables: tuple[str, ...] = JUDGED
) -> list[Difference]:
    """Compare tables, cell by cell and without tolerance, with what happened in the company."""
    truth = expected(site.sandbox.world.ledger, site.sandbox.now, tables)
    return [
        difference
        for table in tables
        for difference in compare_table(table, truth[table], read(table))
    ]


__all__ = [
    "CUSTOMERS",
    "JUDGED",
    "SEEDS",
    "TABLES",
    "Site",
    "differences",
    "open_site",
    "published_rows",
    "published_tables",
    "render",
]
