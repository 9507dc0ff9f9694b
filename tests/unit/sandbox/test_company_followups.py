"""What Stripe keeps beside bills and payments: cards, set-ups, credit moves, signs of fraud."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from company_world import START, default_world, facts, new_world, objects, since

from sandbox.company import World
from sandbox.ledger import DisputeOpened, StripeCustomerCreated, SubscriptionCreated


def epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def test_every_trial_has_set_up_the_card_it_will_charge() -> None:
    world = default_world()
    trials = {t.subscription_id: t for t in facts(world, SubscriptionCreated)}
    trials = {name: trial for name, trial in trials.items() if trial.trial_ends_at}
    cards = {row["id"]: row for row in objects(world, "payment_method")}
    intents = {row["id"].partition("_")[2]: row for row in objects(world, "setup_intent")}
    assert {f"sub_{name}" for name in intents} == set(trials)
    for name, intent in intents.items():
        trial = trials[f"sub_{name}"]
        assert intent["created"] == epoch(trial.at)
        assert intent["customer"] == trial.customer_id
        assert cards[intent["payment_method"]]["customer"] == trial.customer_id


def test_every_customer_has_one_card_of_its_country() -> None:
    world = default_world()
    made = {c.customer_id: c for c in facts(world, StripeCustomerCreated)}
    cards = {row["customer"]: row for row in objects(world, "payment_method")}
    assert set(cards) == set(made)
    assert len(objects(world, "payment_method")) == len(made)
    for customer_id, row in cards.items():
        assert row["card"]["country"] == made[customer_id].country
        assert set(row["card"]) & {"number", "cvc"} == set()


def test_credit_moves_are_what_invoices_did_to_balances() -> None:
    world = default_world()
    balances: dict[str, int] = defaultdict(int)
    for row in objects(world, "customer_balance_transaction"):
        balances[row["customer"]] += row["amount"]
        assert balances[row["customer"]] == row["ending_balance"]
        assert (row["type"] == "applied_to_invoice") == (row["amount"] > 0)
    assert balances
    for customer in objects(world, "customer"):
        assert customer["balance"] == balances[customer["id"]]


def test_of_a_paused_subscription_nothing_is_taken_not_even_from_a_balance() -> None:
    world = new_world(since(90))
    company = world._company
    customers = [customer for user in company.users for customer in user.customers]
    subs = [sub for customer in customers for sub in customer.subscriptions if sub.healthy]
    sub = next(sub for sub in subs if sub.newest and sub.newest.bill.total_minor)
    sub.customer.balance_minor = -5000
    company.endings.pause(sub)
    world.advance(sub.item.period_end + timedelta(hours=2))
    assert sub.newest
    assert sub.newest.status == "void"
    assert sub.newest.bill.due_minor == sub.newest.bill.total_minor > 0
    assert sub.customer.balance_minor == -5000


def test_a_dispute_for_fraud_was_warned_of_and_reviewed() -> None:
    world = default_world()
    disputes = {row["id"]: row for row in objects(world, "dispute")}
    fraud = {name: row for name, row in disputes.items() if row["reason"] == "fraudulent"}
    warnings = {
        row["id"].replace("issfr_", "du_"): row
        for row in objects(world, "radar.early_fraud_warning")
    }
    reviews = {row["id"].replace("prv_", "du_"): row for row in objects(world, "review")}
    assert set(warnings) == set(reviews) == set(fraud) != set(disputes)
    for name, dispute in fraud.items():
        assert warnings[name]["charge"] == reviews[name]["charge"] == dispute["charge"]
        assert reviews[name]["open"] == (dispute["status"] == "needs_response")


def test_a_warning_and_its_review_are_told_before_the_dispute() -> None:
    disputed = facts(default_world(), DisputeOpened)
    opened = next(fact for fact in disputed if fact.reason == "fraudulent")
    world = World(7, 500, START, opened.at + timedelta(seconds=1))
    events = [world.store.get("event", entry[2]) for entry in world.store.table("event").order()]
    told = [
        event["type"]
        for event in events
        if event["data"]["object"].get("charge") == opened.charge_id
    ]
    assert told[:3] == [
        "radar.early_fraud_warning.created",
        "review.opened",
        "charge.dispute.created",
    ]
