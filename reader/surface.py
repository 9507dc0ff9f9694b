"""What each data route serves: the tables it reads, and the names and types of its rows.

The one place from which the API's description, the catalogue and the tests know the routes' rows;
what is served is said where it is made (`reader.series`, `reader.listings`, `reader.queries`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reader.columns import Series
from reader.database import Generation
from reader.listings import LISTINGS, Listing
from reader.queries import alerts, catalogue, customer, customers, explain, freshness, generations
from reader.queries import reconciliations as reconciled
from reader.queries.summary import DERIVED
from reader.queries.timeline import PERIOD
from reader.representations import Names
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
    MOVEMENTS_DAILY,
    MOVEMENTS_MONTHLY,
    MRR_DAILY,
    MRR_MONTHLY,
    PLANS,
    PROVIDERS,
    RECOGNITION,
    RETENTION,
    USAGE,
)


@dataclass(frozen=True)
class Rows:
    """The rows of a route.

    Attributes:
        tables: the published tables they are read from.
        names: every name that a row of the route can have.
        is_compared: whether what they are compared with can stand beside them.
        nested: what is a list (`array`) or an `object`; only JSON carries such rows.
        listing: of a listing, whose columns are its table's.
    """

    tables: tuple[str, ...]
    names: Names = ()
    is_compared: bool = False
    nested: Mapping[str, Literal["array", "object"]] = field(default_factory=dict)
    listing: Listing | None = None

    def columns(self, generation: Generation | None) -> Names:
        """Return the names and types of the rows, as a generation has them."""
        if self.listing is None:
            return self.names
        return self.listing.columns(generation) if generation is not None else ()


def _series(*series: Series, extra: Names = (), also: tuple[str, ...] = ()) -> Rows:
    names = dict(extra)
    for one in series:
        own = {column.name: column.type for column in one.columns}
        names |= dict(PERIOD) if one.time == "date" else {}
        names |= own if one.time in own else {one.time: "date", **own}
    tables = dict.fromkeys([*(one.table for one in series), *also])
    return Rows(tuple(tables), tuple(names.items()), is_compared=True)


SURFACE: dict[str, Rows] = {
    "/v1/kpis": _series(KPIS),
    "/v1/kpis/summary": _series(KPIS, extra=DERIVED),
    "/v1/revenue/mrr": _series(MRR_MONTHLY, MRR_DAILY, PLANS),
    "/v1/revenue/movements": _series(MOVEMENTS_MONTHLY, MOVEMENTS_DAILY, CUSTOMER_MOVEMENTS),
    "/v1/revenue/definitions": _series(DEFINITIONS),
    "/v1/revenue/cash": _series(CASH),
    "/v1/revenue/recognition": _series(RECOGNITION, also=("fct_revenue_recognition_days",)),
    "/v1/churn/retention": _series(RETENTION),
    "/v1/usage/daily": _series(USAGE),
    "/v1/usage/active-users": _series(ACTIVE_USERS),
    "/v1/usage/credits": _series(CREDITS),
    "/v1/costs/providers": _series(PROVIDERS, also=("fct_provider_usage", "fct_videos")),
    "/v1/costs/providers/summary": _series(PROVIDERS, also=("fct_provider_usage", "fct_videos")),
    "/v1/margin": Rows(
        (MARGIN.table, CUSTOMER_MARGIN.table), _series(MARGIN).names, is_compared=True
    ),
    "/v1/customers": Rows(customers.TABLES, customers.COLUMNS),
    "/v1/customers/{customer_key}": Rows(
        (*customers.TABLES, *(section.table for section in customer.SECTIONS.values())),
        (*customers.COLUMNS, *customer.NESTED),
        nested={name: "array" for name, _ in customer.NESTED},
    ),
    **{f"/v1{listing.path}": Rows((listing.table,), listing=listing) for listing in LISTINGS},
    "/v1/alerts": Rows((alerts.TABLE,), alerts.COLUMNS),
    "/v1/generations": Rows((), generations.COLUMNS),
    "/v1/marts": Rows(
        ("dim_metrics", FRESHNESS.table),
        catalogue.COLUMNS,
        nested={"columns": "array", "freshness": "object", "routes": "array"},
    ),
    "/v1/freshness": Rows((FRESHNESS.table,), (*_series(FRESHNESS).names, *freshness.ADDED)),
    "/v1/reconciliations": Rows(
        tuple(one.table for one in reconciled.RECONCILIATIONS), reconciled.COLUMNS
    ),
    "/v1/metrics/{metric}/explain": Rows(("dim_metrics", "drill_metric_objects"), explain.OBJECTS),
}


def routes_of(table: str) -> list[str]:
    """Return the routes that serve rows of a published table."""
    return [path for path, rows in SURFACE.items() if table in rows.tables]
