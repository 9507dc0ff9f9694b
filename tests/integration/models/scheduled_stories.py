"""What customers agreed on for later, as Stripe's subscription schedules keep it.

Told of the company of `mrr_stories.py`, and like there first read on 20 November 2026.
"""

from __future__ import annotations

from tests.integration.models.billing import Story, discount, epoch, phase

MONTHS = ("08-01", "09-01", "10-01", "11-01")


def downgraded_later(story: Story) -> None:
    # Agreed on in September, for December: until then it costs what it cost.
    story.subscription("pro", start="08-01")
    story.months(2600, *MONTHS, "12-01", price_id="pro")
    story.schedule(phase("08-01", "pro"), phase("12-01", "basic"), created="09-15")


def downgraded(story: Story) -> None:
    # Agreed on in August, and so it came in October, at the end of a period.
    story.subscription("basic", start="08-01")
    story.months(2600, "08-01", "09-01", "10-01", price_id="pro")
    story.months(800, "10-01", "11-01", "12-01")
    story.schedule(phase("08-01", "pro"), phase("10-01", "basic"), created="08-15")


def split_in_two(story: Story) -> None:
    # One plan becomes two, so what leaves the one joins both.
    story.subscription("pro", start="08-01")
    story.months(2600, *MONTHS, "12-01", price_id="pro")
    both = phase("12-01", "ten")
    both["items"].append({"price": "basic", "quantity": 1, "discounts": []})
    story.schedule(phase("08-01", "pro"), both, created="10-15")


def signed(story: Story) -> None:
    # Signed in October, to start in December.
    story.schedule(phase("12-05", "basic", 2), created="10-10", sub=None)


def signed_and_withdrawn(story: Story) -> None:
    # Signed in August, for December, and withdrawn in October.
    story.schedule(
        phase("12-05", "basic"),
        created="08-12",
        sub=None,
        status="canceled",
        canceled="10-12",
    )


def signed_for_a_trial(story: Story) -> None:
    # Nobody knows whether a trial will be paid for.
    trial = phase("12-05", "basic", trial_end="12-19")
    story.schedule(trial, phase("12-19", "basic"), created="10-10", sub=None)


def released(story: Story) -> None:
    # A downgrade that was called off: the schedule let the subscription go on without it.
    story.subscription("pro", start="08-01")
    story.months(2600, *MONTHS, "12-01", price_id="pro")
    story.schedule(
        phase("08-01", "pro"),
        phase("12-01", "basic"),
        created="08-20",
        sub=None,
        released_subscription=f"{story.name}_sub",
        status="released",
        released="10-05",
    )


def for_a_term(story: Story) -> None:
    # It ends with its schedule, which was made in September.
    story.subscription("basic", start="08-01")
    story.months(800, *MONTHS, "12-01")
    story.schedule(phase("08-01", "basic"), created="09-10", end_behavior="cancel")


def changed_their_mind(story: Story) -> None:
    # What was to become of it was another thing before November: its first event says what.
    story.subscription("pro", start="08-01")
    story.months(2600, *MONTHS, "12-01", price_id="pro")
    now = phase("08-01", "pro")
    schedule = story.schedule(now, phase("12-01", "ten"), created="10-02")
    before = {"phases": [now, phase("12-01", "basic")]}
    story.event("subscription_schedule.updated", "11-05", schedule, before)


def leaves_instead(story: Story) -> None:
    # Whoever wants to leave is not kept by what was agreed before.
    story.subscription("pro", start="08-01", cancel_at_period_end=True, canceled_at="10-20")
    story.months(2600, *MONTHS, "12-01", price_id="pro")
    story.schedule(phase("08-01", "pro"), phase("12-01", "basic"), created="08-15")


def paused_meanwhile(story: Story) -> None:
    # Nothing is paid, and what is scheduled does not change that.
    story.subscription("pro", start="08-01", pause_collection={"behavior": "void"})
    story.months(2600, "08-01", "09-01", price_id="pro")
    for start, end in (("09-01", "10-01"), ("10-01", "11-01"), ("11-01", "12-01")):
        line = story.line(2600, start, end, price_id="pro")
        story.invoice(line, paid=None, status="void", voided=start)
    story.schedule(phase("08-01", "pro"), phase("12-01", "basic"), created="08-15")


def dearer_with_a_coupon(story: Story) -> None:
    # To a year at half the price for two months; another coupon for one bill is no matter.
    story.subscription("basic", start="08-01")
    story.months(800, *MONTHS, "12-01")
    coupons = [{"coupon": "HALF"}, {"coupon": "ONCE"}]
    year = phase("12-01", "yearly", 3, discounts=coupons)
    story.schedule(phase("08-01", "basic"), year, created="09-15")


def with_the_customers_coupon(story: Story) -> None:
    # A phase without a coupon of its own has the customer's.
    fixed = discount(f"di_{story.name}", "THREE", "08-01", customer=story.name, subscription=None)
    story.put(
        "customers", {"id": story.name, "object": "customer", "created": 1, "discount": fixed}
    )
    story.subscription("pro", start="08-01")
    story.months(2600, *MONTHS, "12-01", price_id="pro")
    story.schedule(phase("08-01", "pro"), phase("12-01", "basic"), created="10-15")


def more_in_euros(story: Story) -> None:
    # At the rate of the period that runs, and without the tax that is inside its price.
    story.currency = "eur"
    story.subscription("euro", start="08-01")
    for start, end in (("08-01", "09-01"), ("09-01", "10-01"), ("10-01", "11-01")):
        line = story.line(1000, start, end, price_id="euro", inclusive_tax=200)
        story.invoice(line, paid=start)
    one = phase("08-01", "euro", currency="eur")
    story.schedule(one, phase("12-01", "euro", 2, currency="eur"), created="08-15")


def of_an_older_version(story: Story) -> None:
    # An event in the shape of an older API is all that is known: plans, and one coupon.
    story.subscription("pro", start="08-01")
    story.months(2600, *MONTHS, "12-01", price_id="pro")
    story.event(
        "subscription_schedule.created",
        "10-28",
        {
            "id": f"{story.name}_sched",
            "object": "subscription_schedule",
            "customer": story.name,
            "subscription": f"{story.name}_sub",
            "status": "active",
            "end_behavior": "release",
            "created": epoch("10-28"),
            "phases": [
                {"start_date": epoch("08-01"), "plans": [{"plan": "pro", "quantity": 1}]},
                {
                    "start_date": epoch("12-01"),
                    "plans": [{"plan": "basic", "quantity": 1}],
                    "coupon": "THREE",
                },
            ],
        },
    )
