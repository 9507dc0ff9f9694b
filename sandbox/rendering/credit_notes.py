"""Credit notes."""

from sandbox.ledger import CreditNoteIssued
from sandbox.rendering.desk import Desk, epoch
from sandbox.rendering.lines import line_taxes, listed
from sandbox.rendering.shapes import Json
from sandbox.rendering.shapes.billing import CREDIT_NOTE, CREDIT_NOTE_LINE

_PAGES = "https://pay.stripe.example/credit_notes"


class CreditNoteRenderer:
    """What is taken back from a bill."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._notes = 0

    def credit_note(self, fact: CreditNoteIssued) -> None:
        """Show a credit note: with a refund after payment, else it lowers what is due."""
        invoice = self._desk.get("invoice", fact.invoice_id)
        self._notes += 1
        lines = [
            self._note_line(invoice, line_id, amount, fact.tax_minor)
            for line_id, amount in fact.line_amounts
        ]
        after = fact.refund_id is not None
        net = fact.amount_minor - fact.tax_minor
        self._desk.create(
            {
                **CREDIT_NOTE,
                "id": fact.credit_note_id,
                "amount": fact.amount_minor,
                "created": epoch(fact.at),
                "currency": invoice["currency"],
                "customer": invoice["customer"],
                "effective_at": epoch(fact.at),
                "invoice": fact.invoice_id,
                "lines": listed(f"/v1/credit_notes/{fact.credit_note_id}/lines", lines),
                "number": f"{invoice['number']}-CN-{self._notes:02d}",
                "pdf": f"{_PAGES}/{fact.credit_note_id}/pdf",
                "post_payment_amount": fact.amount_minor if after else 0,
                "pre_payment_amount": 0 if after else fact.amount_minor,
                "reason": fact.reason,
                "refunds": _refunds(fact),
                "subtotal": lines[0]["amount"],
                "subtotal_excluding_tax": net,
                "total": fact.amount_minor,
                "total_excluding_tax": net,
                "total_taxes": lines[0]["taxes"],
                "type": "post_payment" if after else "pre_payment",
            }
        )
        self._lower(invoice, fact.amount_minor, after=after)

    def _lower(self, invoice: Json, amount: int, *, after: bool) -> None:
        kind = "post_payment_credit_notes_amount" if after else "pre_payment_credit_notes_amount"
        changes = {kind: invoice[kind] + amount}
        if not after:
            for name in ("amount_due", "amount_remaining"):
                changes[name] = invoice[name] - amount
        self._desk.change("invoice", invoice["id"], **changes)

    def _note_line(self, invoice: Json, line_id: str, amount: int, tax: int) -> Json:
        line = next(ln for ln in invoice["lines"]["data"] if ln["id"] == line_id)
        inclusive = bool(line["taxes"]) and line["taxes"][0]["tax_behavior"] == "inclusive"
        return {
            **CREDIT_NOTE_LINE,
            "id": f"cnli_{line_id[3:]}{self._notes}",
            "amount": amount if inclusive else amount - tax,
            "description": line["description"],
            "invoice_line_item": line_id,
            "quantity": line["quantity"],
            "taxes": line_taxes(
                tax,
                amount - tax,
                line["taxes"][0]["tax_rate_details"]["tax_rate"] if line["taxes"] else None,
                inclusive=inclusive,
            ),
        }


def _refunds(fact: CreditNoteIssued) -> list[Json]:
    if fact.refund_id is None:
        return []
    return [
        {
            "amount_refunded": fact.amount_minor,
            "payment_record_refund": None,
            "refund": fact.refund_id,
            "type": "refund",
        }
    ]
