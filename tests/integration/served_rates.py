"""A rate card, as its seed says it and as the API serves it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from node_reader import NodeReader, served_to_node

from reader.app import create_app
from warehouse.engines import engine_for
from warehouse.generations import MartTable, Publication, store_for
from warehouse.settings import Settings

SEEDS = Path(__file__).parents[2] / "ingest" / "seeds"
CHANGE = "2026-03-03T14:00:00Z"
NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)

SeedRow = dict[str, str]

_COLUMNS = {
    "rate_id": "text",
    "provider": "text",
    "usd_per_credit": "numeric(20, 9)",
    "valid_from": "timestamptz",
    "valid_to": "timestamptz",
    "bills_failures": "boolean",
    "recorded_at": "timestamptz",
}
# What an empty field of the seed means.
_EMPTY = {"valid_from": "1970-01-01T00:00:00Z"}


def rate(provider: str, usd: str, *, since: str = "", until: str = "", **more: str) -> SeedRow:
    """Return a row of provider_rates.csv."""
    end = {"valid_from": since, "valid_to": until}
    said = {"rate_id": f"{provider}@{since}", "bills_failures": "true", "recorded_at": ""}
    return {"provider": provider, "usd_per_credit": usd, **end, **said, **more}


def shipped() -> list[SeedRow]:
    """Return the rates that Tillhouse ships."""
    with (SEEDS / "provider_rates.csv").open() as file:
        return list(csv.DictReader(file))


@contextmanager
def serving_rates(settings: Settings, rates: list[SeedRow]) -> Iterator[NodeReader]:
    """Publish a rate card alone, and serve it."""
    engine = engine_for(settings)
    engine.check()
    with engine.connect() as connection:
        connection.execute("create schema build")
        columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
        connection.execute(f"create table build.dim_provider_rates ({columns})")
        for row in rates:
            connection.execute(
                "insert into build.dim_provider_rates values (?, ?, ?, ?, ?, ?, ?)",
                [row[name] or _EMPTY.get(name) for name in _COLUMNS],
            )
    publication = Publication(
        mode="full",
        run_id="run",
        fingerprint="rates",
        tables=(MartTable("dim_provider_rates", "Rates. One row per rate.", {}),),
        sources={"app": NOW},
        checks={"passed": 1, "warned": 0},
    )
    store_for(settings).publish(publication, NOW)
    with served_to_node(settings, create_app(settings), lambda: "") as serving:
        yield serving
