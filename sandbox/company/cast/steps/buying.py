"""Steps that make customers, subscribe them and sell packs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sandbox.company.cast.stage import Actor, Stage
from sandbox.company.state import Price


@dataclass(frozen=True)
class BecomeCustomer:
    """Become a customer at Stripe without buying yet; a second one is linked by metadata only."""

    linked_by: str | None = None
    dangling_user_id: str | None = None
    taxed: bool | None = False
    by_invoice: bool = False

    def play(self, stage: Stage, actor: Actor) -> None:
        """Make the customer."""
        actor.customer = stage.company.shop.customer(
            actor.user,
            country=actor.country,
            linked_by=self.linked_by,
            dangling_user_id=self.dangling_user_id,
            taxed=self.taxed,
        )
        actor.customer.pays_by_invoice = self.by_invoice


@dataclass(frozen=True)
class Start:
    """Subscribe. ``card_back`` (days): the first payment is declined until then."""

    plan: str
    quantity: int = 1
    trial_days: int = 0
    coupons: tuple[str, ...] = ()
    also: tuple[tuple[str, int], ...] = ()
    card_back: float = 0
    scripted: bool = True

    def play(self, stage: Stage, actor: Actor) -> None:
        """Start the subscription."""
        company = stage.company
        if actor.customer is None:
            BecomeCustomer().play(stage, actor)
        customer = actor.buyer
        if self.card_back:
            customer.declines_until = stage.kernel.now + timedelta(days=self.card_back)
        terms = [(company.price(self.plan), self.quantity)]
        terms += [(company.price(key), number) for key, number in self.also]
        sub = company.subscriptions.start(
            customer,
            terms,
            trial=timedelta(days=self.trial_days) if self.trial_days else None,
            coupons=[company.coupon(key) for key in self.coupons],
            scripted=self.scripted,
        )
        actor.subs.append(sub)


@dataclass(frozen=True)
class InlinePrice:
    """Agree on a price for this customer alone (Stripe's ``price_data``)."""

    key: str
    name: str
    unit_amount_minor: int
    interval: str = "month"
    grant: int = 4000

    def play(self, stage: Stage, actor: Actor) -> None:  # noqa: ARG002
        """Publish it, unlisted."""
        price = Price(
            price_id=stage.kernel.stripe_id("price"),
            product_id=stage.kernel.stripe_id("prod"),
            key=self.key,
            name=self.name,
            kind="plan",
            interval=self.interval,
            interval_count=1,
            unit_amount_minor=self.unit_amount_minor,
            currency="usd",
            grant=self.grant,
        )
        stage.company.add_price(price, inline=True)


@dataclass(frozen=True)
class BuyPack:
    """Buy credits at the till, or by an invoice from staff."""

    pack: str
    quantity: int = 1
    by_invoice: bool = False

    def play(self, stage: Stage, actor: Actor) -> None:
        """Buy it."""
        if actor.user is None:
            raise LookupError("only users buy packs")
        shop, price = stage.company.shop, stage.company.price(self.pack)
        if self.by_invoice:
            shop.pack_by_invoice(actor.user, price, self.quantity)
        else:
            shop.buy_pack(actor.user, price, self.quantity, pays=True)
        actor.customer = actor.user.customer


@dataclass(frozen=True)
class DraftInvoice:
    """Staff begin an invoice and forget it."""

    pack: str

    def play(self, stage: Stage, actor: Actor) -> None:
        """Write the draft."""
        stage.company.shop.forgotten_draft(actor.buyer, stage.company.price(self.pack))


@dataclass(frozen=True)
class DeleteCustomer:
    """The customer is deleted at Stripe."""

    def play(self, stage: Stage, actor: Actor) -> None:
        """Delete it."""
        stage.company.shop.delete_customer(actor.buyer)


@dataclass(frozen=True)
class DeleteUser:
    """The user deletes the account in the application."""

    def play(self, stage: Stage, actor: Actor) -> None:
        """Delete it."""
        if actor.user:
            stage.company.visitors.delete_account(actor.user)


@dataclass(frozen=True)
class Exclude:
    """The company lists the account as its own."""

    def play(self, stage: Stage, actor: Actor) -> None:
        """List the user, or the customer if there is no user."""
        account = actor.user.user_id if actor.user else actor.buyer.customer_id
        stage.company.exclude(account, "partner of the company")


@dataclass(frozen=True)
class Gift:
    """Support gives credits that never expire."""

    amount: int

    def play(self, stage: Stage, actor: Actor) -> None:
        """Adjust the balance."""
        if actor.user:
            stage.company.credits.grant(actor.user, self.amount, "ADJUSTMENT", None)
