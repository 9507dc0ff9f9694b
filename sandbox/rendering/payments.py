"""Payment intents, charges and checkout sessions."""

from sandbox.ledger import (
    ChargeAttempted,
    ChargeFailed,
    ChargeSucceeded,
    CheckoutCompleted,
    CheckoutExpired,
    CheckoutOpened,
)
from sandbox.persons import Person, person
from sandbox.rendering.customers import address, billing_details
from sandbox.rendering.desk import Desk, epoch
from sandbox.rendering.lines import listed
from sandbox.rendering.shapes import Json
from sandbox.rendering.shapes.checkout import LINE_ITEM, SESSION
from sandbox.rendering.shapes.payments import CHARGE, PAYMENT_INTENT

_MESSAGES = {
    "card_declined": "Your card was declined.",
    "expired_card": "Your card has expired.",
}


class PaymentRenderer:
    """Money coming in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # -- checkout --------------------------------------------------------------------------------

    def opened(self, fact: CheckoutOpened) -> None:
        """Show a session at the till."""
        now = epoch(fact.at)
        customer = self._desk.get("customer", fact.customer_id) if fact.customer_id else None
        who = person(fact.session_id, fact.country)
        item = self._line_item(fact)
        self._desk.put(
            {
                **SESSION,
                "id": fact.session_id,
                "amount_subtotal": item["amount_subtotal"],
                "amount_total": fact.amount_minor,
                "client_reference_id": customer["metadata"].get("userId") if customer else None,
                "created": now,
                "currency": fact.currency,
                "customer": fact.customer_id,
                "customer_details": _customer_details(customer, who),
                "expires_at": now + 86_400,
                "line_items": listed(f"/v1/checkout/sessions/{fact.session_id}/line_items", [item]),
                "metadata": customer["metadata"] if customer else {},
                "total_details": {
                    "amount_discount": 0,
                    "amount_shipping": 0,
                    "amount_tax": fact.tax_minor,
                },
                "url": f"https://checkout.stripe.example/c/pay/{fact.session_id}",
            }
        )

    def _line_item(self, fact: CheckoutOpened) -> Json:
        price = self._desk.get("price", fact.price_id)
        return {
            **LINE_ITEM,
            "id": f"li_{fact.session_id.rsplit('_', 1)[1]}",
            "amount_subtotal": fact.amount_minor - (0 if fact.tax_inclusive else fact.tax_minor),
            "amount_tax": fact.tax_minor,
            "amount_total": fact.amount_minor,
            "currency": fact.currency,
            "description": self._desk.get("product", price["product"])["name"],
            "price": price,
            "quantity": fact.quantity,
            "taxes": [],
        }

    def completed(self, fact: CheckoutCompleted) -> None:
        """Paid."""
        self._desk.change(
            "checkout.session",
            fact.session_id,
            "checkout.session.completed",
            payment_status="paid",
            status="complete",
            url=None,
        )

    def expired(self, fact: CheckoutExpired) -> None:
        """Nobody came."""
        self._desk.change(
            "checkout.session",
            fact.session_id,
            "checkout.session.expired",
            status="expired",
            url=None,
        )

    # -- charges ---------------------------------------------------------------------------------

    def failed(self, fact: ChargeFailed) -> None:
        """Show a declined charge, which stays in the list, and count the attempt."""
        message = _MESSAGES[fact.failure_code]
        outcome = {**_outcome("issuer_declined"), "network_status": "declined_by_network"}
        outcome["reason"] = "insufficient_funds"
        charge = self._charge(fact) | {
            "failure_code": fact.failure_code,
            "failure_message": message,
            "outcome": outcome,
            "status": "failed",
        }
        self._desk.create(charge, "charge.failed")
        error = {
            "charge": fact.charge_id,
            "code": fact.failure_code,
            "decline_code": "insufficient_funds",
            "doc_url": f"https://docs.stripe.com/error-codes/{fact.failure_code.replace('_', '-')}",
            "message": message,
            "type": "card_error",
        }
        self._desk.change(
            "payment_intent",
            fact.payment_intent_id,
            "payment_intent.payment_failed",
            last_payment_error=error,
            latest_charge=fact.charge_id,
            status="requires_payment_method",
        )
        if fact.invoice_id:
            invoice = self._desk.get("invoice", fact.invoice_id)
            self._desk.change(
                "invoice",
                fact.invoice_id,
                "invoice.payment_failed",
                attempt_count=invoice["attempt_count"] + 1,
                attempted=True,
            )

    def succeeded(self, fact: ChargeSucceeded) -> None:
        """Money."""
        charge = self._charge(fact) | {
            "amount_captured": fact.amount_minor,
            "balance_transaction": fact.movement_id,
            "captured": True,
            "outcome": _outcome("authorized"),
            "paid": True,
            "receipt_url": f"https://pay.stripe.example/receipts/{fact.charge_id}",
            "status": "succeeded",
        }
        self._desk.create(charge, "charge.succeeded")
        if fact.session_id:
            self._intent_of_session(fact, fact.session_id)
        self._desk.change(
            "payment_intent",
            fact.payment_intent_id,
            "payment_intent.succeeded",
            amount_received=fact.amount_minor,
            last_payment_error=None,
            latest_charge=fact.charge_id,
            payment_method=charge["payment_method"],
            status="succeeded",
        )

    def _intent_of_session(self, fact: ChargeSucceeded, session_id: str) -> None:
        """Give the session its payment intent: it has one only when somebody pays."""
        session = self._desk.get("checkout.session", session_id)
        intent_id = fact.payment_intent_id
        self._desk.create(
            {
                **PAYMENT_INTENT,
                "id": intent_id,
                "amount": fact.amount_minor,
                "client_secret": f"{intent_id}_secret_sandbox",
                "created": epoch(fact.at),
                "currency": fact.currency,
                "customer": fact.customer_id,
                "description": None,
                "metadata": session["metadata"],
            }
        )
        self._desk.change("checkout.session", session_id, payment_intent=intent_id)

    def _charge(self, fact: ChargeAttempted) -> Json:
        key = fact.session_id or fact.charge_id
        if fact.customer_id:
            customer = self._desk.get("customer", fact.customer_id)
            key = customer["metadata"].get("userId") or fact.customer_id
            who = person(key, fact.country)
            method = customer["invoice_settings"]["default_payment_method"]
        else:
            who = person(key, fact.country)
            method = f"pm_{fact.charge_id[3:]}"
        return {
            **CHARGE,
            "id": fact.charge_id,
            "amount": fact.amount_minor,
            "billing_details": billing_details(who),
            "created": epoch(fact.at),
            "currency": fact.currency,
            "customer": fact.customer_id,
            "description": "Subscription update" if fact.invoice_id else None,
            "payment_intent": fact.payment_intent_id,
            "payment_method": method,
            "payment_method_details": {"card": _card(who, fact), "type": "card"},
            "refunds": listed(f"/v1/charges/{fact.charge_id}/refunds", []),
        }


def _customer_details(customer: Json | None, who: Person) -> Json:
    return {
        "address": customer["address"] if customer else address(who),
        "business_name": None,
        "email": customer["email"] if customer else who.email,
        "individual_name": None,
        "name": customer["name"] if customer else who.name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def _outcome(kind: str) -> Json:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete." if kind == "authorized" else "The bank said no.",
        "type": kind,
    }


def _card(who: Person, fact: ChargeAttempted) -> Json:
    return {
        "amount_authorized": fact.amount_minor,
        "authorization_code": None,
        "brand": who.card_brand,
        "checks": {
            "address_line1_check": "pass",
            "address_postal_code_check": "pass",
            "cvc_check": None,
        },
        "country": fact.country,
        "exp_month": 8,
        "exp_year": 2031,
        "fingerprint": f"fp{who.card_last4}{who.card_brand}",
        "funding": "credit",
        "installments": None,
        "last4": who.card_last4,
        "mandate": None,
        "network": who.card_brand,
        "network_token": {"used": False},
        "network_transaction_id": None,
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "transaction_link_id": None,
        "wallet": None,
    }
