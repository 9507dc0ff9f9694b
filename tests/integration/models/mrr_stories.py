"""Histories of customers as Stripe keeps them.

Each story is one customer of a company first read on 20 November 2026, when Stripe has events of
the last 30 days only: whatever is older is known from invoices and what the objects still say.
"""

from __future__ import annotations

from tests.integration.models.billing import LOAD, Json, Story, discount, epoch, price

PRICES = (
    price("basic", 800),
    price("pro", 2600),
    price("free", 0),
    price("ten", 1000),
    price("yearly", 9600, "year"),
    price("quarterly", 2100, "month", count=3),
    price("weekly", 300, "week"),
    price("euro", 1000, currency="eur", tax_behavior="inclusive"),
)
COUPONS = (
    {
        "id": "HALF",
        "object": "coupon",
        "percent_off": 50,
        "duration": "repeating",
        "duration_in_months": 2,
    },
    {
        "id": "ALL",
        "object": "coupon",
        "percent_off": 100,
        "duration": "repeating",
        "duration_in_months": 1,
    },
    {"id": "ONCE", "object": "coupon", "percent_off": 50, "duration": "once"},
    {
        "id": "THREE",
        "object": "coupon",
        "amount_off": 300,
        "currency": "usd",
        "duration": "forever",
    },
)


def upgraded(story: Story) -> None:
    # From basic to pro within a period: the charge for the new terms names the instant.
    story.subscription("pro", start="08-10")
    story.months(800, "08-10", "09-10", "10-10")
    story.invoice(
        story.line(-400, "09-25 23:59", "10-10", proration=True),
        story.line(1300, "09-25 23:59", "10-10", proration=True, price_id="pro"),
        story.line(2600, "10-10", "11-10", price_id="pro"),
        paid="10-10",
    )


def tried(story: Story) -> None:
    # A trial whose first real invoice is paid two days late.
    story.subscription(start="08-01", trial_start="08-01", trial_end="08-15")
    story.invoice(story.line(0, "08-01", "08-15"), paid="08-01")
    story.invoice(story.line(800, "08-15", "09-15"), paid="08-17")


def never_paid(story: Story) -> None:
    # The first payment never came.
    story.subscription(start="08-01", status="incomplete_expired", ended_at="08-02")
    story.failures(story.invoice(story.line(800, "08-01", "09-01"), paid=None), "08-01")


def recovered(story: Story) -> None:
    # A renewal that fails and is paid twelve days later.
    story.subscription(start="08-01")
    story.months(800, "08-01", "09-01")
    invoice_id = story.invoice(story.line(800, "09-01", "10-01"), paid="09-13", attempt_count=3)
    story.failures(invoice_id, "09-01 11:00", "09-04 11:00")


def left_past_due(story: Story, status: str = "past_due") -> None:
    # Retries are over and it is left past due: patience ends after 30 times 24 hours.
    story.subscription(start="07-01", status=status)
    story.months(800, "07-01", "08-01")
    invoice_id = story.invoice(story.line(800, "08-01", "09-01"), paid=None)
    story.failures(invoice_id, "08-01 11:00", "08-15 11:00")


def unpaid(story: Story) -> None:
    # Stripe gave up long ago: unpaid from the last attempt that failed.
    left_past_due(story, status="unpaid")


def without_card(story: Story) -> None:
    # Nothing to charge leaves no charge behind, only the count of attempts.
    story.subscription(start="07-01", status="past_due")
    story.months(800, "07-01", "08-01")
    story.invoice(story.line(800, "08-01", "09-01"), paid=None, attempt_count=4)


def paused(story: Story) -> None:
    # Two periods whose invoices were voided untried, then one that is paid again.
    story.subscription(start="07-01")
    story.months(800, "07-01", "08-01")
    for start, end in (("08-01", "09-01"), ("09-01", "10-01")):
        story.invoice(story.line(800, start, end), paid=None, status="void", voided=start)
    story.months(800, "10-01", "11-01")


def paused_as_draft(story: Story) -> None:
    # Paused still, its invoices left in draft.
    story.subscription(start="09-05", pause_collection={"behavior": "keep_as_draft"})
    story.months(800, "09-05", "10-05")
    for start, end in (("10-05", "11-05"), ("11-05", "12-05")):
        story.invoice(story.line(800, start, end), paid=None, status="draft")


