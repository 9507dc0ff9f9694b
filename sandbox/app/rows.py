"""From facts to rows of the application's tables: the newest state of each."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sandbox import ledger as facts
from sandbox.persons import person

Row = dict[str, Any]
_Changes = dict[str, dict[str, Row]]


class AppRows:
    """The application's rows, kept up to date fact by fact."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Row]] = {}
        self._handlers: dict[type[facts.Fact], Callable[[Any], None]] = {
            facts.UserSignedUp: self._signed_up,
            facts.UserLoggedIn: self._logged_in,
            facts.UserDeleted: self._deleted,
            facts.StripeCustomerCreated: self._linked,
            facts.VideoRequested: self._requested,
            facts.VideoStarted: self._started,
            facts.VideoFinished: self._finished,
            facts.ProviderCalled: self._called,
            facts.CreditMoved: self._credit,
            facts.AlertRaised: self._raised,
            facts.AlertResolved: self._resolved,
            facts.NotificationSent: self._sent,
            facts.NotificationRead: self._read,
        }

    def read(self, news: Iterable[facts.Fact]) -> None:
        """Take further facts in."""
        for fact in news:
            handler = self._handlers.get(type(fact))
            if handler:
                handler(fact)

    def table(self, name: str) -> dict[str, Row]:
        """Return the rows of a table by id."""
        return self._rows.get(name, {})

    def _add(self, table: str, row: Row) -> None:
        self._rows.setdefault(table, {})[row["id"]] = row

    def _signed_up(self, fact: facts.UserSignedUp) -> None:
        who = person(fact.user_id, fact.country)
        self._add(
            "User",
            {
                "id": fact.user_id,
                "email": who.email,
                "name": who.name,
                "role": fact.role,
                "stripeCustomerId": None,
                "lastLoginAt": None,
                "createdAt": fact.at,
                "updatedAt": fact.at,
            },
        )

    def _logged_in(self, fact: facts.UserLoggedIn) -> None:
        self._touch("User", fact.user_id, fact.at, lastLoginAt=fact.at)

    def _deleted(self, fact: facts.UserDeleted) -> None:
        self._rows["User"].pop(fact.user_id)

    def _linked(self, fact: facts.StripeCustomerCreated) -> None:
        if fact.linked_by == "user" and fact.user_id:
            self._touch("User", fact.user_id, fact.at, stripeCustomerId=fact.customer_id)

    def _touch(self, table: str, row_id: str, at: datetime, **fields: Any) -> None:
        row = self._rows[table].get(row_id)
        if row is not None:
            row.update(fields, updatedAt=at)

    def _requested(self, fact: facts.VideoRequested) -> None:
        self._add(
            "Video",
            {
                "id": fact.video_id,
                "userId": fact.user_id,
                "provider": fact.provider,
                "status": "PENDING",
                "creditsUsed": fact.credits,
                "createdAt": fact.at,
                "completedAt": None,
                "updatedAt": fact.at,
            },
        )

    def _started(self, fact: facts.VideoStarted) -> None:
        self._touch("Video", fact.video_id, fact.at, status="PROCESSING")

    def _finished(self, fact: facts.VideoFinished) -> None:
        done = fact.at if fact.status == "COMPLETED" else None
        self._touch("Video", fact.video_id, fact.at, status=fact.status, completedAt=done)

    def _called(self, fact: facts.ProviderCalled) -> None:
        cost = fact.reported_cost_usd
        self._add(
            "ApiUsageLog",
            {
                "id": fact.usage_log_id,
                "videoId": fact.video_id,
                "provider": fact.provider,
                "credits": fact.credits,
                "costUSD": None if cost is None else float(cost),
                "timestamp": fact.called_at,
            },
        )

    def _credit(self, fact: facts.CreditMoved) -> None:
        self._add(
            "CreditTransaction",
            {
                "id": fact.entry_id,
                "userId": fact.user_id,
                "type": fact.type,
                "amount": fact.credits,
                "videoId": fact.video_id,
                "stripePaymentIntentId": fact.payment_intent_id,
                "expiresAt": fact.expires_at,
                "createdAt": fact.at,
            },
        )

    def _raised(self, fact: facts.AlertRaised) -> None:
        self._add(
            "SystemAlert",
            {
                "id": fact.alert_id,
                "type": fact.type,
                "severity": fact.severity,
                "message": fact.message,
                "createdAt": fact.at,
                "resolvedAt": None,
            },
        )

    def _resolved(self, fact: facts.AlertResolved) -> None:
        self._rows["SystemAlert"][fact.alert_id]["resolvedAt"] = fact.at

    def _sent(self, fact: facts.NotificationSent) -> None:
        self._add(
            "Notification",
            {
                "id": fact.notification_id,
                "userId": fact.user_id,
                "type": fact.type,
                "createdAt": fact.at,
                "readAt": None,
            },
        )

    def _read(self, fact: facts.NotificationRead) -> None:
        self._rows["Notification"][fact.notification_id]["readAt"] = fact.at
