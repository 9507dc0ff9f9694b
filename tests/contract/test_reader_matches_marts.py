"""What the reader serves is what dbt publishes: no column forgotten, none made up."""

from __future__ import annotations

from typing import Literal, get_args, get_origin

import pytest
from whole import accepted, models, primary_key

from reader.columns import Series, value_type
from reader.listings import LISTINGS, Listing
from reader.scopes import required_scope
from reader.series import (
    ACTIVE_USERS,
    CASH,
    CREDITS,
    CUSTOMER_MARGIN,
    CUSTOMER_MOVEMENTS,
    DEFINITIONS,
    FRESHNESS,
    KPIS,
    MARGIN,
    MRR_DAILY,
    MRR_MONTHLY,
    PROVIDERS,
    RECOGNITION,
    RETENTION,
    USAGE,
)
from reader.surface import SURFACE, routes_of
from reader.tables import DAYS

TYPES = {
    "bigint": "integer",
    "integer": "integer",
    "date": "date",
    "boolean": "boolean",
    "timestamptz": "timestamp",
    "text": "text",
    "numeric": "decimal",
}

# Every column of these is served; of the others the series is a part.
WHOLE = (
    KPIS,
    MRR_MONTHLY,
    DEFINITIONS,
    CASH,
    RECOGNITION,
    RETENTION,
    USAGE,
    ACTIVE_USERS,
    CREDITS,
    PROVIDERS,
    MARGIN,
    CUSTOMER_MARGIN,
    FRESHNESS,
)


PUBLISHED: dict[str, dict[str, str]] = {
    name: {column["name"]: column["data_type"] for column in model["columns"]}
    for name, model in models().items()
}


@pytest.mark.parametrize("series", [*WHOLE, CUSTOMER_MOVEMENTS, MRR_DAILY], ids=lambda s: s.table)
def test_served_columns_are_published_with_their_types(series: Series) -> None:
    published = PUBLISHED[series.table]
    assert series.time in published
    for column in series.columns:
        assert TYPES[published[column.name].split("(")[0]] == column.type, column.name


@pytest.mark.parametrize("series", WHOLE, ids=lambda s: s.table)
def test_no_published_column_is_forgotten(series: Series) -> None:
    served = {series.time, *(column.name for column in series.columns)}
    assert set(PUBLISHED[series.table]) - served == set()


@pytest.mark.parametrize("path", sorted(SURFACE))
def test_a_route_reads_tables_that_are_published(path: str) -> None:
    assert set(SURFACE[path].tables) <= set(PUBLISHED)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.path)
def test_a_listing_is_ordered_by_what_is_unique_and_cut_by_its_tables_day(listing: Listing) -> None:
    columns = PUBLISHED[listing.table]
    assert set(primary_key(models()[listing.table])) <= set(listing.key) <= set(columns)
    assert {f.column for f in listing.filters} <= set(columns) | {d.name for d in listing.derived}
    if listing.day is not None:
        assert listing.day == DAYS[listing.table]


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.path)
def test_a_closed_list_of_a_filter_is_what_the_mart_accepts(listing: Listing) -> None:
    columns = {column["name"]: column for column in models()[listing.table]["columns"]}
    for one in listing.filters:
        values = accepted(columns.get(one.column, {}))
        if get_origin(one.type) is Literal and values:
            assert set(get_args(one.type)) == set(values)


def test_every_table_has_its_day_or_none() -> None:
    assert set(DAYS) == set(PUBLISHED)
    for table, day in DAYS.items():
        assert day is None or day in PUBLISHED[table]


def test_every_type_of_a_published_column_is_served() -> None:
    for columns in PUBLISHED.values():
        for declared in columns.values():
            kind = declared.split("(")[0]
            told = "timestamp with time zone" if kind == "timestamptz" else declared
            assert value_type(told) == TYPES[kind]


def test_rows_of_single_customers_ask_for_their_scope() -> None:
    """A table that names customers is open to `customers` only."""
    for path, rows in SURFACE.items():
        tables = [rows.listing.table] if rows.listing else []
        if any("customer_key" in PUBLISHED[table] for table in tables):
            assert required_scope("GET", path) == "customers", path


def test_the_catalogue_leads_to_routes() -> None:
    assert routes_of("fct_videos") == [
        "/v1/costs/providers",
        "/v1/costs/providers/summary",
        "/v1/customers/{customer_key}",
        "/v1/costs/videos",
    ]
    assert routes_of("agg_margin_monthly") == ["/v1/margin"]
