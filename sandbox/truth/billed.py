"""What was billed and earns revenue over time, and what took billed money back."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.ledger import (
    BillLine,
    ChargeSucceeded,
    CreditNoteIssued,
    Fact,
    InvoiceFinalised,
    InvoicePaid,
    InvoiceUncollectible,
    InvoiceVoided,
    Refunded,
    RefundFailed,
)
from sandbox.truth.calendar import utc_day
from sandbox.truth.credits import PackLot
from sandbox.truth.money import whole_units
from sandbox.truth.packs import Sale, net_of_line
from sandbox.truth.people import People
from sandbox.truth.pricing import in_usd
from sandbox.truth.terms import Terms


@dataclass(frozen=True, slots=True)
class Source:
    """Something billed: a line over ``days`` days from ``first_day``, or a pack's lot.

    A line of 0 days stays deferred. ``document_id`` is the invoice, or the payment intent of a
    pack sold without one, and ``total_minor`` what all of it came to, tax included.
    """

    source_id: str
    stream: str
    customer_key: str | None
    plan_key: str | None
    document_id: str | None
    total_minor: int
    billed_on: date
    first_day: date
    days: int
    net_usd: Decimal
    pack: PackLot | None = None


@dataclass(frozen=True, slots=True)
class Reversal:
    """Money of a document taken back (None: all of it), and the day that was undone."""

    document_id: str
    amount_minor: int | None
    happened_on: date
    undone_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it counts at the end of a day."""
        return self.happened_on <= day and (self.undone_on is None or day < self.undone_on)


def read_sources(
    facts: Sequence[Fact],
    people: People,
    terms: Terms,
    sales: Sequence[Sale],
    packs: Sequence[PackLot],
) -> list[Source]:
    """Collect everything that was billed until now."""
    lines = [
        _line(fact, line, people, terms)
        for fact in facts
        if isinstance(fact, InvoiceFinalised)
        for line in fact.bill.lines
        if line.kind != "pack"
    ]
    return [*lines, *_packs(people, sales, packs)]


def _line(fact: InvoiceFinalised, line: BillLine, people: People, terms: Terms) -> Source:
    first, end = utc_day(line.period_start), utc_day(line.period_end)
    rate = terms.usd_per_unit(fact.bill.currency, first)
    return Source(
        source_id=line.line_id,
        stream="subscription" if line.subscription_id or line.item_id else "other",
        customer_key=people.key_of.get(fact.bill.customer_id),
        plan_key=line.price_id,
        document_id=fact.bill.invoice_id,
        total_minor=fact.bill.total_minor,
        billed_on=utc_day(fact.at),
        first_day=first,
        days=max(1, (end - first).days),
        net_usd=in_usd(whole_units(net_of_line(line), fact.bill.currency), rate),
    )


def _packs(people: People, sales: Sequence[Sale], packs: Sequence[PackLot]) -> Iterator[Source]:
    """Packs earn as their credits go; one that brought nobody credits, at once, if paid."""
    lots: dict[str | None, list[PackLot]] = defaultdict(list)
    for pack in packs:
        lots[pack.lot.payment_intent_id].append(pack)
    for sale in sales:
        of_sale = lots[sale.payment_intent_id] if sale.is_paid and sale.payment_intent_id else []
        document = sale.invoice_id or sale.payment_intent_id
        for pack in of_sale:
            user = pack.lot.user_id
            known = user if user in people.known_users else None
            yield Source(
                pack.lot.lot_id, "pack", sale.customer_key or known, sale.price_id, document,
                sale.total_minor, sale.sold_on, utc_day(pack.lot.granted_at), 0,
                pack.price_usd, pack,
            )  # fmt: skip
        if not of_sale:
            yield Source(
                sale.sale_id, "pack", sale.customer_key, sale.price_id, document,
                sale.total_minor, sale.sold_on, sale.sold_on, int(sale.is_paid), sale.net_usd,
            )  # fmt: skip


def read_reversals(facts: Sequence[Fact], last: date) -> list[Reversal]:
    """Collect refunds, credit notes, voids and invoices given up, until the last day."""
    charges = {fact.charge_id: fact for fact in facts if isinstance(fact, ChargeSucceeded)}
    failed = {fact.refund_id: utc_day(fact.at) for fact in facts if isinstance(fact, RefundFailed)}
    found: list[Reversal] = []
    for fact in facts:
        day = utc_day(fact.at)
        match fact:
            case Refunded():
                charge = charges[fact.charge_id]
                document = charge.invoice_id or charge.payment_intent_id
                undone = failed.get(fact.refund_id)
                found.append(Reversal(document, fact.amount_minor, day, undone))
            case CreditNoteIssued(refund_id=None):
                found.append(Reversal(fact.invoice_id, fact.amount_minor, day, None))
            case InvoiceVoided():
                found.append(Reversal(fact.invoice_id, None, day, None))
            case InvoiceUncollectible():
                open_minor, paid_on = _open_then(facts, fact)
                found.append(Reversal(fact.invoice_id, open_minor, day, paid_on))
            case _:
                pass
    return [one for one in found if one.happened_on <= last and one.happened_on != one.undone_on]


def _open_then(facts: Sequence[Fact], given_up: InvoiceUncollectible) -> tuple[int, date | None]:
    """Return what was open when an invoice was given up, and when it was paid after all."""
    open_minor, paid_on = 0, None
    for fact in facts:
        match fact:
            case InvoiceFinalised(bill=bill) if bill.invoice_id == given_up.invoice_id:
                open_minor = bill.due_minor
            case CreditNoteIssued() if (
                fact.invoice_id == given_up.invoice_id and fact.at <= given_up.at
            ):
                open_minor -= fact.amount_minor
            case InvoicePaid() if fact.invoice_id == given_up.invoice_id:
                paid_on = utc_day(fact.at)
            case _:
                pass
    return open_minor, paid_on
