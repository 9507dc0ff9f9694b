"""The default world contains every case it promises."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from company_world import default_world, facts, objects, since

from sandbox import ledger as book
from sandbox.catalog import RATE_CHANGE
from sandbox.company.world import World
from sandbox.ledger import Fact

Case = Callable[[World], object]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    CASES[function.__name__] = function
    return function


def subscriptions(world: World) -> dict[str, list[Fact]]:
    """Return the facts of each subscription, in order."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in world.ledger:
        if isinstance(fact, book.SubscriptionFact):
            found[fact.subscription_id].append(fact)
    return found


def has(history: list[Fact], *kinds: type[Fact]) -> bool:
    """Tell whether facts of these types occur in this order."""
    left = iter(history)
    return all(any(isinstance(fact, kind) for fact in left) for kind in kinds)


def histories(world: World, *kinds: type[Fact]) -> list[list[Fact]]:
    return [history for history in subscriptions(world).values() if has(history, *kinds)]


def starts(world: World) -> Iterator[tuple[book.SubscriptionCreated, book.PricePublished]]:
    prices = {p.price_id: p for p in facts(world, book.PricePublished)}
    for sub in facts(world, book.SubscriptionCreated):
        yield sub, prices[sub.items[0].price_id]


def changes(world: World) -> Iterator[tuple[book.ItemChanged, Any, Any]]:
    prices = {p.price_id: p for p in facts(world, book.PricePublished)}
    for change in facts(world, book.ItemChanged):
        yield change, prices[change.old_price_id], prices[change.price_id]


@case
def every_plan_and_interval_is_sold(world: World) -> object:
    sold = {(p.interval, p.interval_count, p.currency) for _, p in starts(world)}
    wanted = {("month", 1, c) for c in ("usd", "eur", "jpy")}
    wanted |= {("week", 1, "usd"), ("month", 3, "usd"), ("year", 1, "usd"), ("year", 1, "eur")}
    return wanted <= sold


@case
def every_pack_is_sold(world: World) -> object:
    packs = {p.price_id: p for p in facts(world, book.PricePublished) if p.kind == "pack"}
    paid = {c.session_id for c in facts(world, book.CheckoutCompleted)}
    sold = [c for c in facts(world, book.CheckoutOpened) if c.session_id in paid]
    amounts = {packs[c.price_id].unit_amount_minor for c in sold if c.currency == "usd"}
    return amounts == {800, 1800, 4500, 9000} and {"eur", "jpy"} <= {c.currency for c in sold}


@case
def packs_by_invoice(world: World) -> object:
    bills = [f.bill for f in facts(world, book.InvoiceFinalised)]
    return any(b.reason == "manual" and b.lines[0].kind == "pack" for b in bills)


@case
def tills_that_nobody_pays_at(world: World) -> object:
    return facts(world, book.CheckoutExpired)


@case
def coupons_of_every_duration_and_kind(world: World) -> object:
    coupons = {c.coupon_id: c for c in facts(world, book.CouponPublished)}
    used = [coupons[d.coupon_id] for d in facts(world, book.DiscountApplied)]
    kinds = {(c.duration, c.percent_off is None) for c in used}
    return kinds >= {
        ("once", False),
        ("once", True),
        ("repeating", False),
        ("repeating", True),
        ("forever", False),
        ("forever", True),
    }


@case
def a_retention_coupon_in_the_middle_of_a_period(world: World) -> object:
    created = {s.subscription_id: s.at for s in facts(world, book.SubscriptionCreated)}
    periods = {(p.subscription_id, p.at) for p in facts(world, book.PeriodStarted)}
    return any(
        d.at > created[d.subscription_id] and (d.subscription_id, d.at) not in periods
        for d in facts(world, book.DiscountApplied)
        if d.subscription_id and d.coupon_id == "STAY"
    )


@case
def a_coupon_of_the_customer(world: World) -> object:
    return any(d.subscription_id is None for d in facts(world, book.DiscountApplied))


@case
def two_coupons_on_one_subscription(world: World) -> object:
    held = Counter(d.subscription_id for d in facts(world, book.DiscountApplied))
    return max(n for sub, n in held.items() if sub) >= 2


@case
def two_subscriptions_of_one_customer(world: World) -> object:
    ended = {e.subscription_id: e.at for e in facts(world, book.SubscriptionEnded)}
    mine: dict[str, list[book.SubscriptionCreated]] = defaultdict(list)
    for sub in facts(world, book.SubscriptionCreated):
        mine[sub.customer_id].append(sub)
    return any(
        later.at < ended.get(first.subscription_id, world.now())
        for subs in mine.values()
        for first, later in pairwise(subs)
    )


