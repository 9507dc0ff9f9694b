"""A tiny published generation, written by hand, and a client for the application on top of it.

Three months of a company that ends on Saturday 21 November 2026: the running month has 21 days.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import jwt
from fastapi import FastAPI

from reader.app import create_app
from warehouse.engines import engine_for
from warehouse.generations import MartTable, Publication, store_for
from warehouse.settings import Settings

FIRST, NEWEST = date(2026, 9, 1), date(2026, 11, 21)
AS_OF = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

_KPIS = """
create table build.agg_kpis_daily as
select
    d::date as date,
    (1000 + n)::decimal(20, 6) as mrr_usd,
    (12 * (1000 + n))::decimal(20, 6) as arr_usd,
    (10 + n)::bigint as paying_customers,
    3.000001::decimal(20, 6) as new_mrr_usd,
    1::decimal(20, 6) as expansion_mrr_usd,
    0::decimal(20, 6) as reactivation_mrr_usd,
    1::decimal(20, 6) as contraction_mrr_usd,
    2::decimal(20, 6) as churn_mrr_usd,
    100.10::decimal(20, 6) as gross_volume_usd,
    5::decimal(20, 6) as refunds_usd,
    1::decimal(20, 6) as disputes_usd,
    3.2::decimal(20, 6) as stripe_fees_usd,
    94.10::decimal(20, 6) as net_volume_usd,
    20::bigint as dau,
    40::bigint as wau,
    90::bigint as mau,
    7::bigint as videos_completed,
    1::bigint as videos_failed,
    80::bigint as credits_used,
    0.320000::decimal(20, 6) as provider_cost_usd,
    n % 3 as open_alerts
from (
    select d, cast(d as date) - date '2026-09-01' as n
    from generate_series(date '2026-09-01', date '2026-11-21', interval '1 day') as t (d)
)
"""

_MOVEMENTS = """
create table build.fct_mrr_movements as
select
    'u_' || (1 + n % 2) as customer_key,
    'day' as period_type,
    d::date as period_start,
    0::decimal(20, 6) as opening_usd,
    3.000001::decimal(20, 6) as new_usd,
    1::decimal(20, 6) as expansion_usd,
    0::decimal(20, 6) as reactivation_usd,
    0::decimal(20, 6) as resumed_usd,
    1::decimal(20, 6) as contraction_usd,
    2.000001::decimal(20, 6) as churn_usd,
    0::decimal(20, 6) as paused_usd,
    0::decimal(20, 6) as fx_usd,
    1::decimal(20, 6) as closing_usd,
    'new' as primary_movement,
    cast(null as varchar) as from_plan_key,
    'price_basic' as to_plan_key,
    '=HYPERLINK("x")' as cause_object_id
from (
    select d, cast(d as date) - date '2026-09-01' as n
    from generate_series(date '2026-09-01', date '2026-11-21', interval '1 day') as t (d)
)
"""

_MONTHS = """
create table build.agg_mrr_monthly as
select
    month::date as month,
    opening_usd::decimal(20, 6) as opening_usd,
    90::decimal(20, 6) as new_usd,
    30::decimal(20, 6) as expansion_usd,
    0::decimal(20, 6) as reactivation_usd,
    0::decimal(20, 6) as resumed_usd,
    30::decimal(20, 6) as contraction_usd,
    60::decimal(20, 6) as churn_usd,
    0::decimal(20, 6) as paused_usd,
    0::decimal(20, 6) as fx_usd,
    (opening_usd + 30)::decimal(20, 6) as closing_usd,
    10::bigint as customers_opening,
    30::bigint as customers_new,
    0::bigint as customers_reactivated,
    0::bigint as customers_resumed,
    2::bigint as customers_churned,
    0::bigint as customers_paused,
    38::bigint as customers_closing,
    (12 * (opening_usd + 30))::decimal(20, 6) as arr_usd,
    30::decimal(20, 6) as arpa_usd,
    1.333333::decimal(20, 6) as quick_ratio,
    month <> '2026-11-01' as is_final
from (values ('2026-09-01', 1000), ('2026-10-01', 1030), ('2026-11-01', 1060))
    as t (month, opening_usd)
"""

_CASH = """
create table build.agg_cash_daily as
select
    d::date as date,
    currency,
    cash_class,
    2::bigint as transactions,
    amount::bigint as amount_minor,
    30::bigint as fee_minor,
    (amount - 30)::bigint as net_minor
from generate_series(date '2026-09-01', date '2026-11-21', interval '1 day') as t (d)
cross join (
    values ('usd', 'sale', 1000), ('usd', 'refund', -200), ('jpy', 'sale', 5000)
) as c (currency, cash_class, amount)
where currency = 'usd' or extract(day from d) = 1
"""

_PROVIDERS = """
create table build.agg_provider_daily as
select
    date::date as date,
    provider,
    calls::bigint as calls,
    videos::bigint as videos,
    10::bigint as credits,
    cost::decimal(20, 6) as cost_usd,
    0::decimal(20, 6) as wasted_cost_usd,
    cost::decimal(20, 6) as app_reported_cost_usd,
    0::decimal(20, 6) as variance_usd,
    cost::decimal(20, 6) as cost_per_completed_video_usd,
    0::decimal(20, 6) as internal_cost_usd
