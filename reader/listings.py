"""The lists that are a published table's own rows, as data: one entry a route.

A listing serves every column of its table, so a new column of a mart is served without a change
here. Its order is its table's primary key behind the day by which it is cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field, create_model

from reader.columns import ValueType, value_type
from reader.database import Generation
from reader.filters import (
    BALANCE_STATUSES,
    CHECK_STATUSES,
    CHURN_TYPES,
    CURRENCY,
    CUSTOMER,
    DISPUTE_OUTCOMES,
    DUNNING_OUTCOMES,
    INVOICE_STATUSES,
    LOT_KINDS,
    PAYMENT_STATUSES,
    PAYOUT_STATUSES,
    PLAN,
    PROVIDER,
    VIDEO_STATUSES,
    Filter,
    closed,
)
from reader.params import DayParameters, Flag, ListParameters, Text
from reader.representations import Names

STRIPE_URL = "stripe_url"


@dataclass(frozen=True)
class Derived:
    """A column that the rows have beyond their table's, worked out from those."""

    name: str
    type: ValueType
    sql: str


@dataclass(frozen=True)
class Listing:
    """A route whose rows are a table's.

    Attributes:
        path: below /v1.
        table: the published table.
        key: columns that are never null and together unique; rows come in their order.
        summary: what the route serves, for the API's description.
        day: the column that `from` and `to` cut by; None: the list is not cut.
        filters: further parameters.
        newest_first: whether the order is turned.
        derived: further columns.
        stripe_id: the column with the id of the Stripe object that `stripe_url` leads to.
    """

    path: str
    table: str
    key: tuple[str, ...]
    summary: str
    day: str | None = None
    filters: tuple[Filter, ...] = ()
    newest_first: bool = True
    derived: tuple[Derived, ...] = ()
    stripe_id: str | None = None

    def columns(self, generation: Generation) -> Names:
        """Return the names and types of the rows, as a generation has them."""
        table = generation.tables.get(self.table)
        own = table.columns.values() if table is not None else ()
        link: Names = [(STRIPE_URL, "text")] if self.stripe_id else []
        return [
            *((column.name, value_type(column.type)) for column in own),
            *((column.name, column.type) for column in self.derived),
            *link,
        ]

    def parameters(self) -> type[ListParameters]:
        """Return the model of the route's parameters."""
        fields: dict[str, Any] = {
            f.name: (f.type | None, Field(None, description=f.description)) for f in self.filters
        }
        base = DatedListParameters if self.day else ListParameters
        name = "".join(part.capitalize() for part in self.path.replace("-", "/").split("/"))
        return create_model(f"{name}Parameters", __base__=base, **fields)


class DatedListParameters(DayParameters, ListParameters):
    """A list of things that happened on days; without `from` it begins with the first."""


