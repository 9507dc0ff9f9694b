"""The shop: users become customers, buy packs at the till or by invoice; guests buy too."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.catalog import PACK_LIFETIME, TAX_RATES
from sandbox.company import bills
from sandbox.company.rounding import percent_of, tax_within
from sandbox.company.state import Customer, Price, User
from sandbox.ledger import (
    CheckoutCompleted,
    CheckoutExpired,
    CheckoutOpened,
    StripeCustomerCreated,
    StripeCustomerDeleted,
)

if TYPE_CHECKING:
    from sandbox.company.company import Company

CURRENCIES = {"DE": "eur", "FR": "eur", "NL": "eur", "ES": "eur", "JP": "jpy"}
#: One in ten American customers lives where sales tax is due.
_TAXED_SHARE = 0.12


class Shop:
    """Customers and one-off sales."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kernel = company.kernel
        self._amounts: dict[str, int] = {}

    def customer(
        self,
        user: User | None,
        *,
        country: str = "US",
        linked_by: str | None = None,
        dangling_user_id: str | None = None,
        taxed: bool | None = None,
    ) -> Customer:
        """Make a Stripe customer; a user's first one is what ``User.stripeCustomerId`` names."""
        kernel, country = self._kernel, user.country if user else country
        currency = CURRENCIES.get(country, "usd")
        customer_id = kernel.stripe_id("cus")
        rng = kernel.random("customer", customer_id)
        on_top = rng.random() < _TAXED_SHARE if taxed is None else taxed
        percent, inclusive = _tax(country, on_top=on_top)
        customer = Customer(
            customer_id=customer_id,
            user=user,
            country=country,
            currency=currency,
            tax_rate_id=self._company.tax_rate_ids[country] if percent else None,
            tax_percent=percent,
            tax_inclusive=inclusive,
            rng=rng,
        )
        if user:
            user.customers.append(customer)
        kernel.record(
            StripeCustomerCreated(
                at=kernel.now,
                customer_id=customer_id,
                user_id=user.user_id if user else None,
                linked_by=linked_by or ("user" if user else "none"),
                country=country,
                currency=currency,
                dangling_user_id=dangling_user_id,
            )
        )
        return customer

    def delete_customer(self, customer: Customer) -> None:
        """Delete the customer at Stripe, which ends its subscriptions at once."""
        for sub in list(customer.subscriptions):
            if sub.draft:
                self._kernel.after(timedelta(hours=2), self.delete_customer, customer)
                return
        for sub in list(customer.subscriptions):
            self._company.endings.end(sub, "deletion")
        customer.deleted = True
        self._kernel.record(
            StripeCustomerDeleted(at=self._kernel.now, customer_id=customer.customer_id)
        )

    # -- packs -----------------------------------------------------------------------------------

    def buy_pack(
        self, user: User, price: Price | None = None, quantity: int = 1, *, pays: bool = False
    ) -> None:
        """Take a user to the till for credits; not everybody pays, unless ``pays`` is set."""
        customer = user.customer or self.customer(user)
        if customer.deleted or customer.declined(self._kernel.now):
            return
        rng = user.rng
        keys = ("spark", "reel", "feature", "season")
        key = rng.choices(keys, (45, 30, 17, 8))[0]
        price = price or self._company.price(f"{key}_pack_{customer.currency}")
        session_id, intent_id = self._open(customer, customer.country, price, quantity)
        if not pays and rng.random() < 0.15:
            self._kernel.after(timedelta(hours=24), self._expire, session_id)
        else:
            delay = timedelta(seconds=rng.randint(25, 260))
            self._kernel.after(delay, self._pay, session_id, intent_id, customer, price, quantity)

    def guest_buys(self, country: str, key: str) -> None:
        """Somebody without an account buys a pack as a present."""
        price = self._company.price(f"{key}_pack_{CURRENCIES.get(country, 'usd')}")
        session_id, intent_id = self._open(None, country, price, 1)
        self._kernel.after(
            timedelta(seconds=90), self._pay_guest, session_id, intent_id, country, price
        )

    def _open(
        self, customer: Customer | None, country: str, price: Price, quantity: int
    ) -> tuple[str, str]:
        amount = price.unit_amount_minor * quantity
        percent, inclusive = _tax(country, on_top=customer is not None)
        if customer is not None and customer.tax_rate_id is None:
            percent = Decimal(0)
        tax = tax_within(amount, percent) if inclusive else percent_of(amount, percent)
        session_id, intent_id = self._kernel.stripe_id("cs_test"), self._kernel.stripe_id("pi")
        self._kernel.record(
            CheckoutOpened(
                at=self._kernel.now,
                session_id=session_id,
                payment_intent_id=intent_id,
                customer_id=customer.customer_id if customer else None,
                country=country,
                price_id=price.price_id,
                quantity=quantity,
                currency=price.currency,
                amount_minor=amount if inclusive else amount + tax,
                tax_minor=tax,
                tax_inclusive=inclusive,
            )
        )
        self._amounts[session_id] = amount if inclusive else amount + tax
        return session_id, intent_id

    def _pay(
        self, session_id: str, intent_id: str, customer: Customer, price: Price, quantity: int
    ) -> None:
        if customer.deleted or customer.declined(self._kernel.now):
            self._expire(session_id)
            return
        self._company.payments.charge(
            customer,
            self._amounts.pop(session_id),
            intent_id,
            currency=price.currency,
            country=customer.country,
            session_id=session_id,
        )
        self._kernel.record(CheckoutCompleted(at=self._kernel.now, session_id=session_id))
        if customer.user and not customer.user.gone:
            self._grant(customer.user, price.grant * quantity, intent_id)

    def _pay_guest(self, session_id: str, intent_id: str, country: str, price: Price) -> None:
        self._company.payments.charge(
            None,
            self._amounts.pop(session_id),
            intent_id,
            currency=price.currency,
            country=country,
            session_id=session_id,
        )
        self._kernel.record(CheckoutCompleted(at=self._kernel.now, session_id=session_id))

    def _expire(self, session_id: str) -> None:
        self._amounts.pop(session_id, None)
        self._kernel.record(CheckoutExpired(at=self._kernel.now, session_id=session_id))

    def pack_by_invoice(self, user: User, price: Price, quantity: int) -> None:
        """Staff invoices packs; the card is charged at once."""
        customer = user.customer or self.customer(user)
        if customer.deleted or customer.declined(self._kernel.now):
            return
        now = self._kernel.now
        amount = price.unit_amount_minor * quantity
        ln = bills.line(
            self._kernel.stripe_id("il"), "pack", price, quantity, amount, (now, now), price.name
        )
        ln = self._company.invoices.put_aside(customer, ln)
        invoice = self._company.invoices.draft(customer, None, [], "manual")
        self._company.invoices.finalise(invoice)
        if invoice.status == "open" and self._company.invoices.collect(invoice):
            intent_id = invoice.bill.payment_intent_id
            self._grant(user, price.grant * quantity, str(intent_id))

    def forgotten_draft(self, customer: Customer, price: Price) -> None:
        """Staff begin an invoice that nobody ever finalises."""
        now = self._kernel.now
        amount = price.unit_amount_minor
        ln = bills.line(
            self._kernel.stripe_id("il"), "pack", price, 1, amount, (now, now), price.name
        )
        self._company.invoices.put_aside(customer, ln)
        self._company.invoices.draft(customer, None, [], "manual")

    def _grant(self, user: User, amount: int, intent_id: str) -> None:
        expires = self._kernel.now + PACK_LIFETIME
        self._company.credits.grant(user, amount, "PURCHASE", expires, intent_id)


def _tax(country: str, *, on_top: bool) -> tuple[Decimal, bool]:
    """Return the tax rate of a country and whether prices contain it; some owe none on top."""
    percent, inclusive, _ = TAX_RATES.get(country, (Decimal(0), False, ""))
    return (percent if inclusive or on_top else Decimal(0)), inclusive