from (values
    ('2026-11-16', 'LUMA_V1', 1, 1, '0.04'),
    ('2026-11-17', 'LUMA_V1', 2, 2, '0.06'),
    ('2026-11-17', 'KLING_V1', 1, 1, '0.05'),
    ('2026-11-03', 'KLING_V2', 1, 1, '0.09')
) as t (date, provider, calls, videos, cost)
"""

# v1 is called on two days: two daily counts, one video of the week.
_USAGE = """
create table build.fct_provider_usage as
select usage_log_id, video_id, provider, occurred_at::timestamptz as occurred_at
from (values
    ('l1', 'v1', 'LUMA_V1', '2026-11-16 23:59:59Z'),
    ('l2', 'v1', 'LUMA_V1', '2026-11-17 00:00:00Z'),
    ('l3', 'v2', 'LUMA_V1', '2026-11-17 01:00:00Z'),
    ('l4', 'v3', 'KLING_V1', '2026-11-17 02:00:00Z'),
    ('l5', 'v4', 'KLING_V2', '2026-11-03 02:00:00Z')
) as t (usage_log_id, video_id, provider, occurred_at)
"""

_VIDEOS = """
create table build.fct_videos as
select * from (values
    ('v1', 'COMPLETED'), ('v2', 'COMPLETED'), ('v3', 'FAILED'), ('v4', 'COMPLETED')
) as t (video_id, status)
"""

_INTERVALS = """
create table build.fct_mrr_intervals as
select item as subscription_item_id, customer_key, plan_key,
    since::date as valid_from, until::date as valid_to, mrr::decimal(20, 6) as mrr_usd
from (values
    ('si_1', 'u_1', 'price_basic', '2026-09-01', '2026-11-10', '8'),
    ('si_1', 'u_1', 'price_pro', '2026-11-10', null, '26'),
    ('si_2', 'u_2', 'price_basic', '2026-09-05', null, '8'),
    ('si_3', 'u_boss', 'price_pro', '2026-09-05', null, '26')
) as t (item, customer_key, plan_key, since, until, mrr)
"""

_SMALL = {
    "dim_customers": "select * from (values ('u_1', false), ('u_2', false), ('u_boss', true)) "
    "as t (customer_key, is_internal)",
    "dim_plans": "select * from (values ('price_basic', 'Basic'), ('price_pro', 'Pro')) "
    "as t (plan_key, name)",
    "dim_provider_rates": "select * from (values ('LUMA_V1'), ('LUMA_V2')) as t (provider)",
    "dim_currencies": "select * from (values ('usd'), ('jpy'), ('eur')) as t (currency)",
    "dim_metrics": "select * from (values ('agg_kpis_daily', 'open_alerts', 'open_alerts', "
    "'Alerts that are open.', 'Count of rows.', 'alerts')) "
    "as t (table_name, column_name, metric, definition, formula, unit)",
    "agg_freshness": "select source, synced_through::timestamptz as synced_through, "
    "synced_through::timestamptz as loaded_at, 5::bigint as rows, '1 hour' as expected_every, "
    "'fresh' as status_at_build from (values ('stripe.charges', '2026-11-22 02:00:00Z'), "
    "('app.videos', '2026-11-21 20:00:00Z')) as t (source, synced_through)",
}

TABLES = {
    "agg_kpis_daily": _KPIS,
    "fct_mrr_movements": _MOVEMENTS,
    "agg_mrr_monthly": _MONTHS,
    "agg_cash_daily": _CASH,
    "agg_provider_daily": _PROVIDERS,
    "fct_provider_usage": _USAGE,
    "fct_videos": _VIDEOS,
    "fct_mrr_intervals": _INTERVALS,
    **{name: f"create table build.{name} as {sql}" for name, sql in _SMALL.items()},
}


def publish(settings: Settings, as_of: datetime = AS_OF) -> str:
    """Publish a generation into the settings' home and return its id."""
    engine = engine_for(settings)
    engine.check()
    with engine.connect() as connection:
        connection.execute("create schema if not exists build")
        for name, sql in TABLES.items():
            connection.execute(f"drop table if exists build.{name}")
            connection.execute(sql)
    tables = tuple(
        MartTable(name, f"The mart {name}. One row per something.", {}) for name in sorted(TABLES)
    )
    publication = Publication(
        mode="hourly",
        run_id="run",
        fingerprint=as_of.isoformat(),
        tables=tables,
        sources={"stripe": as_of, "app": as_of},
        checks={"passed": 40, "warned": 1},
    )
    return store_for(settings).publish(publication, as_of + timedelta(minutes=2)).id


def token(settings: Settings, **claims: Any) -> str:
    """Return a signed token; `claims` win over those of a valid one."""
    end = datetime.now(UTC) + timedelta(hours=1)
    valid = {"sub": "tests", "role": "ADMIN", "exp": int(end.timestamp())}
    given = {name: value for name, value in {**valid, **claims}.items() if value is not None}
    return jwt.encode(given, settings.reader_jwt_secret_value(), "HS256")


class Client:
    """Sends requests to an application in this process."""

    def __init__(self, app: FastAPI, bearer: str | None) -> None:
        self.app = app
        self.bearer = bearer

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        """Send one request; the client's token goes along unless the headers name another."""
        sent = dict(headers or {})
        if self.bearer is not None and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.bearer}"
        return self.run(self._send(method, url, sent, **options))

    def run(self, sending: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        """Send one request to the end, in an event loop of its own."""
        return asyncio.run(sending)

    def get(self, url: str, **options: Any) -> httpx.Response:
        """Send a GET."""
        return self.request("GET", url, **options)

    async def _send(self, method: str, url: str, headers: Any, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://reader") as client:
            return await client.request(method, url, headers=headers, **options)


def client_for(settings: Settings, **claims: Any) -> Client:
    """Return a client of a fresh application, with a valid token; `claims` win over its own."""
    return Client(create_app(settings), token(settings, **claims))