def cancelled(story: Story) -> None:
    # Asked for in September, over at the end of the period, at midnight sharp.
    story.subscription(
        start="08-01 00:00",
        status="canceled",
        canceled_at="09-10",
        ended_at="10-01 00:00",
        cancellation_details={"reason": "cancellation_requested", "feedback": "unused"},
    )
    story.months(800, "08-01 00:00", "09-01 00:00", "10-01 00:00")


def recreated(story: Story) -> None:
    # One subscription ends and another begins on the same day.
    story.subscription(
        start="08-01", status="canceled", canceled_at="08-20", ended_at="08-20 09:00"
    )
    story.months(800, "08-01", "09-01")
    story.subscription("pro", start="08-20 21:00", sub="two")
    line = story.line(2600, "08-20 21:00", "09-20 21:00", price_id="pro", sub="two", item="two_si")
    story.invoice(line, paid="08-20 21:00", sub="two")


def removed_item(story: Story) -> None:
    # A second item taken away: all that is left of it is the credit.
    credit = story.line(-1300, "08-16", "09-01", item="extra", price_id="pro", proration=True)
    lapsed_item(story, credit)


def lapsed_item(story: Story, *returned: Json) -> None:
    # A second item that left without a trace was there to the end of what was billed.
    story.subscription(start="08-01")
    extra = story.line(2600, "08-01", "09-01", item="extra", price_id="pro")
    story.invoice(story.line(800, "08-01", "09-01"), extra, paid="08-01")
    story.invoice(*returned, story.line(800, "09-01", "10-01"), paid="09-01")


def dearer_at_renewal(story: Story) -> None:
    # A change that nothing proves shows at the next renewal, and is assumed to be of that day.
    story.subscription("pro", start="08-01")
    story.months(800, "08-01", "09-01")
    story.months(2600, "09-01", "10-01", price_id="pro")


def seen_to_change(story: Story) -> None:
    # A change without proration, told by its event.
    story.subscription("basic", 3, start="10-15")
    story.months(800, "10-15", "11-15")
    item = {"id": f"{story.name}_si", "price": {"id": "basic"}, "quantity": 3}
    subscription = {"id": f"{story.name}_sub", "object": "subscription", "customer": story.name}
    obj = {**subscription, "status": "active", "items": {"data": [item]}}
    story.event(
        "customer.subscription.updated",
        "11-01",
        obj,
        {"items": {"data": [{**item, "quantity": 1}]}},
    )


def to_yearly(story: Story) -> None:
    # Another interval begins a new period at once: one credit, one ordinary line.
    story.subscription("yearly", start="08-01")
    story.months(800, "08-01", "09-01")
    story.invoice(
        story.line(-400, "08-16", "09-01", proration=True),
        story.line(9600, "08-16", "12-16", price_id="yearly"),
        paid="08-16",
    )


def to_monthly(story: Story) -> None:
    # From $96 a year to $10 a month: the credit pays the bills to come, so that no cash follows.
    story.subscription("ten", start="08-01")
    story.invoice(story.line(9600, "08-01", "12-01", price_id="yearly"), paid="08-01")
    story.invoice(
        story.line(-7200, "09-16", "12-01", proration=True, price_id="yearly"),
        story.line(1000, "09-16", "10-16", price_id="ten"),
        paid="09-16",
    )


def to_free(story: Story) -> None:
    # Still subscribed, to a plan of nothing.
    story.subscription("free", start="08-01")
    story.months(800, "08-01", "09-01")
    story.months(0, "09-01", "10-01", price_id="free")


def comped(story: Story) -> None:
    # A month given away from the first day, paid for from the second.
    story.subscription(start="08-01")
    gift = discount(f"di_{story.name}", "ALL", "08-01", "09-01", subscription=f"{story.name}_sub")
    story.invoice(story.line(800, "08-01", "09-01"), paid="08-01", total=0, discounts=[gift])
    story.months(800, "09-01", "10-01")


def discounted(story: Story) -> None:
    # Half off for two months, and once more for one bill, which changes nothing.
    story.subscription(start="08-01")
    half = discount(f"di_{story.name}", "HALF", "08-10", "10-10", subscription=f"{story.name}_sub")
    once = discount(f"once_{story.name}", "ONCE", "08-01", subscription=f"{story.name}_sub")
    story.invoice(story.line(800, "08-01", "09-01"), paid="08-01", discounts=[once])
    story.invoice(story.line(800, "09-01", "10-01"), paid="09-01", discounts=[half])


