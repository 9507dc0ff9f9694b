"""What happens at random to customers, what is sold to them, and their bills."""

from __future__ import annotations

from typing import Any, Final

from random_account import Account, Json

MOST_ROWS: Final = 14
"""Of a nested list: Stripe shows the first ten."""

_DAY: Final = 24 * 3600


class Billing(Account):
    """Actions on customers, the catalogue, subscriptions and invoices; each is one choice."""

    # -- customers ---------------------------------------------------------------------------------

    def new_customer(self) -> Json:
        email = f"{self.new_id('someone')}@example.com"
        fields: Json = {"email": email, "name": "Some One", "balance": 0, "discount": None}
        return self.create("customer", self.new_id("cus"), "customer.created", **fields)

    def change_customer(self) -> None:
        customer = self.some("customer")
        if customer:
            delinquent = self.chance(0.5)
            self.change(customer, "customer.updated", delinquent=delinquent)

    def credit_customer(self) -> None:
        """Move a customer's balance once or twice: the transactions have no events."""
        customer = self.some("customer")
        for _ in range(self.rng.randint(1, 3) if customer else 0):
            assert customer is not None
            amount = self.rng.choice((-500, 200, -customer["balance"] or 300))
            balance = customer["balance"] + amount
            self.create(
                "customer_balance_transaction",
                self.new_id("cbtxn"),
                customer=customer["id"],
                amount=amount,
                ending_balance=balance,
                type="adjustment",
            )
            customer = self.change(customer, "customer.updated", balance=balance)

    def discount_customer(self) -> None:
        """Give a customer a discount or take it away: the customer itself has no event."""
        customer, coupon = self.some("customer"), self.some("coupon")
        if customer and customer["discount"]:
            self.change(customer, discount=None)
            self.tell("customer.discount.deleted", customer["discount"])
        elif customer and coupon:
            discount = self._discount(coupon, customer["id"])
            self.change(customer, discount=discount)
            self.tell("customer.discount.created", discount)

    def delete_customer(self) -> None:
        self._delete("customer", "customer.deleted")

    def _delete(self, kind: str, told: str) -> None:
        obj = self.some(kind)
        if obj:
            self.remove(obj, told if self.chance(0.8) else None)

    # -- what is sold ------------------------------------------------------------------------------

    def new_product(self) -> Json:
        return self.create("product", self.new_id("prod"), "product.created", name="Plan")

    def change_product(self) -> None:
        product = self.some("product")
        if product:
            self.change(product, "product.updated", active=self.chance(0.5))

    def delete_product(self) -> None:
        self._delete("product", "product.deleted")

    def new_price(self, *, inline: bool = False) -> Json:
        """Make a price; an inline one is in no list, and not even its product need be known."""
        product = self.some("product") or self.new_product()
        told = None if inline and self.chance(0.5) else "price.created"
        fields: Json = {"_unlisted": True} if inline else {}
        return self.create(
            "price",
            self.new_id("price"),
            told,
            product=product["id"],
            active=True,
            currency=self.rng.choice(("usd", "eur", "jpy")),
            unit_amount=self.rng.randint(1, 9_999),
            tiers=[{"up_to": None, "unit_amount": 5}] if self.chance(0.2) else None,
            currency_options={"usd": {"unit_amount": 5}},
            type="recurring",
            **fields,
        )

    def change_price(self) -> None:
        price = self.some("price")
        if price:
            self.change(price, "price.updated", active=self.chance(0.5))

    def delete_price(self) -> None:
        price = self.some("price")
        if price:
            # Of a price that no list holds, nothing but the event tells.
            self.remove(price, "price.deleted")

    def new_coupon(self) -> Json:
        """Make a coupon, under an id that may have been another's."""
        coupon_id = f"SALE{self.rng.randint(1, 6)}"
        if coupon_id in self.ids("coupon"):
            return self.get("coupon", coupon_id)
        fields: Json = {"applies_to": {"products": ["prod_1"]}, "currency_options": {}}
        percent = self.rng.randint(1, 99)
        return self.create("coupon", coupon_id, "coupon.created", percent_off=percent, **fields)

    def change_coupon(self) -> None:
        coupon = self.some("coupon")
        if coupon:
            self.change(coupon, "coupon.updated", times_redeemed=self.rng.randint(0, 99))

    def delete_coupon(self) -> None:
        self._delete("coupon", "coupon.deleted")

    def replace_coupon(self) -> None:
        """Delete a coupon and make another of its id, perhaps within one second."""
        coupon = self.some("coupon")
        if coupon:
            self.remove(coupon, "coupon.deleted")
            self.clock.advance(self.rng.choice((0, 0, 1, 30)))
            fields: Json = {"applies_to": {"products": []}, "currency_options": {}}
            self.create("coupon", coupon["id"], "coupon.created", percent_off=50, **fields)

    def _discount(self, coupon: Json, customer: str, subscription: str | None = None) -> Json:
        """Return a discount; the account can look it up, but lists no discounts."""
        discount = {
            "id": self.new_id("di"),
            "object": "discount",
            "customer": customer,
            "subscription": subscription,
            "source": {"coupon": coupon["id"], "type": "coupon"},
            "start": self.clock.epoch,
        }
        self.store.put(discount)
        return discount

    # -- subscriptions -----------------------------------------------------------------------------

    def new_subscription(self) -> Json:
        customer = self.some("customer") or self.new_customer()
        subscription_id = self.new_id("sub")
        count = self.rng.choice((1, 1, 2, 3, 11, MOST_ROWS))
        return self.create(
            "subscription",
            subscription_id,
            "customer.subscription.created",
            customer=customer["id"],
            status="active",
            start_date=self.clock.epoch,
            discounts=[],
            items=_listed([self._item(subscription_id) for _ in range(count)]),
        )

    def _item(self, subscription_id: str) -> Json:
        price = (self.chance(0.6) and self.some("price")) or self.new_price(inline=self.chance(0.5))
        shown = {k: v for k, v in price.items() if k not in {"tiers", "currency_options"}}
        return {
            "id": self.new_id("si"),
            "object": "subscription_item",
            "created": self.clock.epoch,
            "subscription": subscription_id,
            "price": shown,
            "quantity": self.rng.randint(1, 5),
            "discounts": [],
            "current_period_start": self.clock.epoch,
            "current_period_end": self.clock.epoch + 30 * _DAY,
        }

    def change_subscription(self) -> None:
        """Add, take away or change items; or give a discount, which alone has the event."""
        subscription = self.some("subscription", status="active")
        if not subscription:
            return
        items = subscription["items"]["data"]
        kept = [one for one in items if self.chance(0.8)] or items[:1]
        if self.chance(0.5):
            kept.append(self._item(subscription["id"]))
        kept[0]["quantity"] += 1
        coupon = self.some("coupon")
        if coupon and self.chance(0.3):
            discount = self._discount(coupon, subscription["customer"], subscription["id"])
            self.change(subscription, discounts=[discount["id"]])
            self.tell("customer.discount.created", discount)
        else:
            self.change(subscription, "customer.subscription.updated", items=_listed(kept))

    def cancel_subscription(self) -> None:
        subscription = self.some("subscription", status="active")
        if subscription:
            told = "customer.subscription.deleted"
            self.change(subscription, told, status="canceled", ended_at=self.clock.epoch)

    # -- invoices ----------------------------------------------------------------------------------

    def new_invoice_item(self) -> Json:
        customer = self.some("customer") or self.new_customer()
        return self.create(
            "invoiceitem",
            self.new_id("ii"),
            "invoiceitem.created",
            customer=customer["id"],
            amount=self.rng.randint(1, 9_999),
            invoice=None,
            discounts=[],
        )

    def delete_invoice_item(self) -> None:
        item = self.some("invoiceitem", invoice=None)
        if item:
            self.remove(item, "invoiceitem.deleted" if self.chance(0.8) else None)

    def new_invoice(self) -> Json:
        """Draft an invoice, which takes in the customer's pending items without an event."""
        customer = self.some("customer") or self.new_customer()
        invoice_id = self.new_id("in")
        taken = []
        for item in [self.get("invoiceitem", one) for one in self.ids("invoiceitem")]:
            if item["invoice"] is None and item["customer"] == customer["id"]:
                self.change(item, invoice=invoice_id)
                taken.append(self._line(invoice_id, item["id"]))
        count = self.rng.choice((0, 1, 2, 10, 11, MOST_ROWS))
        return self.create(
            "invoice",
            invoice_id,
            "invoice.created",
            customer=customer["id"],
            status="draft",
            total=self.rng.randint(1, 99_999),
            starting_balance=customer.get("balance", 0),
            ending_balance=None,
            discounts=[],
            parent=None,
            lines=_listed([*taken, *(self._line(invoice_id) for _ in range(count))]),
        )

    def _line(self, invoice_id: str, item_id: str | None = None) -> Json:
        price = self.some("price") or self.new_price(inline=True)
        details = {"price": price["id"], "product": price["product"]}
        return {
            "id": self.new_id("il"),
            "object": "line_item",
            "amount": self.rng.randint(1, 9_999),
            "invoice": invoice_id,
            "pricing": {"type": "price_details", "price_details": details},
            "discounts": [],
            "parent": {"invoice_item_details": {"invoice_item": item_id}} if item_id else None,
            "period": {"start": self.clock.epoch, "end": self.clock.epoch + 30 * _DAY},
        }

    def change_invoice(self) -> None:
        invoice = self.some("invoice", status="draft")
        if invoice:
            # A line of an invoice item goes when its item does.
            lines = [one for one in invoice["lines"]["data"] if one["parent"] or self.chance(0.7)]
            lines.append(self._line(invoice["id"]))
            self.change(invoice, "invoice.updated", lines=_listed(lines))

    def delete_invoice(self) -> None:
        """Delete a draft, and with it the items that are on it."""
        invoice = self.some("invoice", status="draft")
        if not invoice:
            return
        told = self.chance(0.8)
        for item in [self.get("invoiceitem", one) for one in self.ids("invoiceitem")]:
            if item["invoice"] == invoice["id"]:
                self.remove(item, "invoiceitem.deleted" if told else None)
        self.remove(invoice, "invoice.deleted" if told else None)

    def announce_invoice(self) -> None:
        """Tell of an invoice that does not exist yet and has no id."""
        customer = self.some("customer")
        if customer:
            fields: dict[str, Any] = {"customer": customer["id"], "lines": _listed([])}
            self.tell("invoice.upcoming", {"object": "invoice", "discounts": [], **fields})


def _listed(rows: list[Json]) -> Json:
    return {"object": "list", "data": rows}
