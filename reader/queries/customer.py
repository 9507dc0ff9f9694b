"""One customer with everything that is known of it."""

from __future__ import annotations

from collections.abc import Mapping

from reader.database import Connection, Row
from reader.envelope import Page
from reader.errors import NotFoundError
from reader.links import stripe_page
from reader.listings import BY_PATH, Listing
from reader.pipeline import Question
from reader.queries.customers import COLUMNS, customers
from reader.queries.rows import listed
from reader.representations import Names, plain

_MOST = 100

# What is told of a customer: the newest of each, in the columns of the table.
SECTIONS: Mapping[str, Listing] = {
    "stripe_customers": Listing(
        "", "dim_stripe_customers", ("stripe_customer_id",), "", stripe_id="stripe_customer_id"
    ),
    "movements": Listing("", "fct_mrr_movements", ("period_start", "period_type"), ""),
    "invoices": BY_PATH["/revenue/invoices"],
    "payments": BY_PATH["/revenue/payments"],
    "refunds": BY_PATH["/revenue/refunds"],
    "disputes": BY_PATH["/revenue/disputes"],
    "subscription_events": BY_PATH["/churn/subscription-events"],
    "credit_lots": BY_PATH["/usage/credit-lots"],
    "videos": BY_PATH["/costs/videos"],
    "margin": Listing("", "fct_customer_margin_months", ("month",), ""),
}

# Months sum up what days tell.
_ONLY = {"movements": "period_type = 'day'"}

NESTED: Names = (
    ("subscriptions", "text"),
    *((name, "text") for name in SECTIONS),
    ("truncated", "text"),
)

_SUBSCRIPTIONS = """
select
    subscription_id,
    min(valid_from) as first_day,
    case when count(*) = count(valid_to) then max(valid_to) end as ended_on,
    sum(case when valid_from <= ? and (valid_to is null or valid_to > ?) then mrr_usd else 0 end)
        as mrr_usd,
    max(case when valid_from <= ? and (valid_to is null or valid_to > ?) then state end) as state,
    max(case when valid_from <= ? and (valid_to is null or valid_to > ?) then plan_key end)
        as plan_key
from {intervals}
where customer_key = ?
group by subscription_id
order by first_day desc, subscription_id
"""


def customer_page(
    connection: Connection, question: Question, *, customer_key: str, live_mode: bool
) -> Page:
    """Return one customer: what it holds, brought and cost, and the newest of what is behind that.

    Raises:
        NotFoundError: there is no such customer.
    """
    select, bound = customers(connection, question, None, None)
    found = connection.fetch(
        f"select * from ({select}) as listed where customer_key = ?",  # noqa: S608  constants
        [*bound, customer_key],
    )
    if not found:
        raise NotFoundError("there is no such customer")
    [row] = found
    row["stripe_url"] = stripe_page(row["primary_stripe_customer_id"], live_mode=live_mode)
    newest = bound[0]
    held = connection.fetch(
        _SUBSCRIPTIONS.format(intervals=connection.table("fct_mrr_intervals")),
        [*[newest] * 6, customer_key],
    )
    row["subscriptions"] = [_linked(one, live_mode=live_mode) for one in held]
    truncated = []
    for name, listing in SECTIONS.items():
        conditions = ["customer_key = ?", *([_ONLY[name]] if name in _ONLY else [])]
        page = listed(
            connection,
            Question(question.generation, None, _MOST),
            listing,
            conditions,
            [customer_key],
            live_mode=live_mode,
        )
        row[name] = [plain(one) for one in page.rows]
        truncated += [name] if page.after else []
    row["truncated"] = truncated
    return Page([row], [*COLUMNS, *NESTED])


def _linked(subscription: Row, *, live_mode: bool) -> Row:
    page = stripe_page(subscription["subscription_id"], live_mode=live_mode)
    return {**plain(subscription), "stripe_url": page}