@case
def two_customers_of_one_user(world: World) -> object:
    return any(c.linked_by == "metadata" for c in facts(world, book.StripeCustomerCreated))


@case
def metadata_that_names_nobody(world: World) -> object:
    users = {u.user_id for u in facts(world, book.UserSignedUp)}
    links = {c.dangling_user_id for c in facts(world, book.StripeCustomerCreated)} - {None}
    return links and not links & users


@case
def a_plan_switched_by_cancelling_and_subscribing_on_one_day(world: World) -> object:
    ended = {e.subscription_id: e.at for e in facts(world, book.SubscriptionEnded)}
    created = facts(world, book.SubscriptionCreated)
    gone = {
        (s.customer_id, ended[s.subscription_id].date())
        for s in created
        if s.subscription_id in ended
    }
    return any((s.customer_id, s.at.date()) in gone for s in created)


@case
def upgrades_and_downgrades_prorated_and_not(world: World) -> object:
    kinds = {
        (c.prorated, new.unit_amount_minor > old.unit_amount_minor)
        for c, old, new in changes(world)
        if old.interval == new.interval and old.price_id != new.price_id
    }
    return kinds == {(True, True), (True, False), (False, False), (False, True)}


@case
def quantities_that_change(world: World) -> object:
    moves = [(c.old_quantity, c.quantity) for c in facts(world, book.ItemChanged)]
    return any(b > a for a, b in moves) and any(0 < b < a for a, b in moves) and (1, 0) in moves


@case
def year_to_month_and_month_to_year(world: World) -> object:
    kinds = {(old.interval, new.interval, c.prorated) for c, old, new in changes(world)}
    wanted = {("year", "month", True), ("year", "month", False), ("month", "year", True)}
    return wanted <= kinds


@case
def to_and_from_the_free_plan(world: World) -> object:
    moves = {(old.kind, new.kind) for _, old, new in changes(world)}
    return {("plan", "free"), ("free", "plan")} <= moves


@case
def items_added_removed_and_swapped(world: World) -> object:
    added = {(a.subscription_id, a.at) for a in facts(world, book.ItemAdded)}
    removed = {(r.subscription_id, r.at) for r in facts(world, book.ItemRemoved)}
    return added - removed and removed - added and added & removed


@case
def an_invoice_of_more_than_ten_lines(world: World) -> object:
    return any(len(row["lines"]["data"]) > 10 for row in objects(world, "invoice"))


@case
def an_inline_price(world: World) -> object:
    inline = {p.price_id for p in facts(world, book.PricePublished) if p.inline}
    return any(s.items[0].price_id in inline for s in facts(world, book.SubscriptionCreated))


@case
def a_trial_that_converts(world: World) -> object:
    found = histories(world, book.TrialEnded, book.SubscriptionActivated)
    return [h for h in found if not has(h, book.PaymentAttemptFailed, book.SubscriptionActivated)]


@case
def a_trial_paid_late(world: World) -> object:
    return histories(world, book.TrialEnded, book.PaymentAttemptFailed, book.SubscriptionActivated)


@case
def trials_cancelled_and_never_paid(world: World) -> object:
    trials = [h for h in subscriptions(world).values() if getattr(h[0], "trial_ends_at", None)]
    lost = [h for h in trials if not has(h, book.SubscriptionActivated)]
    return [h for h in lost if has(h, book.CancelRequested, book.SubscriptionEnded)] and [
        h for h in lost if has(h, book.TrialEnded, book.PaymentAttemptFailed)
    ]


@case
def first_payments_that_fail_for_good_and_that_do_not(world: World) -> object:
    kept = [
        history
        for history in histories(world, book.PaymentAttemptFailed, book.SubscriptionActivated)
        if isinstance(history[0], book.SubscriptionCreated) and history[0].status == "incomplete"
    ]
    return histories(world, book.IncompleteExpired) and kept


def spells(world: World) -> Iterator[tuple[datetime, datetime | None, str]]:
    """Yield failing spells: begin, end, and how they ended."""
    for history in subscriptions(world).values():
        began: datetime | None = None
        for fact in history:
            if isinstance(fact, book.PaymentAttemptFailed) and fact.opens_spell:
                began = fact.at
            elif began and isinstance(
                fact, (book.SubscriptionRecovered, book.SubscriptionUnpaid, book.SubscriptionEnded)
            ):
                yield began, fact.at, type(fact).__name__
                began = None
        if began:
            yield began, None, "open"


