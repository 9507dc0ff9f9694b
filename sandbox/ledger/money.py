"""Facts about bills, payments and the balance at Stripe. Amounts are in minor units."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sandbox.ledger.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of a bill.

    ``kind``: ``subscription`` (a regular period), ``proration_credit``, ``proration_charge``,
    ``pack`` or ``other``. ``amount_minor`` is before discounts (negative for credits) and
    contains ``tax_minor`` if ``tax_inclusive``. ``discounts`` are pairs (discount id, amount).
    ``credited`` are pairs (bill id, line id) which a proration credit gives back.
    """

    line_id: str
    kind: str
    price_id: str | None
    quantity: int
    unit_amount_minor: int
    amount_minor: int
    discounts: tuple[tuple[str, int], ...]
    tax_minor: int
    tax_inclusive: bool
    tax_rate_id: str | None
    subscription_id: str | None
    item_id: str | None
    period_start: datetime
    period_end: datetime
    description: str
    invoice_item_id: str | None = None
    credited: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An invoice's content: ``total = subtotal - discount + exclusive tax``.

    ``subtotal_minor`` is the sum of the lines' amounts, ``tax_minor`` all tax (inclusive too).
    ``starting_balance_minor``/``ending_balance_minor`` are the customer's balance before and
    after (negative: the customer has credit); ``due_minor`` is what is left to pay.
    """

    invoice_id: str
    number: str
    customer_id: str
    subscription_id: str | None
    currency: str
    reason: str
    lines: tuple[BillLine, ...]
    subtotal_minor: int
    discount_minor: int
    tax_minor: int
    exclusive_tax_minor: int
    total_minor: int
    starting_balance_minor: int
    ending_balance_minor: int
    due_minor: int
    period_start: datetime
    period_end: datetime
    payment_intent_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceItemAdded(Fact):
    """Something to bill was put aside for a customer's next invoice, or for ``invoice_id``."""

    line: BillLine
    customer_id: str
    currency: str
    invoice_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDrafted(Fact):
    """An invoice exists as a draft, which is evidence of nothing yet."""

    bill: Bill


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFinalised(Fact):
    """The invoice is final: its lines count. ``due_at``: sent by mail, to be paid by then."""

    bill: Bill
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePaid(Fact):
    """The invoice is paid.

    By ``charge_id``, out of band (``out_of_band``), or, with ``amount_minor`` 0, by nothing.
    """

    invoice_id: str
    amount_minor: int
    charge_id: str | None
    out_of_band: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceVoided(Fact):
    """The invoice never was."""

    invoice_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceUncollectible(Fact):
    """The company no longer expects the money."""

    invoice_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteIssued(Fact):
    """Part of a finalised invoice is taken back.

    ``refund_id`` is the refund that carries it (after payment), or None (before payment: it
    lowers what is due). ``line_amounts`` are pairs (line id, amount), net of discount, with tax.
    """

    credit_note_id: str
    invoice_id: str
    amount_minor: int
    tax_minor: int
    line_amounts: tuple[tuple[str, int], ...]
    refund_id: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutOpened(Fact):
    """A customer (None: a guest) is at the till for one-off packs.

    ``amount_minor`` is what is to pay, tax included whether or not it was in the price.
    """

    session_id: str
    payment_intent_id: str
    customer_id: str | None
    country: str
    price_id: str
    quantity: int
    currency: str
    amount_minor: int
    tax_minor: int
    tax_inclusive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutCompleted(Fact):
    """The session's payment succeeded (its ``ChargeSucceeded`` came just before)."""

    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutExpired(Fact):
    """Nobody paid."""

    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAttempted(Fact):
    """Money was asked for: base of success and failure. ``country`` is the card's."""

    charge_id: str
    payment_intent_id: str
    customer_id: str | None
    invoice_id: str | None
    session_id: str | None
    amount_minor: int
    currency: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeSucceeded(ChargeAttempted):
    """The charge went through; ``movement_id`` is its ``BalanceMovement``."""

    movement_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFailed(ChargeAttempted):
    """The charge was declined, with Stripe's ``failure_code``."""

    failure_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded(Fact):
    """A charge was given back, in part or whole (amount in the charge's currency)."""

    refund_id: str
    charge_id: str
    amount_minor: int
    reason: str
    movement_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(Fact):
    """The refund did not arrive: the money is back (``movement_id``)."""

    refund_id: str
    movement_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(Fact):
    """The cardholder's bank took the money back, with a fee."""

    dispute_id: str
    charge_id: str
    amount_minor: int
    reason: str
    movement_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeClosed(Fact):
    """The dispute was ``won`` (the money is back: ``movement_id``) or ``lost``."""

    dispute_id: str
    won: bool
    movement_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeePart:
    """A part of a balance movement's fee; ``type`` as Stripe's ``fee_details`` name it."""

    type: str
    amount_minor: int
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceMovement(Fact):
    """A movement of the balance at Stripe: ``net = amount - fee``, in settlement currency.

    ``category`` is Stripe's reporting category, ``type`` its transaction type, ``source_id``
    the charge, refund, dispute or payout behind it (None for Stripe's own fees).
    ``exchange_rate``: from the currency of the payment, where it was converted.
    """

    movement_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    category: str
    type: str
    source_id: str | None
    available_on: datetime
    fee_parts: tuple[FeePart, ...]
    exchange_rate: Decimal | None
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutSent(Fact):
    """An automatic payout left; ``movement_ids`` are the movements it pays out."""

    payout_id: str
    currency: str
    amount_minor: int
    arrives_at: datetime
    movement_id: str
    movement_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutArrived(Fact):
    """The bank has the money."""

    payout_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutFailed(Fact):
    """The bank sent the money back (``movement_id``)."""

    payout_id: str
    movement_id: str
