"""Margin: recognised revenue less Stripe's fees, lost disputes and what the providers' calls cost.

The company's own accounts are left out. What belongs to no customer is in the totals only.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.ledger import Fact, StripeCustomerCreated
from sandbox.truth.accounts import Cash
from sandbox.truth.calendar import days, last_day_of, month_of, utc_day
from sandbox.truth.money import AMOUNT_PLACES, ZERO, ratio, split_by_largest_remainder
from sandbox.truth.people import People
from sandbox.truth.provider_cost import RatedCall
from sandbox.truth.recognition import Day
from sandbox.truth.videos import Video

Row = dict[str, Any]
_MONEY = ("sale", "refund", "dispute", "dispute_reversal", "fee")
_NOBODY = "unallocated"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of margin: whose, when, and what it is made of."""

    day: date
    customer_key: str | None
    plan_key: str | None = None
    provider: str | None = None
    recognised_revenue_usd: Decimal = ZERO
    net_cash_usd: Decimal = ZERO
    stripe_fees_usd: Decimal = ZERO
    dispute_loss_usd: Decimal = ZERO
    provider_cost_usd: Decimal = ZERO
    credits: int = 0

    @property
    def month(self) -> date:
        """The month it belongs to."""
        return month_of(self.day)

    @property
    def gross_margin_usd(self) -> Decimal:
        """What it adds to margin."""
        costs = self.stripe_fees_usd + self.dispute_loss_usd + self.provider_cost_usd
        return self.recognised_revenue_usd - costs


def read_parts(
    recognised: Sequence[Day],
    cash: Sequence[Cash],
    calls: Sequence[RatedCall],
    videos: dict[str, Video],
    people: People,
    last: date,
) -> list[Part]:
    """Collect all pieces until the last day but the company's own."""
    parts = [*_revenue(recognised), *_cash(cash), *_calls(calls, videos, people)]
    return [
        part for part in parts if part.day <= last and part.customer_key not in people.internal_keys
    ]


def _revenue(recognised: Iterable[Day]) -> Iterator[Part]:
    for day in recognised:
        if day.recognised_usd or day.contra_usd:
            yield Part(
                day.day,
                day.source.customer_key,
                plan_key=day.source.plan_key,
                recognised_revenue_usd=day.recognised_usd - day.contra_usd,
            )


def _cash(cash: Iterable[Cash]) -> Iterator[Part]:
    for movement in cash:
        lost = movement.cash_class in {"dispute", "dispute_reversal"}
        yield Part(
            movement.day,
            movement.customer_key,
            net_cash_usd=movement.net_usd if movement.cash_class in _MONEY else ZERO,
            stripe_fees_usd=movement.all_fees_usd,
            dispute_loss_usd=-movement.amount_usd if lost else ZERO,
        )


def _calls(calls: Iterable[RatedCall], videos: dict[str, Video], people: People) -> Iterator[Part]:
    for rated in calls:
        video = videos.get(rated.call.video_id)
        user = video.user_id if video and video.user_id in people.known_users else None
        yield Part(
            utc_day(rated.call.called_at),
            user,
            provider=rated.call.provider,
            provider_cost_usd=rated.cost_usd,
            credits=rated.call.credits,
        )


def customer_margin_months(parts: Sequence[Part], last: date) -> Iterator[Row]:
    """``fct_customer_margin_months``."""
    by_key: dict[tuple[str, date], list[Part]] = defaultdict(list)
    for part in parts:
        if part.customer_key is not None:
            by_key[part.customer_key, part.month].append(part)
    for (customer_key, month), of_both in sorted(by_key.items()):
        yield {"customer_key": customer_key, "month": month, **_figures(of_both, month, last)}


