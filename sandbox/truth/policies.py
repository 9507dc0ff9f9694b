"""The decisions that make every revenue figure differ, as they were taken.

Tests turn them one at a time, to see that the world contains the case each one decides.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction


def _months_in_an_interval() -> dict[str, Fraction]:
    """How many months' worth one interval is paid for: a week is 12/52 of a month."""
    return {
        "day": Fraction(12, 365),
        "week": Fraction(12, 52),
        "month": Fraction(1),
        "year": Fraction(12),
    }


@dataclass(frozen=True, slots=True)
class Policies:
    """What counts as monthly recurring revenue, and from when to when.

    Attributes:
        grace: how long a subscription that fails to pay counts (hours, not calendar days).
        months_in_an_interval: length of each billing interval in months.
        once_coupons_reduce_mrr: whether a coupon for one invoice lowers the MRR of its period.
        lasting_coupons_reduce_mrr: whether a coupon for some months or for ever does.
        converts_at_rate_of_the_day: whether the exchange rate is that of the day, rather than that
            of the day on which the service period began.
        waits_for_first_payment: whether MRR waits for the first real invoice to be paid.
        limits_are_half_open: whether an instant belongs to what begins at it (a new provider
            rate, a day) rather than to what ends at it.
        paused_counts: whether a subscription whose collection is paused keeps its MRR.
        unpaid_counts: whether MRR goes on (within the grace) after all retries failed.
        requests_end_mrr: whether the wish to cancel ends MRR, rather than the end itself.
        deleted_customers_count: whether customers deleted at Stripe keep their history.
        internal_accounts_count: whether the company's own accounts are customers.
        inclusive_tax_counts: whether the tax inside a tax-inclusive price is revenue.
    """

    grace: timedelta = timedelta(hours=30 * 24)
    months_in_an_interval: dict[str, Fraction] = field(default_factory=_months_in_an_interval)
    once_coupons_reduce_mrr: bool = False
    lasting_coupons_reduce_mrr: bool = True
    converts_at_rate_of_the_day: bool = False
    waits_for_first_payment: bool = True
    limits_are_half_open: bool = True
    paused_counts: bool = False
    unpaid_counts: bool = False
    requests_end_mrr: bool = False
    deleted_customers_count: bool = True
    internal_accounts_count: bool = False
    inclusive_tax_counts: bool = False


OURS = Policies()
