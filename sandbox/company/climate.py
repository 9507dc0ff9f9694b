"""What everybody feels at once: provider outages, a bad month, alerts about both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.ledger import AlertRaised, AlertResolved

if TYPE_CHECKING:
    from sandbox.company.company import Company

_USUAL_FAILURES = {"LUMA_V1": 0.07, "LUMA_V2": 0.05, "KLING_V1": 0.10, "KLING_V2": 0.05}
#: An outage of the best model opens a month in which three times as many leave.
_OUTAGE = (timedelta(days=425), timedelta(days=428))
_BAD_MONTH = (timedelta(days=425), timedelta(days=456))
_ALERTS = (
    ("PROVIDER_LATENCY", "WARNING", "A provider answers slowly"),
    ("QUEUE_BACKLOG", "WARNING", "More than 50 videos are waiting"),
    ("LOW_PROVIDER_BALANCE", "CRITICAL", "Prepaid provider credits run out within a day"),
    ("CERTIFICATE_RENEWED", "INFO", "The certificate was renewed"),
)


class Climate:
    """Failure and churn rates of the moment, and the application's alerts."""

    def __init__(self, company: Company) -> None:
        self._kernel = company.kernel
        self._rng = company.kernel.random("climate")

    def failure_rate(self, provider: str) -> float:
        """Return the share of calls to a provider that fail now."""
        if provider == "KLING_V2" and self._within(_OUTAGE):
            return 0.6
        return _USUAL_FAILURES[provider]

    def churn_factor(self) -> float:
        """How many times more customers than usual leave now."""
        return 3.5 if self._within(_BAD_MONTH) else 1.0

    def begin(self) -> None:
        """Put the alerts into the diary."""
        start = self._kernel.start
        self._kernel.schedule(
            start + _OUTAGE[0],
            self._raise,
            "PROVIDER_OUTAGE",
            "CRITICAL",
            "KLING_V2 fails more than half of its calls",
            start + _OUTAGE[1],
        )
        self._kernel.after(timedelta(days=3, minutes=17), self._usual_alert)

    def _usual_alert(self) -> None:
        rng = self._rng
        kind, severity, message = rng.choice(_ALERTS)
        resolved = None
        if rng.random() < 0.9:
            resolved = self._kernel.now + timedelta(minutes=rng.randint(5, 4_000))
        self._raise(kind, severity, message, resolved)
        self._kernel.after(
            timedelta(hours=rng.randint(80, 500), milliseconds=rng.randint(0, 10**7)),
            self._usual_alert,
        )

    def _raise(self, kind: str, severity: str, message: str, resolved: datetime | None) -> None:
        alert_id = self._kernel.app_id("alert")
        self._kernel.record(
            AlertRaised(
                at=self._kernel.now,
                alert_id=alert_id,
                type=kind,
                severity=severity,
                message=message,
            )
        )
        if resolved:
            self._kernel.schedule(resolved, self._resolve, alert_id)

    def _resolve(self, alert_id: str) -> None:
        self._kernel.record(AlertResolved(at=self._kernel.now, alert_id=alert_id))

    def _within(self, span: tuple[timedelta, timedelta]) -> bool:
        return span[0] <= self._kernel.now - self._kernel.start < span[1]
