"""Customers, their cards and their discounts."""

from typing import Any

from sandbox.ledger import (
    DiscountApplied,
    DiscountEnded,
    StripeCustomerCreated,
    StripeCustomerDeleted,
)
from sandbox.persons import Person, person
from sandbox.rendering.desk import Desk, epoch
from sandbox.rendering.shapes import Json
from sandbox.rendering.shapes.catalog import CUSTOMER, DISCOUNT


def address(who: Person) -> Json:
    """Return a postal address as Stripe writes it."""
    return {
        "city": who.city,
        "country": who.country,
        "line1": who.line1,
        "line2": None,
        "postal_code": who.postal_code,
        "state": who.state,
    }


def billing_details(who: Person) -> Json:
    """Return the billing details of a card."""
    return {
        "address": address(who),
        "email": who.email,
        "name": who.name,
        "phone": None,
        "tax_id": None,
    }


class CustomerRenderer:
    """Who buys."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._holders: dict[str, tuple[str, str]] = {}

    def created(self, fact: StripeCustomerCreated) -> None:
        """Show a customer; its metadata names the user it belongs to, real or not."""
        who = person(fact.user_id or fact.customer_id, fact.country)
        user_id = fact.user_id or fact.dangling_user_id
        self._desk.create(
            {
                **CUSTOMER,
                "id": fact.customer_id,
                "address": address(who),
                "created": epoch(fact.at),
                "currency": fact.currency,
                "email": who.email,
                "individual_name": who.name,
                "invoice_prefix": fact.customer_id[-8:].upper(),
                "invoice_settings": {
                    **CUSTOMER["invoice_settings"],
                    "default_payment_method": _method_id(fact.customer_id),
                },
                "metadata": {"userId": user_id} if user_id else {},
                "name": who.name,
                "phone": who.phone,
            }
        )
        self._desk.create(self._method(fact, who), "payment_method.attached")

    def _method(self, fact: StripeCustomerCreated, who: Person) -> Json:
        card: dict[str, Any] = {
            "brand": who.card_brand,
            "checks": {
                "address_line1_check": "pass",
                "address_postal_code_check": "pass",
                "cvc_check": "pass",
            },
            "country": fact.country,
            "display_brand": who.card_brand,
            "exp_month": 8,
            "exp_year": 2031,
            "fingerprint": f"fp{fact.customer_id[4:]}",
            "funding": "credit",
            "generated_from": None,
            "last4": who.card_last4,
            "networks": {"available": [who.card_brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        }
        return {
            "id": _method_id(fact.customer_id),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": billing_details(who),
            "card": card,
            "created": epoch(fact.at),
            "customer": fact.customer_id,
            "customer_account": None,
            "livemode": False,
            "metadata": {},
            "radar_options": {},
            "type": "card",
        }

    def deleted(self, fact: StripeCustomerDeleted) -> None:
        """Only a tombstone is left."""
        self._desk.delete("customer", fact.customer_id, "customer.deleted")

    def discounted(self, fact: DiscountApplied) -> None:
        """Show a discount on a subscription, or on the customer."""
        obj = {
            **DISCOUNT,
            "id": fact.discount_id,
            "customer": fact.customer_id,
            "end": epoch(fact.ends_at) if fact.ends_at else None,
            "promotion_code": fact.promotion_code_id,
            "source": {"coupon": fact.coupon_id, "type": "coupon"},
            "start": epoch(fact.starts_at),
            "subscription": fact.subscription_id,
        }
        self._desk.create(obj)
        self._redeem("coupon", fact.coupon_id)
        if fact.promotion_code_id:
            self._redeem("promotion_code", fact.promotion_code_id)
        if fact.subscription_id:
            self._holders[fact.discount_id] = ("subscription", fact.subscription_id)
            held = self._desk.get("subscription", fact.subscription_id)["discounts"]
            self._desk.change(
                "subscription", fact.subscription_id, discounts=[*held, fact.discount_id]
            )
        else:
            self._holders[fact.discount_id] = ("customer", fact.customer_id)
            self._desk.change("customer", fact.customer_id, discount=obj)

    def _redeem(self, kind: str, object_id: str) -> None:
        times = self._desk.get(kind, object_id)["times_redeemed"]
        self._desk.change(kind, object_id, times_redeemed=times + 1)

    def undiscounted(self, fact: DiscountEnded) -> None:
        """Take the discount off its holder; the object itself can still be looked up."""
        kind, holder_id = self._holders.pop(fact.discount_id)
        holder = self._desk.get(kind, holder_id)
        if kind == "customer":
            self._desk.change(kind, holder_id, discount=None)
        else:
            left = [d for d in holder["discounts"] if d != fact.discount_id]
            self._desk.change(kind, holder_id, discounts=left)
        self._desk.announce("discount", fact.discount_id, "customer.discount.deleted")


def _method_id(customer_id: str) -> str:
    return f"pm_{customer_id[4:]}"
