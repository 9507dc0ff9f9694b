"""From facts to Stripe: which renderer shows which fact."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sandbox import ledger as facts
from sandbox.rendering.balance import BalanceRenderer
from sandbox.rendering.catalog import CatalogRenderer
from sandbox.rendering.credit_notes import CreditNoteRenderer
from sandbox.rendering.customers import CustomerRenderer
from sandbox.rendering.desk import Desk, epoch
from sandbox.rendering.invoices import InvoiceRenderer
from sandbox.rendering.payments import PaymentRenderer
from sandbox.rendering.reversals import ReversalRenderer
from sandbox.rendering.shapes.account import account
from sandbox.rendering.subscriptions import SubscriptionRenderer
from sandbox.stripe_api import ObjectStore

ACCOUNT_ID = "acct_1SandboxTakeframe"

Handler = Callable[[Any], None]
Handlers = dict[type[facts.Fact], Handler]


class StripeRenderer:
    """Fills an object store with what Stripe would hold of the company.

    Args:
        store: where the objects go; its clock must be at the end of the facts to come, so that
            events too old to be kept are not rendered.
        opened: when the account was created.
    """

    def __init__(self, store: ObjectStore, opened: datetime) -> None:
        self._desk = desk = Desk(store)
        desk.put(account(ACCOUNT_ID, epoch(opened)))
        self._balance = balance = BalanceRenderer(desk)
        self._handlers: Handlers = {
            **_sales(desk),
            **_subscriptions(desk),
            **_money(desk),
            **_balance(balance),
        }

    def render(self, news: Iterable[facts.Fact], until: datetime) -> None:
        """Show further facts, in order, and the balance at ``until``."""
        for fact in news:
            handler = self._handlers.get(type(fact))
            if handler:
                self._desk.at(fact.at)
                handler(fact)
        self._balance.settle(until)
        self._desk.clear()


def _sales(desk: Desk) -> Handlers:
    catalog, customers = CatalogRenderer(desk), CustomerRenderer(desk)
    return {
        facts.PricePublished: catalog.price,
        facts.CouponPublished: catalog.coupon,
        facts.PromotionCodePublished: catalog.promotion_code,
        facts.TaxRatePublished: catalog.tax_rate,
        facts.StripeCustomerCreated: customers.created,
        facts.StripeCustomerDeleted: customers.deleted,
        facts.DiscountApplied: customers.discounted,
        facts.DiscountEnded: customers.undiscounted,
    }


def _subscriptions(desk: Desk) -> Handlers:
    subs = SubscriptionRenderer(desk)
    return {
        facts.SubscriptionCreated: subs.created,
        facts.SubscriptionActivated: subs.activated,
        facts.TrialEnded: subs.trial_ended,
        facts.IncompleteExpired: subs.expired,
        facts.PeriodStarted: subs.period,
        facts.ItemChanged: subs.item_changed,
        facts.ItemAdded: subs.item_added,
        facts.ItemRemoved: subs.item_removed,
        facts.CancelRequested: subs.cancel_requested,
        facts.CancelRescinded: subs.cancel_rescinded,
        facts.SubscriptionEnded: subs.ended,
        facts.SubscriptionPaused: subs.paused,
        facts.SubscriptionResumed: subs.resumed,
        facts.PaymentAttemptFailed: subs.attempt_failed,
        facts.SubscriptionRecovered: subs.recovered,
        facts.SubscriptionUnpaid: subs.unpaid,
    }


def _money(desk: Desk) -> Handlers:
    invoices, notes = InvoiceRenderer(desk), CreditNoteRenderer(desk)
    payments, reversals = PaymentRenderer(desk), ReversalRenderer(desk)
    return {
        facts.InvoiceItemAdded: invoices.item_added,
        facts.InvoiceDrafted: invoices.drafted,
        facts.InvoiceFinalised: invoices.finalised,
        facts.InvoicePaid: invoices.paid,
        facts.InvoiceVoided: invoices.voided,
        facts.InvoiceUncollectible: invoices.uncollectible,
        facts.CreditNoteIssued: notes.credit_note,
        facts.CheckoutOpened: payments.opened,
        facts.CheckoutCompleted: payments.completed,
        facts.CheckoutExpired: payments.expired,
        facts.ChargeSucceeded: payments.succeeded,
        facts.ChargeFailed: payments.failed,
        facts.Refunded: reversals.refunded,
        facts.RefundFailed: reversals.refund_failed,
        facts.DisputeOpened: reversals.disputed,
        facts.DisputeClosed: reversals.dispute_closed,
    }


def _balance(balance: BalanceRenderer) -> Handlers:
    return {
        facts.BalanceMovement: balance.moved,
        facts.PayoutSent: balance.sent,
        facts.PayoutArrived: balance.arrived,
        facts.PayoutFailed: balance.failed,
    }