@case
def failing_spells_of_every_outcome(world: World) -> object:
    grace = timedelta(days=30)
    outcomes = {
        (outcome, (end or world.now()) - begin > grace) for begin, end, outcome in spells(world)
    }
    return outcomes >= {
        ("SubscriptionRecovered", False),
        ("SubscriptionRecovered", True),
        ("SubscriptionEnded", False),
        ("SubscriptionUnpaid", False),
        ("open", True),
    }


@case
def several_left_past_due_for_more_than_40_days(world: World) -> object:
    old = [b for b, end, _ in spells(world) if not end and world.now() - b > timedelta(days=40)]
    return len(old) >= 3


@case
def a_limit_of_grace_on_the_last_day_of_a_month(world: World) -> object:
    limits = [b + timedelta(days=30) for b, end, _ in spells(world) if not end]
    return any((limit + timedelta(days=1)).month != limit.month for limit in limits)


@case
def pauses_that_end_and_that_do_not(world: World) -> object:
    paused = histories(world, book.SubscriptionPaused)
    back = histories(world, book.SubscriptionPaused, book.SubscriptionResumed)
    gone = histories(world, book.SubscriptionPaused, book.SubscriptionEnded)
    return back and [h for h in gone if h not in back] and len(paused) > len(back) + 1


@case
def resumed_at_another_price(world: World) -> object:
    return histories(world, book.SubscriptionPaused, book.SubscriptionResumed, book.ItemChanged)


@case
def pauses_begin_and_end_on_a_renewals_day(world: World) -> object:
    renewals = {(p.subscription_id, p.at.date()) for p in facts(world, book.PeriodStarted)}
    moves = [*facts(world, book.SubscriptionPaused), *facts(world, book.SubscriptionResumed)]
    return moves and all((m.subscription_id, m.at.date()) in renewals for m in moves)


@case
def cancellations_now_at_the_end_and_rescinded(world: World) -> object:
    asked = facts(world, book.CancelRequested)
    return (
        any(r.effective_at == r.at for r in asked)
        and any(r.effective_at > r.at for r in asked)
        and histories(world, book.CancelRequested, book.CancelRescinded)
    )


@case
def ends_of_every_cause(world: World) -> object:
    causes = {e.cause for e in facts(world, book.SubscriptionEnded)}
    return causes == {"request", "payment_failed", "payment_disputed", "deletion"}


@case
def deleted_customers_users_and_customers_that_came_back(world: World) -> object:
    starts_of = Counter(s.customer_id for s in facts(world, book.SubscriptionCreated))
    return (
        facts(world, book.StripeCustomerDeleted)
        and facts(world, book.UserDeleted)
        and max(starts_of.values()) > 1
    )


@case
def deleted_customers_lose_their_subscriptions_at_that_instant(world: World) -> object:
    ended = {(e.subscription_id, e.at) for e in facts(world, book.SubscriptionEnded)}
    owned = defaultdict(list)
    for sub in facts(world, book.SubscriptionCreated):
        owned[sub.customer_id].append(sub.subscription_id)
    gone = {e.subscription_id for e in facts(world, book.SubscriptionEnded)}
    return all(
        any((sub, d.at) in ended for sub in owned[d.customer_id])
        and all(sub in gone for sub in owned[d.customer_id])
        for d in facts(world, book.StripeCustomerDeleted)
    )


@case
def internal_users_with_subscriptions_and_videos(world: World) -> object:
    admins = {u.user_id for u in facts(world, book.UserSignedUp) if u.role == "ADMIN"}
    customers = {
        c.customer_id for c in facts(world, book.StripeCustomerCreated) if c.user_id in admins
    }
    excluded = facts(world, book.AccountExcluded)
    return (
        {v.user_id for v in facts(world, book.VideoRequested)} & admins
        and {s.customer_id for s in facts(world, book.SubscriptionCreated)} & customers
        and {e.account_id.startswith("cus_") for e in excluded} == {True, False}
    )


@case
def guests(world: World) -> object:
    bought = [c for c in facts(world, book.ChargeSucceeded) if c.customer_id is None]
    return {"usd", "eur", "jpy"} <= {c.currency for c in bought}


@case
def out_of_band_payments_and_credit_notes(world: World) -> object:
    notes = facts(world, book.CreditNoteIssued)
    return (
        any(p.out_of_band for p in facts(world, book.InvoicePaid))
        and any(n.refund_id for n in notes)
        and any(n.refund_id is None for n in notes)
    )


@case
def refunds_whole_in_part_and_failed(world: World) -> object:
    charges = {c.charge_id: c.amount_minor for c in facts(world, book.ChargeSucceeded)}
    refunds = facts(world, book.Refunded)
    whole = {r.amount_minor == charges[r.charge_id] for r in refunds}
    return whole == {True, False} and facts(world, book.RefundFailed)


