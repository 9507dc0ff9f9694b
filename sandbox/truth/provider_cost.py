"""What the providers' calls cost, at the rate of the instant of each call."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.ledger import Fact, ProviderCalled, ProviderRateSet
from sandbox.truth.calendar import utc_day
from sandbox.truth.money import USAGE_COST_PLACES, round_half_even
from sandbox.truth.people import People
from sandbox.truth.policies import Policies
from sandbox.truth.videos import Video

_ZERO = Decimal(0).scaleb(-USAGE_COST_PLACES)


@dataclass(frozen=True, slots=True)
class RatedCall:
    """A call and its cost; ``is_wasted`` if its video failed or a later call replaced it."""

    call: ProviderCalled
    cost_usd: Decimal
    is_wasted: bool
    is_completed: bool
    is_internal: bool


def provider_daily(
    facts: Sequence[Fact],
    videos: dict[str, Video],
    people: People,
    last: date,
    policies: Policies,
) -> Iterator[dict[str, Any]]:
    """``agg_provider_daily``: by the day of the call, internal users included."""
    by_day: dict[tuple[date, str], list[RatedCall]] = defaultdict(list)
    for rated in rated_calls(facts, videos, people, policies):
        day = utc_day(rated.call.called_at)
        if day <= last:
            by_day[day, rated.call.provider].append(rated)
    for (day, provider), calls in sorted(by_day.items()):
        yield {"date": day, "provider": provider, **_figures(calls)}


def rated_calls(
    facts: Sequence[Fact], videos: dict[str, Video], people: People, policies: Policies
) -> Iterator[RatedCall]:
    """Price every call at the rate of its instant."""
    rates = [fact for fact in facts if isinstance(fact, ProviderRateSet)]
    calls = [fact for fact in facts if isinstance(fact, ProviderCalled)]
    last_of_video: dict[str, tuple[datetime, str]] = {}
    for call in calls:
        moment = (call.called_at, call.usage_log_id)
        last_of_video[call.video_id] = max(moment, last_of_video.get(call.video_id, moment))
    for call in calls:
        video = videos.get(call.video_id)
        has_failed = video is not None and video.has_failed
        is_last = last_of_video[call.video_id] == (call.called_at, call.usage_log_id)
        yield RatedCall(
            call=call,
            cost_usd=_cost(call, rates, has_failed=has_failed, policies=policies),
            is_wasted=has_failed or not is_last,
            is_completed=video is not None and video.is_completed,
            is_internal=video is not None and video.user_id in people.internal_users,
        )


def _cost(
    call: ProviderCalled, rates: Iterable[ProviderRateSet], *, has_failed: bool, policies: Policies
) -> Decimal:
    """Credits times the one rate valid at the instant, to nine places.

    Raises:
        LookupError: no rate, or more than one, is valid then.
    """
    valid = [
        rate for rate in rates if rate.provider == call.provider and _is_valid(rate, call, policies)
    ]
    if len(valid) != 1:
        raise LookupError(f"{len(valid)} rates of {call.provider} are valid at {call.called_at}")
    if has_failed and not valid[0].bills_failures:
        return _ZERO
    return round_half_even(call.credits * Fraction(valid[0].usd_per_credit), USAGE_COST_PLACES)


def _is_valid(rate: ProviderRateSet, call: ProviderCalled, policies: Policies) -> bool:
    if policies.limits_are_half_open:
        has_begun = rate.valid_from <= call.called_at
        is_over = rate.valid_to is not None and rate.valid_to <= call.called_at
    else:
        has_begun = rate.valid_from < call.called_at
        is_over = rate.valid_to is not None and rate.valid_to < call.called_at
    return has_begun and not is_over


def _figures(calls: Sequence[RatedCall]) -> dict[str, Any]:
    cost = _sum(rated.cost_usd for rated in calls)
    completed = {rated.call.video_id for rated in calls if rated.is_completed}
    reported = [
        (_reported(rated.call.reported_cost_usd), rated.cost_usd)
        for rated in calls
        if rated.call.reported_cost_usd is not None
    ]
    return {
        "calls": len(calls),
        "videos": len({rated.call.video_id for rated in calls}),
        "credits": sum(rated.call.credits for rated in calls),
        "cost_usd": cost,
        "wasted_cost_usd": _sum(rated.cost_usd for rated in calls if rated.is_wasted),
        "app_reported_cost_usd": _sum(said for said, _ in reported),
        "variance_usd": _sum(said - rated for said, rated in reported),
        "cost_per_completed_video_usd": _per_video(cost, len(completed)),
        "internal_cost_usd": _sum(rated.cost_usd for rated in calls if rated.is_internal),
    }


def _reported(cost: Decimal) -> Decimal:
    return round_half_even(Fraction(cost), USAGE_COST_PLACES)


def _per_video(cost: Decimal, completed: int) -> Decimal | None:
    if not completed:
        return None
    return round_half_even(Fraction(cost) / completed, USAGE_COST_PLACES)


def _sum(costs: Iterable[Decimal]) -> Decimal:
    return sum(costs, _ZERO)