LISTINGS: tuple[Listing, ...] = (
    Listing(
        "/revenue/balance",
        "rec_stripe_balance",
        ("date", "currency"),
        "Stripe's balance rolled forward by day, against what Stripe itself says it is.",
        day="date",
        filters=(
            closed("status", BALANCE_STATUSES, "Whether Stripe's own figure is the same."),
            CURRENCY,
        ),
        derived=(
            Derived(
                "status",
                "text",
                "case when stripe_minor is null then 'unread' "
                "when stripe_minor = closing_minor then 'matched' else 'different' end",
            ),
        ),
    ),
    Listing(
        "/revenue/payouts",
        "fct_payouts",
        ("created_at", "payout_id"),
        "What Stripe sent to the bank, with its page in Stripe.",
        day="created_at",
        filters=(closed("status", PAYOUT_STATUSES, "One state of Stripe's."), CURRENCY),
        stripe_id="payout_id",
    ),
    Listing(
        "/revenue/invoices",
        "fct_invoices",
        ("created_at", "invoice_id"),
        "Invoices with their arithmetic, and their page in Stripe.",
        day="created_at",
        filters=(closed("status", INVOICE_STATUSES, "One state."), CURRENCY, CUSTOMER),
        stripe_id="invoice_id",
    ),
    Listing(
        "/revenue/payments",
        "fct_payments",
        ("created_at", "charge_id"),
        "Charges: what was taken and what is left of it, with their page in Stripe.",
        day="created_at",
        filters=(closed("status", PAYMENT_STATUSES, "One state."), CURRENCY, CUSTOMER),
        stripe_id="charge_id",
    ),
    Listing(
        "/revenue/refunds",
        "fct_refunds",
        ("created_at", "refund_id"),
        "Refunds, failed ones included, with the page of their payment in Stripe.",
        day="created_at",
        filters=(CURRENCY, CUSTOMER),
        stripe_id="charge_id",
    ),
    Listing(
        "/revenue/disputes",
        "fct_disputes",
        ("created_at", "dispute_id"),
        "Disputes and inquiries, with the page of their payment in Stripe.",
        day="created_at",
        filters=(closed("outcome", DISPUTE_OUTCOMES, "How it ended."), CURRENCY, CUSTOMER),
        stripe_id="charge_id",
    ),
    Listing(
        "/churn/cohorts",
        "agg_cohort_retention_monthly",
        ("cohort_month", "age_months"),
        "What is left of the customers who began in one month, month by month.",
        day="cohort_month",
        newest_first=False,
    ),
    Listing(
        "/churn/events",
        "fct_churn_events",
        ("churned_on", "customer_key"),
        "Customers lost: when, what they were worth, and why.",
        day="churned_on",
        filters=(closed("churn_type", CHURN_TYPES, "One kind of loss."), PLAN, CUSTOMER),
        stripe_id="subscription_id",
    ),
    Listing(
        "/churn/dunning",
        "fct_dunning_cases",
        ("opened_at", "invoice_id"),
        "Invoices whose payment failed, and what became of them.",
        day="opened_at",
        filters=(closed("outcome", DUNNING_OUTCOMES, "What became of it."), CURRENCY, CUSTOMER),
        stripe_id="invoice_id",
    ),
    Listing(
        "/churn/trials",
        "fct_trials",
        ("started_at", "subscription_id"),
        "Trials, and whether they were paid for.",
        day="started_at",
        filters=(PLAN, CUSTOMER),
        stripe_id="subscription_id",
    ),
    Listing(
        "/churn/subscription-events",
        "fct_subscription_events",
        ("occurred_at", "subscription_id", "event_seq"),
        "Everything that happened to subscriptions: starts, upgrades, requests to leave, ends.",
        day="occurred_at",
        filters=(
            Filter(
                "event_type",
                Text,
                "One kind of event.",
                "event_type",
                (("fct_subscription_events", "event_type"),),
            ),
            CUSTOMER,
        ),
        stripe_id="subscription_id",
    ),
    Listing(
        "/usage/api-logs",
        "fct_provider_usage",
        ("occurred_at", "usage_log_id"),
        "Calls to providers, each priced at the rate valid at its instant.",
        day="occurred_at",
        filters=(PROVIDER, CUSTOMER),
    ),
    Listing(
        "/usage/credit-lots",
        "fct_credit_lots",
        ("granted_at", "lot_id"),
        "Credits as they came in, sold, granted or given: what they brought and what is left.",
        day="granted_at",
        filters=(closed("kind", LOT_KINDS, "How they came in."), CUSTOMER),
    ),
    Listing(
        "/costs/videos",
        "fct_videos",
        ("created_at", "video_id"),
        "Videos with what each cost, wasted ones included.",
        day="created_at",
        filters=(PROVIDER, closed("status", VIDEO_STATUSES, "One state."), CUSTOMER),
    ),
    Listing(
        "/costs/rates",
        "dim_provider_rates",
        ("provider", "valid_from", "rate_id"),
        "The rate card: what each provider asks for a credit, and since when.",
        filters=(PROVIDER,),
        newest_first=False,
    ),
    Listing(
        "/plans",
        "dim_plans",
        ("plan_key",),
        "What is sold: every plan and pack with its name and price.",
        newest_first=False,
    ),
    Listing(
        "/margin/unit-economics",
        "agg_unit_economics_monthly",
        ("month", "plan_key"),
        "What a customer of each plan brings, costs and is worth, by month.",
        day="month",
        filters=(PLAN,),
        newest_first=False,
    ),
    Listing(
        "/restatements",
        "fct_restatements",
        ("restated_at", "metric", "month", "run_id"),
        "What later runs changed in months that were closed, with the cause.",
        day="month",
        filters=(Filter("metric", Text, "One metric.", "metric", (("dim_metrics", "metric"),)),),
    ),
    Listing(
        "/data-quality",
        "agg_data_quality",
        ("check_name",),
        "Every check of this generation with its result.",
        filters=(
            closed("status", CHECK_STATUSES, "One result."),
            Filter(
                "table",
                Text,
                "The checks of one table.",
                "table_name",
                (("agg_data_quality", "table_name"),),
            ),
        ),
        newest_first=False,
    ),
    Listing(
        "/data-quality/unknown-values",
        "dq_unknown_values",
        ("source", "field", "value"),
        "Values of Stripe's that the pinned API version does not know.",
        newest_first=False,
    ),
    Listing(
        "/reconciliations/invoices",
        "rec_invoices",
        ("invoice_id",),
        "Whether each invoice adds up and was paid by what was charged for it.",
        filters=(closed("is_reconciled", Flag, "Whether it adds up."), CUSTOMER),
        stripe_id="invoice_id",
        newest_first=False,
    ),
    Listing(
        "/reconciliations/payouts",
        "rec_payouts",
        ("created_at", "payout_id"),
        "Whether each payout is what left the balance, and the sum of what it paid out.",
        day="created_at",
        filters=(closed("is_reconciled", Flag, "Whether it does."), CURRENCY),
        stripe_id="payout_id",
    ),
    Listing(
        "/reconciliations/recognition",
        "rec_revenue_recognition",
        ("billed_on", "source_object_id"),
        "What became of everything billed: recognised, deferred or cleared.",
        day="billed_on",
        filters=(CUSTOMER,),
    ),
)

BY_PATH = {listing.path: listing for listing in LISTINGS}
