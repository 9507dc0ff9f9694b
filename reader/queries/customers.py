"""Customers with what each holds, brought and cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from reader.database import Connection
from reader.envelope import Page
from reader.errors import InvalidParameterError
from reader.filters import COUNTRY, CURRENT_PLAN
from reader.links import stripe_page
from reader.params import CustomerSort, CustomersParameters
from reader.periods import period_start
from reader.pipeline import Question
from reader.queries.rows import keyset_rows, page_of
from reader.queries.select import known_value, newest_day
from reader.representations import Names

COLUMNS: Names = (
    ("customer_key", "text"),
    ("user_id", "text"),
    ("primary_stripe_customer_id", "text"),
    ("email_hash", "text"),
    ("link_status", "text"),
    ("country", "text"),
    ("created_at", "timestamp"),
    ("first_paid_at", "timestamp"),
    ("cohort_month", "date"),
    ("current_plan_key", "text"),
    ("plan_name", "text"),
    ("is_internal", "boolean"),
    ("is_deleted", "boolean"),
    ("mrr_usd", "decimal"),
    ("recognised_revenue_usd", "decimal"),
    ("net_cash_usd", "decimal"),
    ("provider_cost_usd", "decimal"),
    ("gross_margin_usd", "decimal"),
    ("stripe_url", "text"),
)

TABLES = (
    "dim_customers",
    "dim_stripe_customers",
    "dim_plans",
    "fct_mrr_intervals",
    "fct_customer_margin_months",
)

# What a list can be sorted by, and the column that says it.
_SORTS: Mapping[CustomerSort, str] = {
    "mrr": "mrr_usd",
    "revenue": "recognised_revenue_usd",
    "cash": "net_cash_usd",
    "cost": "provider_cost_usd",
    "margin": "gross_margin_usd",
    "created_at": "created_at",
    "customer_key": "customer_key",
}

# Internal customers have no margin and stand behind all who have; who has no row brought nothing.
_CUSTOMERS = """
select
    customers.customer_key,
    customers.user_id,
    customers.primary_stripe_customer_id,
    customers.email_hash,
    customers.link_status,
    customers.country,
    customers.created_at,
    customers.first_paid_at,
    customers.cohort_month,
    customers.current_plan_key,
    plans.name as plan_name,
    customers.is_internal,
    customers.is_deleted,
    cast(coalesce(held.mrr_usd, 0) as numeric(20, 6)) as mrr_usd,
    case when not customers.is_internal
        then cast(coalesce(brought.recognised_revenue_usd, 0) as numeric(20, 6)) end
        as recognised_revenue_usd,
    case when not customers.is_internal
        then cast(coalesce(brought.net_cash_usd, 0) as numeric(20, 6)) end
        as net_cash_usd,
    case when not customers.is_internal
        then cast(coalesce(brought.provider_cost_usd, 0) as numeric(20, 9)) end
        as provider_cost_usd,
    case when not customers.is_internal
        then cast(coalesce(brought.gross_margin_usd, 0) as numeric(20, 9)) end
        as gross_margin_usd
from {customers} as customers
left join {plans} as plans on customers.current_plan_key = plans.plan_key
left join (
    select customer_key, sum(mrr_usd) as mrr_usd
    from {intervals}
    where valid_from <= ? and (valid_to is null or valid_to > ?)
    group by customer_key
) as held on customers.customer_key = held.customer_key
left join (
    select
        customer_key,
        sum(recognised_revenue_usd) as recognised_revenue_usd,
        sum(net_cash_usd) as net_cash_usd,
        sum(provider_cost_usd) as provider_cost_usd,
        sum(gross_margin_usd) as gross_margin_usd
    from {margins}
    where month between ? and ?
    group by customer_key
) as brought on customers.customer_key = brought.customer_key
"""

_BEFORE_ALL: Mapping[str, str] = {
    "decimal": "cast(-1e28 as numeric(38, 9))",
    "timestamp": "cast('0001-01-01 00:00:00+00' as timestamp with time zone)",
    "text": "''",
}

# A part of any of a customer's names: its keys here, in the application and in Stripe, and the
# pseudonym that stands for its e-mail address.
_FOUND = """(
    strpos(lower(customer_key), ?) > 0
    or strpos(lower(coalesce(user_id, '')), ?) > 0
    or strpos(lower(coalesce(email_hash, '')), ?) > 0
    or customer_key in (
        select customer_key from {bridge} where strpos(lower(stripe_customer_id), ?) > 0
    )
)"""


def customers_page(
    connection: Connection, question: Question, parameters: CustomersParameters, *, live_mode: bool
) -> Page:
    """Return customers with their MRR at the end of `to`, and what the range's months brought.

    Raises:
        InvalidParameterError: a plan or country that no customer has, or an e-mail address.
    """
    column = _SORTS[parameters.sort]
    kind = dict(COLUMNS)[column]
    select, bound = customers(connection, question, parameters.from_, parameters.to)
    sort_value = f"coalesce({column}, {_BEFORE_ALL[kind]}) as sort_value"
    conditions, values = _wanted(connection, question, parameters)
    rows, after = keyset_rows(
        connection,
        question,
        f"select * from (select *, {sort_value} from ({select}) as listed) as sorted",  # noqa: S608
        conditions,
        [*bound, *values],
        [("sort_value", kind), ("customer_key", "text")],
        is_descending=parameters.order == "desc",
    )
    for row in rows:
        row["stripe_url"] = stripe_page(row["primary_stripe_customer_id"], live_mode=live_mode)
        del row["sort_value"]
    return page_of(rows, COLUMNS, after)


def customers(
    connection: Connection, question: Question, first: date | None, last: date | None
) -> tuple[str, list[Any]]:
    """Return the query of all customers, without an order, and what its `?` stand for.

    Args:
        connection: to the generation.
        question: which generation.
        first: a day of the first month whose revenue and cost count; None: all months.
        last: the day at whose end MRR is held, in the last such month; None: the newest.
    """
    newest = newest_day(connection, question.generation)
    end = min(last or newest, newest)
    begin = period_start(first, "month") if first else date.min
    select = _CUSTOMERS.format(
        customers=connection.table("dim_customers"),
        plans=connection.table("dim_plans"),
        intervals=connection.table("fct_mrr_intervals"),
        margins=connection.table("fct_customer_margin_months"),
    )
    return select, [end, end, begin, end]


def _wanted(
    connection: Connection, question: Question, parameters: CustomersParameters
) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    for one in (CURRENT_PLAN, COUNTRY):
        value = getattr(parameters, one.name)
        if value is not None:
            known_value(connection, question.generation, one.name, value, one.known_in)
            conditions.append(f'"{one.column}" = ?')
            values.append(value)
    if parameters.q is not None:
        if "@" in parameters.q:
            raise InvalidParameterError(
                "e-mail addresses are not kept: search by the key, the Stripe id or the pseudonym",
                param="q",
            )
        conditions.append(_FOUND.format(bridge=connection.table("dim_stripe_customers")))
        values += [parameters.q.lower()] * 4
    return conditions, values
