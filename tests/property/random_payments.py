"""What happens at random to money: payments, what comes back of them, and payouts."""

from __future__ import annotations

from typing import Final

from random_account import Json
from random_billing import MOST_ROWS, Billing

_DAY: Final = 24 * 3600
SETTLES_AFTER: Final = (0, 2 * _DAY, 7 * _DAY)
"""How long money is pending, which ends without an event."""


class Payments(Billing):
    """Actions on invoices that are paid, charges, refunds, disputes, payouts and checkouts."""

    # -- balance transactions ----------------------------------------------------------------------

    def book(self, source: str, amount: int, kind: str) -> Json:
        """Book a movement of money, which no event tells of."""
        available = self.clock.epoch + self.rng.choice(SETTLES_AFTER)
        return self.create(
            "balance_transaction",
            self.new_id("txn"),
            amount=amount,
            net=amount,
            currency="usd",
            type=kind,
            reporting_category=kind,
            source=source,
            available_on=available,
            status="pending" if available > self.clock.epoch else "available",
        )

    def settle(self) -> None:
        """Let what is due become available, wherever it is shown; nothing tells of it."""
        for one in self.ids("balance_transaction"):
            booked = self.get("balance_transaction", one)
            if booked["status"] == "pending" and booked["available_on"] <= self.clock.epoch:
                self._show_settled(self.change(booked, status="available"))
        self.store.put({"object": "balance", "available": [{"amount": self._made}], "pending": []})

    def _show_settled(self, booked: Json) -> None:
        dispute = self.some("dispute", id=booked["source"])
        if dispute:
            shown = [
                booked if one["id"] == booked["id"] else one
                for one in dispute["balance_transactions"]
            ]
            self.change(dispute, balance_transactions=shown)
            self.silent.add(("dispute", dispute["id"]))

    # -- payments ----------------------------------------------------------------------------------

    def pay(self, customer: str | None = None, amount: int = 0) -> Json:
        """Take a payment in one second: three events, and a balance transaction without."""
        amount = amount or self.rng.randint(100, 9_999)
        intent = self.create(
            "payment_intent",
            self.new_id("pi"),
            "payment_intent.created",
            customer=customer,
            amount=amount,
            status="processing",
            latest_charge=None,
        )
        return self._charge(intent, succeeds=self.chance(0.8))

    def _charge(self, intent: Json, *, succeeds: bool) -> Json:
        charge_id = self.new_id("ch")
        booked = self.book(charge_id, intent["amount"], "charge") if succeeds else None
        self.create(
            "charge",
            charge_id,
            "charge.succeeded" if succeeds else "charge.failed",
            customer=intent["customer"],
            amount=intent["amount"],
            amount_refunded=0,
            disputed=False,
            payment_intent=intent["id"],
            status="succeeded" if succeeds else "failed",
            balance_transaction=booked["id"] if booked else None,
            failure_balance_transaction=None,
        )
        told = "payment_intent.succeeded" if succeeds else "payment_intent.payment_failed"
        status = "succeeded" if succeeds else "requires_payment_method"
        return self.change(intent, told, status=status, latest_charge=charge_id)

    def retry_payment(self) -> None:
        intent = self.some("payment_intent", status="requires_payment_method")
        if intent:
            self._charge(intent, succeeds=True)

    def finalize_invoice(self) -> None:
        """Open an invoice; its payment is opened with it and without an event."""
        invoice = self.some("invoice", status="draft")
        if not invoice:
            return
        intent = self.create(
            "payment_intent",
            self.new_id("pi"),
            "payment_intent.created",
            customer=invoice["customer"],
            amount=invoice["total"],
            status="requires_payment_method",
            latest_charge=None,
        )
        self.create(
            "invoice_payment",
            self.new_id("inpay"),
            invoice=invoice["id"],
            status="open",
            is_default=True,
            payment={"type": "payment_intent", "payment_intent": intent["id"]},
        )
        self.change(invoice, "invoice.finalized", status="open", ending_balance=0)

    def pay_invoice(self) -> None:
        invoice = self.some("invoice", status="open")
        payment = self.some("invoice_payment", invoice=invoice["id"]) if invoice else None
        if not invoice or not payment:
            return
        intent = self.get("payment_intent", payment["payment"]["payment_intent"])
        if intent["status"] != "succeeded":
            self._charge(intent, succeeds=True)
        self.change(payment, "invoice_payment.paid", status="paid")
        self.change(invoice, "invoice.paid", status="paid")

    def void_invoice(self) -> None:
        """Void an open invoice; its payment is canceled with it and without an event."""
        invoice = self.some("invoice", status="open")
        payment = self.some("invoice_payment", invoice=invoice["id"]) if invoice else None
        if invoice and payment:
            self.change(payment, status="canceled")
            self.change(invoice, "invoice.voided", status="void")

    def new_credit_note(self) -> None:
        invoice = self.some("invoice", status="open") or self.some("invoice", status="paid")
        if not invoice:
            return
        note_id = self.new_id("cn")
        count = self.rng.choice((1, 2, MOST_ROWS))
        rows = [
            {"id": self.new_id("cnli"), "object": "credit_note_line_item", "amount": 5}
            for _ in range(count)
        ]
        lines = {"object": "list", "data": rows}
        fields: Json = {"invoice": invoice["id"], "customer": invoice["customer"], "lines": lines}
        self.create("credit_note", note_id, "credit_note.created", status="issued", **fields)

    def void_credit_note(self) -> None:
        note = self.some("credit_note", status="issued")
        if note:
            self.change(note, "credit_note.voided", status="void")

    # -- what comes back ---------------------------------------------------------------------------

    def refund(self) -> None:
        charge = self.some("charge", status="succeeded", amount_refunded=0)
        if not charge:
            return
        refund_id = self.new_id("re")
        booked = self.book(refund_id, -charge["amount"], "refund")
        self.create(
            "refund",
            refund_id,
            # Old refunds are told of by their charge alone.
            "refund.created" if self.chance(0.7) else "charge.refund.updated",
            charge=charge["id"],
            amount=charge["amount"],
            status="succeeded",
            balance_transaction=booked["id"],
            failure_balance_transaction=None,
        )
        self.change(charge, "charge.refunded", amount_refunded=charge["amount"])

    def fail_refund(self) -> None:
        refund = self.some("refund", status="succeeded")
        if refund:
            booked = self.book(refund["id"], refund["amount"], "refund_failure")
            fields: Json = {"status": "failed", "failure_balance_transaction": booked["id"]}
            self.change(refund, "refund.failed", **fields)

    def dispute(self) -> None:
        charge = self.some("charge", status="succeeded", disputed=False)
        if not charge:
            return
        dispute_id = self.new_id("du")
        booked = self.book(dispute_id, -charge["amount"], "dispute")
        fields: Json = {"charge": charge["id"], "amount": charge["amount"]}
        self.create(
            "dispute",
            dispute_id,
            "charge.dispute.created",
            status="needs_response",
            balance_transactions=[booked],
            **fields,
        )
        self.change(charge, "charge.updated", disputed=True)

    def close_dispute(self) -> None:
        dispute = self.some("dispute", status="needs_response")
        if dispute:
            booked = self.book(dispute["id"], dispute["amount"], "dispute_reversal")
            rows = [*dispute["balance_transactions"], booked]
            fields: Json = {"status": "won", "balance_transactions": rows}
            self.change(dispute, "charge.dispute.closed", **fields)

    # -- payouts and checkouts ---------------------------------------------------------------------

    def pay_out(self) -> None:
        payout_id = self.new_id("po")
        automatic = self.chance(0.8)
        booked = self.book(payout_id, -self.rng.randint(1, 9_999), "payout")
        self.create(
            "payout",
            payout_id,
            "payout.created",
            amount=-booked["amount"],
            status="in_transit",
            automatic=automatic,
            reconciliation_status="in_progress" if automatic else "not_applicable",
            arrival_date=self.clock.epoch + 2 * _DAY,
            balance_transaction=booked["id"],
            failure_balance_transaction=None,
        )

    def end_payout(self) -> None:
        payout = self.some("payout", status="in_transit")
        if payout and self.chance(0.8):
            self.change(payout, "payout.paid", status="paid")
        elif payout:
            booked = self.book(payout["id"], payout["amount"], "payout_failure")
            fields: Json = {"status": "failed", "failure_balance_transaction": booked["id"]}
            self.change(payout, "payout.failed", **fields)

    def complete_payout(self) -> None:
        """Let it be known what a payout paid out, itself among it."""
        payout = self.some("payout", reconciliation_status="in_progress")
        if not payout:
            return
        booked = [self.get("balance_transaction", one) for one in self.ids("balance_transaction")]
        left = [one for one in booked if "_payout" not in one and one["type"] != "payout"]
        taken = self.rng.sample(left, min(len(left), self.rng.choice((1, 3, MOST_ROWS))))
        own = self.get("balance_transaction", payout["balance_transaction"])
        for one in (own, *taken):
            self.store.put({**one, "_payout": payout["id"]})
        completed: Json = {"reconciliation_status": "completed"}
        self.change(payout, "payout.reconciliation_completed", **completed)

    def open_session(self) -> None:
        """Open a checkout; nothing tells of it before it ends."""
        customer = self.some("customer")
        session_id = self.new_id("cs")
        price = self.some("price") or self.new_price(inline=True)
        count = self.rng.choice((1, 2, MOST_ROWS))
        shown = {k: v for k, v in price.items() if k not in {"tiers", "currency_options"}}
        rows = [
            {"id": self.new_id("li"), "object": "item", "price": shown, "quantity": 1}
            for _ in range(count)
        ]
        lines = {"object": "list", "data": rows}
        fields: Json = {"customer": customer["id"] if customer else None, "line_items": lines}
        self.create("checkout.session", session_id, status="open", payment_intent=None, **fields)

    def end_session(self) -> None:
        session = self.some("checkout.session", status="open")
        if session and self.chance(0.7):
            intent = self.pay(session["customer"])
            fields: Json = {"status": "complete", "payment_intent": intent["id"]}
            self.change(session, "checkout.session.completed", **fields)
        elif session:
            self.change(session, "checkout.session.expired", status="expired")