@case
def disputes_won_lost_and_open(world: World) -> object:
    closed = Counter(d.won for d in facts(world, book.DisputeClosed))
    return closed[True] and closed[False]


@case
def failed_payouts_in_both_currencies(world: World) -> object:
    currency = {p.payout_id: p.currency for p in facts(world, book.PayoutSent)}
    failed = {currency[p.payout_id] for p in facts(world, book.PayoutFailed)}
    return failed == {"usd", "jpy"}


@case
def tax_inside_and_on_top(world: World) -> object:
    lines = [ln for f in facts(world, book.InvoiceFinalised) for ln in f.bill.lines]
    return {ln.tax_inclusive for ln in lines if ln.tax_minor > 0} == {True, False}


@case
def calls_at_the_very_instant_of_the_new_rate(world: World) -> object:
    change = world.start + RATE_CHANGE
    assert (change.hour, change.minute) == (14, 0)
    calls = Counter(c.called_at for c in facts(world, book.ProviderCalled))
    return calls[change] >= 3 and calls[change - timedelta(milliseconds=1)]


@case
def late_retried_unreported_and_failed_calls(world: World) -> object:
    calls = facts(world, book.ProviderCalled)
    tries = Counter(c.video_id for c in calls)
    return (
        any(c.at - c.called_at > timedelta(hours=24) for c in calls)
        and max(tries.values()) == 3
        and any(c.reported_cost_usd is None for c in calls)
        and {f.status for f in facts(world, book.VideoFinished)} == {"COMPLETED", "FAILED"}
        and {c.provider for c in calls} == {"LUMA_V1", "LUMA_V2", "KLING_V1", "KLING_V2"}
    )


@case
def videos_of_users_deleted_since_and_videos_never_finished(world: World) -> object:
    videos = facts(world, book.VideoRequested)
    gone = {u.user_id for u in facts(world, book.UserDeleted)}
    done = {v.video_id for v in facts(world, book.VideoFinished)}
    stuck = [v for v in videos if v.video_id not in done and v.at < world.now() - timedelta(days=2)]
    return {v.user_id for v in videos} & gone and stuck


@case
def every_kind_of_credit_entry(world: World) -> object:
    return {e.type for e in facts(world, book.CreditMoved)} == {
        "PURCHASE",
        "PLAN_GRANT",
        "PROMO",
        "ADJUSTMENT",
        "USAGE",
        "USAGE_REFUND",
        "EXPIRY",
        "CLAWBACK",
    }


@case
def alerts_open_and_resolved_and_notifications_read(world: World) -> object:
    raised, resolved = facts(world, book.AlertRaised), facts(world, book.AlertResolved)
    return len(raised) > len(resolved) > 10 and facts(world, book.NotificationRead)


@case
def month_end_anchors(world: World) -> object:
    days: dict[str, set[int]] = defaultdict(set)
    for period in facts(world, book.PeriodStarted):
        days[period.subscription_id].add(period.at.day)
    return any({28, 30, 31} <= seen for seen in days.values())


@case
def subscriptions_that_start_and_end_at_midnight(world: World) -> object:
    ended = {e.subscription_id: e.at for e in facts(world, book.SubscriptionEnded)}
    return any(
        s.at.time() == ended[s.subscription_id].time() == since(0).time()
        for s in facts(world, book.SubscriptionCreated)
        if s.subscription_id in ended
    )


@case
def several_subscriptions_in_one_second(world: World) -> object:
    return max(Counter(s.at for s in facts(world, book.SubscriptionCreated)).values()) > 1


@case
def an_invoice_that_is_a_draft_for_ever(world: World) -> object:
    drafts = [row for row in objects(world, "invoice") if row["status"] == "draft"]
    return any(row["billing_reason"] == "manual" for row in drafts)


@case
def every_class_of_balance_transaction(world: World) -> object:
    return {m.category for m in facts(world, book.BalanceMovement)} == {
        "charge",
        "refund",
        "refund_failure",
        "dispute",
        "dispute_reversal",
        "fee",
        "network_cost",
        "payout",
        "payout_reversal",
    }


@case
def a_healthy_company_with_a_bad_month(world: World) -> object:
    left = Counter(
        (e.at.year, e.at.month)
        for e in facts(world, book.SubscriptionEnded)
        if e.cause == "request"
    )
    usual = sorted(left.values())[len(left) // 2]
    active = [row for row in objects(world, "subscription") if row["status"] == "active"]
    return left[2026, 1] > 2 * usual and len(active) > 100


@pytest.mark.parametrize("name", CASES)
def test_the_world_contains(name: str) -> None:
    assert CASES[name](default_world())
