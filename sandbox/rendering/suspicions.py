"""Suspected fraud: what card networks and the company's staff say of a charge before the bank."""

from sandbox.ledger import DisputeClosed, DisputeOpened
from sandbox.rendering.desk import Desk, epoch
from sandbox.rendering.shapes.payments import EARLY_FRAUD_WARNING, REVIEW


class SuspicionRenderer:
    """Charges that look stolen. Only disputes for fraud had a warning.

    The ledger knows nothing of a warning, so it comes at the instant of the dispute, just before
    it: an earlier one would have to be written into a past that was already read.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def warned(self, fact: DisputeOpened) -> None:
        """Show the network's warning and the review it leads to; the dispute itself follows."""
        if fact.reason != "fraudulent":
            return
        charge = self._desk.get("charge", fact.charge_id)
        now = epoch(fact.at)
        self._desk.create(
            {
                **EARLY_FRAUD_WARNING,
                "id": f"issfr_{fact.dispute_id[3:]}",
                "actionable": False,
                "charge": fact.charge_id,
                "created": now,
                "fraud_type": "unauthorized_use_of_card",
                "payment_intent": charge["payment_intent"],
            }
        )
        self._desk.create(
            {
                **REVIEW,
                "id": _review_id(fact.dispute_id),
                "billing_zip": charge["billing_details"]["address"]["postal_code"],
                "charge": fact.charge_id,
                "created": now,
                "opened_reason": "manual",
                "payment_intent": charge["payment_intent"],
                "reason": "manual",
            },
            "review.opened",
        )

    def settled(self, fact: DisputeClosed) -> None:
        """Close the review with the dispute."""
        if self._desk.get("dispute", fact.dispute_id)["reason"] == "fraudulent":
            self._desk.change(
                "review",
                _review_id(fact.dispute_id),
                "review.closed",
                closed_reason="disputed",
                open=False,
                reason="disputed",
            )


def _review_id(dispute_id: str) -> str:
    return f"prv_{dispute_id[3:]}"
