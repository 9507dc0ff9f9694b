"""What the company remembers while time passes: customers, subscriptions, open invoices."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sandbox.ledger import Bill, BillLine


@dataclass(eq=False)
class Price:
    """A price as published."""

    price_id: str
    product_id: str
    key: str
    name: str
    kind: str
    interval: str | None
    interval_count: int
    unit_amount_minor: int
    currency: str
    grant: int


@dataclass(eq=False)
class Coupon:
    """A coupon as published."""

    coupon_id: str
    percent_off: Decimal | None
    amount_off_minor: int | None
    duration: str
    duration_months: int | None
    promotion_code_id: str | None = None


@dataclass(eq=False)
class Discount:
    """A coupon at work."""

    discount_id: str
    coupon: Coupon
    starts_at: datetime
    ends_at: datetime | None
    spent: bool = False

    def in_force(self, moment: datetime) -> bool:
        """Whether a bill of this moment gets the discount."""
        return not self.spent and (self.ends_at is None or moment < self.ends_at)


@dataclass(eq=False)
class User:
    """A user of the application. ``rng`` decides everything about this one and nobody else."""

    user_id: str
    index: int
    country: str
    role: str
    rng: random.Random
    customers: list[Customer] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    appetite: float = 1.0
    gone: bool = False
    watching: bool = False

    @property
    def customer(self) -> Customer | None:
        """The customer that ``User.stripeCustomerId`` names."""
        return self.customers[0] if self.customers else None


@dataclass(eq=False)
class Lot:
    """Credits of one grant or purchase that are left, and until when."""

    credits: int
    expires_at: datetime | None
    granted_at: datetime
    number: int
    payment_intent_id: str | None = None


@dataclass(eq=False)
class Customer:
    """A customer at Stripe. ``declines_until``: until then every charge fails."""

    customer_id: str
    user: User | None
    country: str
    currency: str
    tax_rate_id: str | None
    tax_percent: Decimal
    tax_inclusive: bool
    rng: random.Random
    balance_minor: int = 0
    pays_by_invoice: bool = False
    deleted: bool = False
    declines_until: datetime | None = None
    discounts: list[Discount] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    pending: list[BillLine] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)

    def declined(self, now: datetime) -> bool:
        """Whether the card fails at this instant."""
        return self.declines_until is not None and now < self.declines_until


@dataclass(eq=False)
class Item:
    """An item of a subscription, and the bill lines that paid for its running period."""

    item_id: str
    price: Price
    quantity: int
    period_start: datetime
    period_end: datetime
    billed: list[tuple[str, str]] = field(default_factory=list)


@dataclass(eq=False)
class Subscription:
    """A subscription. ``cycle`` changes whenever a planned renewal is no longer valid."""

    subscription_id: str
    customer: Customer
    status: str
    items: list[Item]
    anchor: datetime
    period: int = 0
    cycle: int = 0
    created_at: datetime | None = None
    trial_ends_at: datetime | None = None
    activated: bool = False
    paused: bool = False
    cancels_at_end: bool = False
    scripted: bool = False
    terminal: str = "cancel"
    failing_since: datetime | None = None
    next_terms: tuple[Item, Price, int] | None = None
    discounts: list[Discount] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    open_invoices: list[Invoice] = field(default_factory=list)
    draft: Invoice | None = None

    @property
    def item(self) -> Item:
        """The main item."""
        return self.items[0]

    @property
    def newest(self) -> Invoice | None:
        """The latest invoice that is final: by it Stripe judges whether anything is past due."""
        return next((one for one in reversed(self.invoices) if one.status != "draft"), None)

    @property
    def live(self) -> bool:
        """Whether it has not ended."""
        return self.status not in {"canceled", "incomplete_expired"}

    @property
    def healthy(self) -> bool:
        """Whether it runs undisturbed, so that its customer may change something."""
        return (
            self.status == "active"
            and self.activated
            and not (self.paused or self.cancels_at_end or self.draft or self.next_terms)
        )


@dataclass(eq=False)
class Invoice:
    """An invoice on its way. ``status`` as Stripe's."""

    bill: Bill
    customer: Customer
    subscription: Subscription | None
    status: str = "draft"
    attempts: int = 0
    remaining_minor: int = 0
    charges: list[Charge] = field(default_factory=list)
    trial: bool = False


@dataclass(eq=False)
class Charge:
    """A charge that succeeded."""

    charge_id: str
    payment_intent_id: str
    customer: Customer | None
    amount_minor: int
    currency: str
    invoice: Invoice | None
    refunded_minor: int = 0
    disputed: bool = False
