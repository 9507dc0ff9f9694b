"""The objects that a figure is made of, out of one published generation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from reader.links import stripe_page
from warehouse.generations import PinnedConnection

_OBJECTS = """
select o.object_type, o.object_id, o.amount,
    coalesce(
        i.subscription_id, c.primary_stripe_customer_id, t.source_id, r.document_id,
        case when o.object_type = 'scheduled_item' then split_part(o.object_id, '/', 1) end
    ) as stripe_id
from ({objects}) as o
left join (
    select subscription_item_id, max(subscription_id) as subscription_id
    from {intervals}
    group by subscription_item_id
) as i on o.object_type = 'subscription_item' and o.object_id = i.subscription_item_id
left join {customers} as c
    on o.object_type in ('customer', 'user') and o.object_id = c.customer_key
left join {transactions} as t
    on o.object_type = 'balance_transaction' and o.object_id = t.balance_transaction_id
left join (
    select source_object_id, max(document_id) as document_id
    from {recognised}
    group by source_object_id
) as r
    on o.object_type in ('invoice_line', 'credit_lot', 'pack_sale')
        and o.object_id = r.source_object_id
order by abs(o.amount) desc, o.object_type, o.object_id
"""


@dataclass(frozen=True)
class Part:
    """One object behind a figure; `stripe_id` is of the Stripe object whose page shows it."""

    type: str
    id: str
    amount: Decimal
    stripe_id: str | None

    def link(self, *, live_mode: bool) -> str | None:
        """Return the address of its page in Stripe's dashboard, if it has one."""
        return stripe_page(self.stripe_id, live_mode=live_mode)


def objects_of(
    connection: PinnedConnection, metric: Mapping[str, Any], first: date, last: date
) -> str:
    """Return the query for the objects of a figure.

    On most days a state is told as the figure of the day before and what changed: then all changes
    since the end of the month before, where everything is listed, make the same objects.
    """
    drill = connection.table("drill_metric_objects")
    of_metric = (
        f"from {drill} where metric = '{metric['metric']}' and slice = 'total'"
        f" and period_type = '{metric['period_type']}'"
    )
    carried = connection.execute(
        f"select 1 {of_metric} and period = ? and object_type = 'figure' limit 1", [last]
    ).fetchone()
    only = ""
    if carried:
        first = last.replace(day=1) - timedelta(days=1)
        only = " and object_type <> 'figure'"
    return (
        f"select object_type, object_id, sum(amount) as amount {of_metric}"
        f" and period between date '{first}' and date '{last}'{only}"
        " group by object_type, object_id having sum(amount) <> 0"
    )


def parts_of(connection: PinnedConnection, objects: str) -> list[Part]:
    """Return the objects of a query, each with what its page in Stripe goes by."""
    sql = _OBJECTS.format(
        objects=objects,
        intervals=connection.table("fct_mrr_intervals"),
        customers=connection.table("dim_customers"),
        transactions=connection.table("fct_balance_transactions"),
        recognised=connection.table("fct_revenue_recognition_days"),
    )
    return [Part(*row) for row in connection.execute(sql).fetchall()]