def margin_monthly(
    parts: Sequence[Part], facts: Sequence[Fact], people: People, last: date
) -> Iterator[Row]:
    """``agg_margin_monthly``: in total, and by plan, provider and country."""
    main_plan, country = _main_plans(parts), _countries(facts, people)
    value_of: dict[str, Callable[[Part], str | None]] = {
        "total": lambda _: "total",
        "plan": lambda part: part.plan_key or main_plan.get((part.customer_key, part.month)),
        "country": lambda part: country.get(part.customer_key),
        "provider": lambda part: part.provider,
    }
    for dimension, value in value_of.items():
        split = _by_provider(parts) if dimension == "provider" else parts
        by_value: dict[tuple[date, str], list[Part]] = defaultdict(list)
        for part in split:
            by_value[part.month, value(part) or _NOBODY].append(part)
        for (month, name), of_value in sorted(by_value.items()):
            key = {"month": month, "dimension": dimension, "value": name}
            yield {**key, **_figures(of_value, month, last)}


def margin_daily(
    parts: Sequence[Part], recognised: Sequence[Day], span: tuple[date, date]
) -> Iterator[Row]:
    """``agg_kpis_daily``: everybody's revenue, and margin without the company's own accounts."""
    revenue: dict[date, Decimal] = defaultdict(lambda: ZERO)
    margin: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for day in recognised:
        revenue[day.day] += day.recognised_usd - day.contra_usd
    for part in parts:
        margin[part.day] += part.gross_margin_usd
    for one in days(*span):
        yield {
            "date": one,
            "recognised_revenue_usd": revenue[one],
            "gross_margin_usd": margin[one],
        }


def _figures(parts: Sequence[Part], month: date, last: date) -> Row:
    names = ("recognised_revenue", "net_cash", "stripe_fees", "dispute_loss", "provider_cost")
    margin = sum((part.gross_margin_usd for part in parts), ZERO)
    sums = {
        f"{name}_usd": sum((getattr(part, f"{name}_usd") for part in parts), ZERO) for name in names
    }
    revenue = sums["recognised_revenue_usd"]
    return {
        **sums,
        "gross_margin_usd": margin,
        "gross_margin_pct": ratio(margin, revenue) if revenue > 0 else None,
        "is_final": last_day_of(month) <= last,
    }


def _main_plans(parts: Sequence[Part]) -> dict[tuple[str | None, date], str]:
    """Return the plan that earned most revenue with each customer in each month."""
    earned: dict[tuple[str | None, date], dict[str, Decimal]] = defaultdict(dict)
    for part in parts:
        if part.plan_key and part.customer_key:
            plans = earned[part.customer_key, part.month]
            so_far = plans.get(part.plan_key, ZERO)
            plans[part.plan_key] = so_far + part.recognised_revenue_usd
    return {key: min(plans, key=lambda plan: (-plans[plan], plan)) for key, plans in earned.items()}


def _countries(facts: Sequence[Fact], people: People) -> dict[str | None, str]:
    """Return where customers are: by the address of the first customer at Stripe."""
    found: dict[str | None, str] = {}
    for fact in facts:
        if isinstance(fact, StripeCustomerCreated) and fact.customer_id in people.key_of:
            found.setdefault(people.key_of[fact.customer_id], fact.country)
    return found


def _by_provider(parts: Sequence[Part]) -> list[Part]:
    """Give a customer's revenue of a month to the providers that its credits went to."""
    by_key: dict[tuple[str | None, date], list[Part]] = defaultdict(list)
    for part in parts:
        by_key[part.customer_key, part.month].append(part)
    split: list[Part] = [*parts]
    for (customer_key, month), of_both in by_key.items():
        weights: dict[str, Fraction] = defaultdict(Fraction)
        for part in of_both:
            if part.provider:
                weights[part.provider] += part.credits
        if customer_key is None or not any(weights.values()):
            continue
        revenue = sum((part.recognised_revenue_usd for part in of_both), ZERO)
        sign = -1 if revenue < 0 else 1
        millionths = abs(int(revenue.scaleb(AMOUNT_PLACES)))
        for provider, share in split_by_largest_remainder(millionths, dict(weights)).items():
            usd = sign * Decimal(share).scaleb(-AMOUNT_PLACES)
            to = Part(month, customer_key, provider=provider, recognised_revenue_usd=usd)
            split += [to, replace(to, provider=None, recognised_revenue_usd=-usd)]
    return split
