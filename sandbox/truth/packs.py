"""Packs of credits as they were sold: by whom, for how much net of tax, on which day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sandbox.ledger import (
    BillLine,
    ChargeSucceeded,
    CheckoutOpened,
    Fact,
    InvoiceFinalised,
    InvoicePaid,
)
from sandbox.truth.calendar import utc_day
from sandbox.truth.money import whole_units
from sandbox.truth.people import People
from sandbox.truth.pricing import in_usd
from sandbox.truth.terms import Terms


@dataclass(frozen=True, slots=True)
class Sale:
    """A pack, or several of one kind, sold at once.

    ``sale_id`` is the checkout session or the line of the invoice. ``total_minor`` is what the
    whole document came to, tax included: a refund of a part of it takes that part back.
    """

    sale_id: str
    payment_intent_id: str | None
    invoice_id: str | None
    customer_key: str | None
    price_id: str | None
    sold_on: date
    is_paid: bool
    total_minor: int
    net_usd: Decimal


def read_sales(facts: Sequence[Fact], people: People, terms: Terms) -> list[Sale]:
    """Collect the packs sold until now: paid at the till, or on a final invoice."""
    return [*_at_the_till(facts, people, terms), *_by_invoice(facts, people, terms)]


def net_of_line(line: BillLine) -> int:
    """Return what a line comes to after discounts and without any tax, in minor units."""
    tax_within = line.tax_minor if line.tax_inclusive else 0
    return line.amount_minor - sum(amount for _, amount in line.discounts) - tax_within


def _at_the_till(facts: Sequence[Fact], people: People, terms: Terms) -> Iterator[Sale]:
    opened = {fact.session_id: fact for fact in facts if isinstance(fact, CheckoutOpened)}
    for fact in facts:
        if isinstance(fact, ChargeSucceeded) and fact.session_id:
            session = opened[fact.session_id]
            net = whole_units(session.amount_minor - session.tax_minor, session.currency)
            day = utc_day(fact.at)
            yield Sale(
                sale_id=session.session_id,
                payment_intent_id=session.payment_intent_id,
                invoice_id=None,
                customer_key=people.key_of.get(session.customer_id or ""),
                price_id=session.price_id,
                sold_on=day,
                is_paid=True,
                total_minor=session.amount_minor,
                net_usd=_usd(net, session.currency, day, terms),
            )


def _by_invoice(facts: Sequence[Fact], people: People, terms: Terms) -> Iterator[Sale]:
    paid = {fact.invoice_id for fact in facts if isinstance(fact, InvoicePaid)}
    for fact in facts:
        if isinstance(fact, InvoiceFinalised):
            bill, day = fact.bill, utc_day(fact.at)
            for line in bill.lines:
                if line.kind == "pack":
                    net = whole_units(net_of_line(line), bill.currency)
                    yield Sale(
                        sale_id=line.line_id,
                        payment_intent_id=bill.payment_intent_id,
                        invoice_id=bill.invoice_id,
                        customer_key=people.key_of.get(bill.customer_id),
                        price_id=line.price_id,
                        sold_on=day,
                        is_paid=bill.invoice_id in paid,
                        total_minor=bill.total_minor,
                        net_usd=_usd(net, bill.currency, day, terms),
                    )


def _usd(net: Fraction, currency: str, day: date, terms: Terms) -> Decimal:
    return in_usd(net, terms.usd_per_unit(currency, day))
