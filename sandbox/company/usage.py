"""Videos: requested, made (or not) by a provider, retried, paid with credits."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.catalog import PROVIDERS, RATE_CHANGE, RATES
from sandbox.company.state import Lot, User
from sandbox.ledger import ProviderCalled, VideoFinished, VideoRequested, VideoStarted

if TYPE_CHECKING:
    from sandbox.company.company import Company

_CREDITS = {"LUMA_V1": 80, "LUMA_V2": 110, "KLING_V1": 95, "KLING_V2": 160}
_LENGTHS = (1, 1, 1, 2, 2, 3)
_MAX_ATTEMPTS = 3
#: The application learnt of the new rate only weeks after the provider changed it.
_APP_LEARNS = RATE_CHANGE + timedelta(days=19)


class Usage:
    """The product at work."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel

    def request(
        self, user: User, provider: str | None = None, *, instant_call: bool = False
    ) -> bool:
        """Ask for a video, if there are credits for it. ``instant_call``: no queue."""
        kernel, rng = self._kernel, user.rng
        provider = provider or _choose(rng, kernel.now - kernel.start)
        cost = _CREDITS[provider] * rng.choice(_LENGTHS)
        if self._company.credits.balance(user) < cost:
            cost = _CREDITS[provider]
            if self._company.credits.balance(user) < cost:
                return False
        video_id = kernel.app_id("video")
        kernel.record(
            VideoRequested(
                at=kernel.now,
                video_id=video_id,
                user_id=user.user_id,
                provider=provider,
                credits=cost,
            )
        )
        taken = self._company.credits.use(user, cost, video_id)
        wait = timedelta(0) if instant_call else timedelta(milliseconds=rng.randint(900, 25_000))
        kernel.after(wait, self._start, user, video_id, provider, cost, taken)
        return True

    def _start(
        self, user: User, video_id: str, provider: str, cost: int, taken: list[tuple[Lot, int]]
    ) -> None:
        self._kernel.record(VideoStarted(at=self._kernel.now, video_id=video_id))
        self._attempt(user, video_id, provider, cost, taken, 1)

    def _attempt(
        self,
        user: User,
        video_id: str,
        provider: str,
        cost: int,
        taken: list[tuple[Lot, int]],
        attempt: int,
    ) -> None:
        kernel, rng = self._kernel, user.rng
        self._log(user, video_id, provider, cost)
        takes = timedelta(milliseconds=rng.randint(40_000, 400_000))
        failed = rng.random() < self._company.climate.failure_rate(provider)
        if failed and attempt < _MAX_ATTEMPTS and rng.random() < 0.6:
            kernel.after(takes, self._attempt, user, video_id, provider, cost, taken, attempt + 1)
        elif rng.random() < 0.0015:
            return  # stuck: the provider never answered
        else:
            kernel.after(takes, self._finish, user, video_id, taken, failed)

    def _log(self, user: User, video_id: str, provider: str, cost: int) -> None:
        kernel, rng = self._kernel, user.rng
        delay = timedelta(milliseconds=rng.randint(0, 2_000))
        if rng.random() < 0.012:
            delay = timedelta(hours=rng.randint(25, 96), milliseconds=rng.randint(0, 999))
        kernel.after(
            delay,
            self._write_log,
            video_id,
            provider,
            cost,
            kernel.now,
            None
            if rng.random() < 0.02
            else reported_cost(provider, cost, kernel.now, kernel.start),
        )

    def _write_log(
        self,
        video_id: str,
        provider: str,
        cost: int,
        called_at: datetime,
        reported: Decimal | None,
    ) -> None:
        self._kernel.record(
            ProviderCalled(
                at=self._kernel.now,
                usage_log_id=self._kernel.app_id("usage"),
                video_id=video_id,
                provider=provider,
                credits=cost,
                called_at=called_at,
                reported_cost_usd=reported,
            )
        )

    def _finish(
        self,
        user: User,
        video_id: str,
        taken: list[tuple[Lot, int]],
        failed: bool,  # noqa: FBT001 - called by the diary, which has no keywords
    ) -> None:
        self._kernel.record(
            VideoFinished(
                at=self._kernel.now, video_id=video_id, status="FAILED" if failed else "COMPLETED"
            )
        )
        if failed:
            self._company.credits.give_back(user, taken, video_id)


def reported_cost(provider: str, cost: int, called_at: datetime, start: datetime) -> Decimal:
    """Return what the application believed the call cost: its rate card follows weeks late."""
    since = called_at - start
    known = since if since >= _APP_LEARNS else min(since, RATE_CHANGE - timedelta(seconds=1))
    for rate in RATES:
        if (
            rate.provider == provider
            and rate.valid_after <= known
            and (rate.valid_until is None or known < rate.valid_until)
        ):
            return rate.usd_per_credit * cost
    raise LookupError(f"no rate of {provider} at {called_at}")


def _choose(rng: random.Random, since: timedelta) -> str:
    """Choose a model: the old ones fade out over the first year, but never quite."""
    age = min(1.0, since / timedelta(days=420))
    weights = (0.40 - 0.30 * age, 0.25 + 0.10 * age, 0.25 - 0.15 * age, 0.10 + 0.35 * age)
    return rng.choices(PROVIDERS, weights)[0]
