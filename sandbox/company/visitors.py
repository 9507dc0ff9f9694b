"""What users do in the application: come, make videos, read their notifications, go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.company.state import User
from sandbox.ledger import NotificationRead, NotificationSent, UserDeleted, UserLoggedIn

if TYPE_CHECKING:
    from sandbox.company.company import Company


class Visitors:
    """Visits of everybody, paying or not."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel

    def welcome(self, user: User) -> None:
        """Give some credits to begin with, and plan the first visit."""
        expires = self._kernel.now + timedelta(days=30) if user.rng.random() < 0.8 else None
        self._company.credits.grant(user, 320, "PROMO", expires)
        self.notify(user, "WELCOME")
        self.watch(user)

    def watch(self, user: User) -> None:
        """Begin the user's visits, unless they have begun."""
        if not user.watching:
            user.watching = True
            self._kernel.after(timedelta(minutes=user.rng.randint(1, 50)), self._visit, user, 0)

    def _visit(self, user: User, fruitless: int) -> None:
        """Log in, ask for some videos, buy credits if they are out, come again."""
        if user.gone:
            return
        rng, kernel = user.rng, self._kernel
        kernel.record(UserLoggedIn(at=kernel.now, user_id=user.user_id))
        made = 0
        for _ in range(rng.choice((1, 1, 2, 2, 3))):
            made += self._company.usage.request(user)
        paying = any(s.live and s.activated for c in user.customers for s in c.subscriptions)
        if not made and rng.random() < (0.16 if paying else 0.10 if user.customers else 0.0):
            self._company.shop.buy_pack(user)
        fruitless = 0 if made else min(fruitless + 1, 5)
        if fruitless == 1:
            self.notify(user, "CREDITS_LOW")
        days = (3.0 if paying else 10.0) / user.appetite * 2**fruitless
        gap = timedelta(seconds=round(rng.expovariate(1 / (days * 86400))) + 600)
        kernel.after(gap, self._visit, user, fruitless)

    def notify(self, user: User, kind: str) -> None:
        """Tell the user something, which half of them read."""
        kernel = self._kernel
        notification_id = kernel.app_id("notification")
        kernel.record(
            NotificationSent(
                at=kernel.now, notification_id=notification_id, user_id=user.user_id, type=kind
            )
        )
        if user.rng.random() < 0.5:
            kernel.after(timedelta(minutes=user.rng.randint(2, 3000)), self._read, notification_id)

    def _read(self, notification_id: str) -> None:
        self._kernel.record(NotificationRead(at=self._kernel.now, notification_id=notification_id))

    def delete_account(self, user: User) -> None:
        """Delete the account; videos, calls and credits stay behind."""
        if user.gone or any(s.live for c in user.customers for s in c.subscriptions):
            return
        user.gone = True
        self._kernel.record(UserDeleted(at=self._kernel.now, user_id=user.user_id))
