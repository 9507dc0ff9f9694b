"""Facts about the product: videos, calls to providers, credits, alerts, notifications."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sandbox.ledger.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequested(Fact):
    """A user asked for a video (status ``PENDING``): the core action of the product."""

    video_id: str
    user_id: str
    provider: str
    credits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoStarted(Fact):
    """A provider works on it (status ``PROCESSING``)."""

    video_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFinished(Fact):
    """``status`` is ``COMPLETED`` or ``FAILED``, and final."""

    video_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCalled(Fact):
    """A row of the usage log. ``at`` is when the row appeared, ``called_at`` when it happened.

    Late rows appear days after the call. ``reported_cost_usd`` is what the application
    believed (None: nothing); the cost is ``credits`` times the rate valid at ``called_at``.
    """

    usage_log_id: str
    video_id: str
    provider: str
    credits: int
    called_at: datetime
    reported_cost_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMoved(Fact):
    """An entry of the credit ledger; ``type`` as in the application's ``CreditTransaction``.

    ``credits`` is signed. ``expires_at`` (exclusive; None: never) belongs to what it brings in.
    """

    entry_id: str
    user_id: str
    type: str
    credits: int
    video_id: str | None
    payment_intent_id: str | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised(Fact):
    """The application raised an alert. ``severity``: ``INFO``, ``WARNING``, ``CRITICAL``."""

    alert_id: str
    type: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResolved(Fact):
    """The alert is over."""

    alert_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationSent(Fact):
    """The application told a user something."""

    notification_id: str
    user_id: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRead(Fact):
    """The user read it."""

    notification_id: str