def three_off(story: Story) -> None:
    # A fixed amount of the customer's, shared over two items by what they cost a month.
    fixed = discount(f"di_{story.name}", "THREE", "08-01", customer=story.name, subscription=None)
    story.put(
        "customers", {"id": story.name, "object": "customer", "created": 1, "discount": fixed}
    )
    story.subscription(start="08-01", items=[("a", "basic", 1), ("b", "weekly", 1)])
    story.invoice(
        story.line(800, "08-01", "09-01", item="a"),
        story.line(300, "08-01", "08-08", item="b", price_id="weekly"),
        paid="08-01",
    )


def in_euros(story: Story) -> None:
    # Without the tax inside the price, at the rate of each period's first day.
    story.currency = "eur"
    story.subscription("euro", start="08-01")
    story.invoice(
        story.line(1000, "08-01", "09-01", price_id="euro", inclusive_tax=200), paid="08-01"
    )
    story.invoice(
        story.line(1000, "09-01", "10-01", price_id="euro", inclusive_tax=200), paid="09-01"
    )


def billed_by_mail(story: Story) -> None:
    # Sent, not collected: MRR begins when the first bill is paid, and a later one fails when due.
    sent = {"collection_method": "send_invoice", "attempt_count": 0}
    story.subscription(start="08-01", collection_method="send_invoice")
    story.invoice(story.line(800, "08-01", "09-01"), paid="08-12", due_date=epoch("08-31"), **sent)
    story.invoice(story.line(800, "09-01", "10-01"), paid="10-20", due_date=epoch("10-01"), **sent)


def discount_taken_off(story: Story) -> None:
    # Taken off early: the first bill without it is the only trace.
    fixed = discount(f"di_{story.name}", "THREE", "08-01", subscription=f"{story.name}_sub")
    story.subscription(start="08-01")
    story.invoice(story.line(800, "08-01", "09-01"), paid="08-01", discounts=[fixed])
    story.invoice(story.line(800, "09-01", "10-01"), paid="09-01", discounts=[fixed])
    story.invoice(story.line(800, "10-01", "11-01"), paid="10-01")


def one_of_two_paused(story: Story) -> None:
    # Two subscriptions, one of them paused: its part of the customer's MRR is held back.
    story.subscription("pro", start="08-01", sub="two")
    line = story.line(2600, "08-01", "09-01", price_id="pro", sub="two", item="two_si")
    story.invoice(line, paid="08-01", sub="two")
    story.subscription(start="08-01", pause_collection={"behavior": "void"})
    story.months(800, "08-01", "09-01")
    for start, end in (("09-01", "10-01"), ("10-01", "11-01"), ("11-01", "12-01")):
        story.invoice(story.line(800, start, end), paid=None, status="void", voided=start)


def ended_while_paused(story: Story) -> None:
    # Over before the pause was: a loss of what was held back.
    story.subscription(
        start="07-01",
        status="canceled",
        canceled_at="08-20",
        ended_at="08-20",
        cancellation_details={"reason": "cancellation_requested"},
    )
    story.months(800, "07-01", "08-01")
    story.invoice(story.line(800, "08-01", "09-01"), paid=None, status="void", voided="08-01")


def back_after_patience(story: Story) -> None:
    # Paid after all, ten days too late to have never been gone.
    story.subscription(start="07-01")
    story.months(800, "07-01", "08-01")
    invoice_id = story.invoice(story.line(800, "08-01", "09-01"), paid="09-10", attempt_count=3)
    story.failures(invoice_id, "08-01 11:00", "08-15 11:00")


def deleted(story: Story) -> None:
    # The customer was deleted, which ends everything at once; only the tombstone is left to say so.
    story.subscription(start="08-01", status="canceled", canceled_at="09-05", ended_at="09-05")
    story.months(800, "08-01", "09-01", "10-01")
    tombstone = {"id": story.name, "object": "customer", "deleted": True}
    story.raw.stripe("customers", tombstone, observed_at=story.observed, load_id=LOAD, deleted=True)
