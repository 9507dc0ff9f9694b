"""Pauses, cancellations and ends of subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.company.state import Subscription
from sandbox.ledger import (
    CancelRequested,
    CancelRescinded,
    SubscriptionEnded,
    SubscriptionPaused,
    SubscriptionResumed,
)

if TYPE_CHECKING:
    from sandbox.company.company import Company


class Endings:
    """How subscriptions stop, for a while or for good."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel

    def pause(self, sub: Subscription) -> None:
        """Pause collection: invoices of paused periods are voided."""
        sub.paused = True
        self._kernel.record(
            SubscriptionPaused(at=self._kernel.now, subscription_id=sub.subscription_id)
        )

    def resume(self, sub: Subscription) -> None:
        """Collect again from the next renewal on."""
        if sub.live and sub.paused:
            sub.paused = False
            self._kernel.record(
                SubscriptionResumed(at=self._kernel.now, subscription_id=sub.subscription_id)
            )

    def cancel(self, sub: Subscription, feedback: str | None, *, at_period_end: bool) -> None:
        """Let the customer out, at the end of the period or now."""
        now = self._kernel.now
        self._kernel.record(
            CancelRequested(
                at=now,
                subscription_id=sub.subscription_id,
                effective_at=sub.item.period_end if at_period_end else now,
                feedback=feedback,
            )
        )
        if at_period_end:
            sub.cancels_at_end = True
        else:
            self.end(sub, "request")

    def keep(self, sub: Subscription) -> None:
        """Take the wish to cancel back."""
        if sub.live and sub.cancels_at_end:
            sub.cancels_at_end = False
            self._kernel.record(
                CancelRescinded(at=self._kernel.now, subscription_id=sub.subscription_id)
            )

    def end(self, sub: Subscription, cause: str) -> None:
        """End the subscription now."""
        if not sub.live:
            return
        sub.status = "canceled"
        sub.cycle += 1
        self._kernel.record(
            SubscriptionEnded(at=self._kernel.now, subscription_id=sub.subscription_id, cause=cause)
        )
        self._company.behaviour.ended(sub, cause)
