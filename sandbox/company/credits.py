"""The application's credit ledger: grants, packs, use, returns, expiry.

Credits are used oldest-expiring first, then oldest; never-expiring ones last.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.company.state import Invoice, Lot, Subscription, User
from sandbox.ledger import CreditMoved

if TYPE_CHECKING:
    from sandbox.company.company import Company


class Credits:
    """Everybody's credits."""

    def __init__(self, company: Company) -> None:
        self._kernel = company.kernel
        self._lots = 0

    def balance(self, user: User) -> int:
        """Return what the user can spend now."""
        now = self._kernel.now
        return sum(
            lot.credits for lot in user.lots if lot.expires_at is None or now < lot.expires_at
        )

    def grant(
        self,
        user: User,
        amount: int,
        kind: str,
        expires_at: datetime | None,
        payment_intent_id: str | None = None,
    ) -> None:
        """Give credits: ``PLAN_GRANT``, ``PURCHASE``, ``PROMO`` or ``ADJUSTMENT``."""
        self._lots += 1
        lot = Lot(amount, expires_at, self._kernel.now, self._lots, payment_intent_id)
        user.lots.append(lot)
        self._move(user, kind, amount, expires_at=expires_at, payment_intent_id=payment_intent_id)
        if expires_at:
            self._kernel.schedule(expires_at, self._expire, user, lot)

    def grant_plan(self, sub: Subscription, invoice: Invoice) -> None:
        """Grant a paid period its plan's credits, which last as long as the period."""
        user = sub.customer.user
        if user is None or user.gone:
            return
        now = self._kernel.now
        for ln in invoice.bill.lines:
            if ln.kind != "subscription" or ln.period_end <= now:
                continue
            item = next((i for i in sub.items if i.item_id == ln.item_id), None)
            if item and item.price.grant and ln.quantity:
                self.grant(user, item.price.grant * ln.quantity, "PLAN_GRANT", ln.period_end)

    def use(self, user: User, amount: int, video_id: str) -> list[tuple[Lot, int]]:
        """Spend credits on a video. Returns what was taken from which lot, in order."""
        now, rest, taken = self._kernel.now, amount, []
        for lot in sorted(user.lots, key=_burn_order):
            if lot.credits and (lot.expires_at is None or now < lot.expires_at):
                part = min(rest, lot.credits)
                lot.credits -= part
                rest -= part
                taken.append((lot, part))
                if not rest:
                    break
        self._move(user, "USAGE", -amount, video_id=video_id)
        return taken

    def give_back(self, user: User, taken: list[tuple[Lot, int]], video_id: str) -> None:
        """Return a failed video's credits to their lots; to an expired one, they expire at once."""
        self._move(user, "USAGE_REFUND", sum(part for _, part in taken), video_id=video_id)
        now, lost = self._kernel.now, 0
        for lot, part in reversed(taken):
            if lot.expires_at and lot.expires_at <= now:
                lost += part
            else:
                lot.credits += part
        if lost:
            self._move(user, "EXPIRY", -lost)
        user.lots = [lot for lot in user.lots if lot.expires_at is None or now < lot.expires_at]

    def claw_back(self, user: User, payment_intent_id: str) -> None:
        """Take what is left of a refunded pack."""
        for lot in user.lots:
            if lot.payment_intent_id == payment_intent_id and lot.credits:
                left, lot.credits = lot.credits, 0
                self._move(user, "CLAWBACK", -left, payment_intent_id=payment_intent_id)

    def _expire(self, user: User, lot: Lot) -> None:
        left, lot.credits = lot.credits, 0
        if left and not user.gone:
            self._move(user, "EXPIRY", -left)
        if lot in user.lots:
            user.lots.remove(lot)

    def _move(
        self,
        user: User,
        kind: str,
        amount: int,
        *,
        video_id: str | None = None,
        payment_intent_id: str | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        self._kernel.record(
            CreditMoved(
                at=self._kernel.now,
                entry_id=self._kernel.app_id("credit"),
                user_id=user.user_id,
                type=kind,
                credits=amount,
                video_id=video_id,
                payment_intent_id=payment_intent_id,
                expires_at=expires_at,
            )
        )


def _burn_order(lot: Lot) -> tuple[bool, datetime, int]:
    return (lot.expires_at is None, lot.expires_at or lot.granted_at, lot.number)
