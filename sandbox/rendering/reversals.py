"""Refunds and disputes."""

from sandbox.ledger import DisputeClosed, DisputeOpened, Refunded, RefundFailed
from sandbox.rendering.desk import Desk, epoch
from sandbox.rendering.shapes.payments import DISPUTE, REFUND
from sandbox.rendering.suspicions import SuspicionRenderer

_EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


class ReversalRenderer:
    """Money going back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._suspicions = SuspicionRenderer(desk)

    def refunded(self, fact: Refunded) -> None:
        """Given back, in part or whole."""
        charge = self._desk.get("charge", fact.charge_id)
        amount = charge["amount_refunded"] + fact.amount_minor
        self._desk.create(
            {
                **REFUND,
                "id": fact.refund_id,
                "amount": fact.amount_minor,
                "balance_transaction": fact.movement_id,
                "charge": fact.charge_id,
                "created": epoch(fact.at),
                "currency": charge["currency"],
                "customer": charge["customer"],
                "destination_details": {
                    "card": {
                        "reference": None,
                        "reference_status": "pending",
                        "reference_type": "acquirer_reference_number",
                        "type": "refund",
                    },
                    "type": "card",
                },
                "payment_intent": charge["payment_intent"],
                "payment_method": charge["payment_method"],
                "reason": fact.reason,
            }
        )
        self._desk.change(
            "charge",
            fact.charge_id,
            "charge.refunded",
            amount_refunded=amount,
            refunded=amount == charge["amount"],
        )

    def refund_failed(self, fact: RefundFailed) -> None:
        """Show that it came back."""
        refund = self._desk.change(
            "refund",
            fact.refund_id,
            "refund.failed",
            "charge.refund.updated",
            failure_balance_transaction=fact.movement_id,
            failure_reason="lost_or_stolen_card",
            status="failed",
        )
        charge = self._desk.get("charge", refund["charge"])
        self._desk.change(
            "charge",
            charge["id"],
            amount_refunded=charge["amount_refunded"] - refund["amount"],
            refunded=False,
        )

    def disputed(self, fact: DisputeOpened) -> None:
        """Show the bank's claim; its balance transaction follows at the same instant."""
        self._suspicions.warned(fact)
        charge = self._desk.get("charge", fact.charge_id)
        now = epoch(fact.at)
        card = charge["payment_method_details"]["card"]
        self._desk.create(
            {
                **DISPUTE,
                "id": fact.dispute_id,
                "amount": fact.amount_minor,
                "balance_transactions": [],
                "charge": fact.charge_id,
                "created": now,
                "currency": charge["currency"],
                "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
                "evidence_details": {
                    "due_by": now + 8 * 86_400,
                    "enhanced_eligibility": {},
                    "has_evidence": False,
                    "past_due": False,
                    "submission_count": 0,
                    "submission_method": "not_submitted",
                },
                "payment_intent": charge["payment_intent"],
                "payment_method_details": {
                    "card": {
                        "brand": card["brand"],
                        "case_type": "chargeback",
                        "network": card["network"],
                        "network_reason_code": "10.4",
                    },
                    "type": "card",
                },
                "reason": fact.reason,
            },
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
        )
        self._desk.change("charge", fact.charge_id, disputed=True)

    def dispute_closed(self, fact: DisputeClosed) -> None:
        """Won or lost."""
        self._suspicions.settled(fact)
        details = self._desk.get("dispute", fact.dispute_id)["evidence_details"]
        events = ["charge.dispute.closed"]
        if fact.won:
            events.append("charge.dispute.funds_reinstated")
        self._desk.change(
            "dispute",
            fact.dispute_id,
            *events,
            evidence_details={
                **details,
                "has_evidence": True,
                "submission_count": 1,
                "submission_method": "manual",
            },
            status="won" if fact.won else "lost",
        )
