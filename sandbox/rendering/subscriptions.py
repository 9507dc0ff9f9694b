"""Subscriptions and their items."""

from sandbox.ledger import (
    CancelRequested,
    CancelRescinded,
    IncompleteExpired,
    ItemAdded,
    ItemChanged,
    ItemRemoved,
    PaymentAttemptFailed,
    PeriodStarted,
    SubscriptionActivated,
    SubscriptionCreated,
    SubscriptionEnded,
    SubscriptionPaused,
    SubscriptionRecovered,
    SubscriptionResumed,
    SubscriptionUnpaid,
    TrialEnded,
)
from sandbox.rendering.catalog import plan_of
from sandbox.rendering.desk import Desk, epoch
from sandbox.rendering.shapes import Json
from sandbox.rendering.shapes.billing import SUBSCRIPTION, SUBSCRIPTION_ITEM
from sandbox.rendering.shapes.payments import SETUP_INTENT

_REASONS = {
    "request": "cancellation_requested",
    "payment_failed": "payment_failed",
    "payment_disputed": "payment_disputed",
    "deletion": None,
}
_NO_DETAILS = SUBSCRIPTION["cancellation_details"]


class SubscriptionRenderer:
    """What runs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def created(self, fact: SubscriptionCreated) -> None:
        """Show a subscription; its items' periods follow at the same instant."""
        now = epoch(fact.at)
        trial_end = epoch(fact.trial_ends_at) if fact.trial_ends_at else None
        items = [
            self._item(fact.subscription_id, i.item_id, i.price_id, i.quantity, now)
            for i in fact.items
        ]
        self._desk.create(
            {
                **SUBSCRIPTION,
                "id": fact.subscription_id,
                "billing_cycle_anchor": trial_end or now,
                "collection_method": fact.collection,
                "created": now,
                "currency": fact.currency,
                "customer": fact.customer_id,
                "days_until_due": 30 if fact.collection == "send_invoice" else None,
                "items": _listed(fact.subscription_id, items),
                "start_date": now,
                "status": fact.status,
                "trial_end": trial_end,
                "trial_start": now if trial_end else None,
            }
        )
        if trial_end:
            self._set_up_card(fact.subscription_id, fact.customer_id, now)

    def _set_up_card(self, subscription_id: str, customer_id: str, now: int) -> None:
        """Show the card being kept for when the trial ends: a trial begins with no payment."""
        customer = self._desk.get("customer", customer_id)
        intent_id = f"seti_{subscription_id[4:]}"
        self._desk.create(
            {
                **SETUP_INTENT,
                "id": intent_id,
                "client_secret": f"{intent_id}_secret_sandbox",
                "created": now,
                "customer": customer_id,
                "payment_method": customer["invoice_settings"]["default_payment_method"],
                "status": "succeeded",
            },
            "setup_intent.created",
            "setup_intent.succeeded",
        )

    def _item(
        self, subscription_id: str, item_id: str, price_id: str, quantity: int, now: int
    ) -> Json:
        price = self._price(price_id)
        return {
            **SUBSCRIPTION_ITEM,
            "id": item_id,
            "created": now,
            "current_period_end": now,
            "current_period_start": now,
            "plan": plan_of(price),
            "price": price,
            "quantity": quantity,
            "subscription": subscription_id,
        }

    def _price(self, price_id: str) -> Json:
        price = self._desk.get("price", price_id)
        return {name: value for name, value in price.items() if not name.startswith("_")}

    # -- items -----------------------------------------------------------------------------------

    def period(self, fact: PeriodStarted) -> None:
        """Show an item's new period."""
        self._change_item(
            fact.subscription_id,
            fact.item_id,
            current_period_start=epoch(fact.start),
            current_period_end=epoch(fact.end),
            billed_until=epoch(fact.end),
        )

    def item_changed(self, fact: ItemChanged) -> None:
        """Another price or quantity; another interval moves the billing anchor."""
        price = self._price(fact.price_id)
        old = self._price(fact.old_price_id)
        self._change_item(
            fact.subscription_id,
            fact.item_id,
            price=price,
            plan=plan_of(price),
            quantity=fact.quantity,
        )
        if price["recurring"] != old["recurring"]:
            self._desk.change(
                "subscription", fact.subscription_id, billing_cycle_anchor=epoch(fact.at)
            )

    def item_added(self, fact: ItemAdded) -> None:
        """One more item; its period follows."""
        terms = fact.item
        item = self._item(
            fact.subscription_id, terms.item_id, terms.price_id, terms.quantity, epoch(fact.at)
        )
        self._set_items(fact.subscription_id, [*self._items(fact.subscription_id), item])

    def item_removed(self, fact: ItemRemoved) -> None:
        """One item less: nothing but its invoice lines is left of it."""
        items = self._items(fact.subscription_id)
        self._set_items(fact.subscription_id, [i for i in items if i["id"] != fact.item_id])

    def _items(self, subscription_id: str) -> list[Json]:
        items: list[Json] = self._desk.get("subscription", subscription_id)["items"]["data"]
        return items

    def _change_item(self, subscription_id: str, item_id: str, **fields: object) -> None:
        items = [
            {**item, **fields} if item["id"] == item_id else item
            for item in self._items(subscription_id)
        ]
        self._set_items(subscription_id, items)

    def _set_items(self, subscription_id: str, items: list[Json]) -> None:
        self._desk.change("subscription", subscription_id, items=_listed(subscription_id, items))

    # -- status ----------------------------------------------------------------------------------

    def activated(self, fact: SubscriptionActivated) -> None:
        """Paid for: an incomplete subscription is active now."""
        if self._desk.get("subscription", fact.subscription_id)["status"] == "incomplete":
            self._status(fact.subscription_id, "active")

    def trial_ended(self, fact: TrialEnded) -> None:
        """Show a converting trial as active, paid or not."""
        self._status(fact.subscription_id, "active")

    def expired(self, fact: IncompleteExpired) -> None:
        """Never paid."""
        self._desk.change(
            "subscription",
            fact.subscription_id,
            status="incomplete_expired",
            ended_at=epoch(fact.at),
        )

    def attempt_failed(self, fact: PaymentAttemptFailed) -> None:
        """Show a declined renewal as past due, and when Stripe will try again."""
        again = epoch(fact.next_attempt_at) if fact.next_attempt_at else None
        self._desk.change("invoice", fact.invoice_id, next_payment_attempt=again)
        if fact.opens_spell:
            self._status(fact.subscription_id, "past_due")
            self._delinquent(fact.subscription_id, delinquent=True)

    def recovered(self, fact: SubscriptionRecovered) -> None:
        """Everything is paid again."""
        self._status(fact.subscription_id, "active")
        self._delinquent(fact.subscription_id, delinquent=False)

    def unpaid(self, fact: SubscriptionUnpaid) -> None:
        """Stripe has given up."""
        self._status(fact.subscription_id, "unpaid")

    def _status(self, subscription_id: str, status: str) -> None:
        self._desk.change("subscription", subscription_id, status=status)

    def _delinquent(self, subscription_id: str, *, delinquent: bool) -> None:
        customer_id = self._desk.get("subscription", subscription_id)["customer"]
        self._desk.change("customer", customer_id, delinquent=delinquent)

    def paused(self, fact: SubscriptionPaused) -> None:
        """Show collection paused; the status stays what it is."""
        self._desk.change(
            "subscription",
            fact.subscription_id,
            pause_collection={"behavior": "void", "resumes_at": None},
        )

    def resumed(self, fact: SubscriptionResumed) -> None:
        """Show that collection goes on."""
        self._desk.change("subscription", fact.subscription_id, pause_collection=None)

    def cancel_requested(self, fact: CancelRequested) -> None:
        """``canceled_at`` is the request, not the end."""
        at_end = fact.effective_at > fact.at
        self._desk.change(
            "subscription",
            fact.subscription_id,
            cancel_at=epoch(fact.effective_at) if at_end else None,
            cancel_at_period_end=at_end,
            canceled_at=epoch(fact.at),
            cancellation_details={
                **_NO_DETAILS,
                "feedback": fact.feedback,
                "reason": "cancellation_requested",
            },
        )

    def cancel_rescinded(self, fact: CancelRescinded) -> None:
        """Nothing is left of the request."""
        self._desk.change(
            "subscription",
            fact.subscription_id,
            cancel_at=None,
            cancel_at_period_end=False,
            canceled_at=None,
            cancellation_details=_NO_DETAILS,
        )

    def ended(self, fact: SubscriptionEnded) -> None:
        """Over."""
        old = self._desk.get("subscription", fact.subscription_id)
        details = {**old["cancellation_details"], "reason": _REASONS[fact.cause]}
        self._desk.change(
            "subscription",
            fact.subscription_id,
            "customer.subscription.deleted",
            status="canceled",
            canceled_at=old["canceled_at"] or epoch(fact.at),
            ended_at=epoch(fact.at),
            cancellation_details=details,
        )


def _listed(subscription_id: str, items: list[Json]) -> Json:
    return {
        "object": "list",
        "data": items,
        "has_more": False,
        "url": f"/v1/subscription_items?subscription={subscription_id}",
    }
