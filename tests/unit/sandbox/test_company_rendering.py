"""What Stripe shows is what happened, in the shape the official SDK expects."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
import stripe
from company_world import default_world, facts, objects
from stripe_sdk_schema import NOT_SENT, ON_REQUEST, class_of, fields_of, problems

from sandbox.ledger import (
    BillLine,
    ChargeFailed,
    DiscountApplied,
    InvoiceDrafted,
    InvoiceFinalised,
    InvoicePaid,
    ItemAdded,
    ItemChanged,
    ItemRemoved,
    PeriodStarted,
    StripeCustomerCreated,
    StripeCustomerDeleted,
    SubscriptionCreated,
    SubscriptionEnded,
    SubscriptionPaused,
    SubscriptionResumed,
)
from sandbox.rendering.desk import OLD_VERSION
from sandbox.stripe_api import PINNED_VERSION
from sandbox.stripe_api.render import render

KINDS = (
    "account",
    "balance_transaction",
    "charge",
    "checkout.session",
    "coupon",
    "credit_note",
    "customer",
    "customer_balance_transaction",
    "discount",
    "dispute",
    "invoice",
    "invoice_payment",
    "invoiceitem",
    "payment_intent",
    "payment_method",
    "payout",
    "plan",
    "price",
    "product",
    "promotion_code",
    "radar.early_fraud_warning",
    "refund",
    "review",
    "setup_intent",
    "subscription",
    "tax_rate",
)


def epoch(moment: datetime) -> int:
    return int(moment.timestamp())


@pytest.mark.parametrize("kind", KINDS)
def test_every_object_is_what_the_sdk_expects(kind: str) -> None:
    store = default_world().store
    rows = [render(obj, {}, store) for obj in objects(default_world(), kind)]
    assert rows
    assert sorted({line for row in rows for line in problems(row)}) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "payment_method"])
def test_no_field_of_the_sdks_class_is_left_out(kind: str) -> None:
    wanted = set(fields_of(class_of(kind))) - NOT_SENT - ON_REQUEST.get(kind, set())
    for obj in objects(default_world(), kind):
        assert wanted <= set(obj), obj["id"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_sdk_reads_every_object(kind: str) -> None:
    for obj in objects(default_world(), kind):
        read = stripe.StripeObject.construct_from(obj, "sk_test_sandbox")
        assert read.id == obj["id"]


def test_identifiers_look_like_stripes_and_are_unique() -> None:
    prefixes = {
        "customer": "cus_",
        "subscription": "sub_",
        "invoice": "in_",
        "charge": "ch_",
        "payment_intent": "pi_",
        "balance_transaction": "txn_",
        "refund": "re_",
        "dispute": "du_",
        "payout": "po_",
        "checkout.session": "cs_",
        "discount": "di_",
        "invoice_payment": "inpay_",
        "price": "price_",
        "product": "prod_",
        "payment_method": "pm_",
        "setup_intent": "seti_",
        "radar.early_fraud_warning": "issfr_",
        "review": "prv_",
        "customer_balance_transaction": "cbtxn_",
        "tax_rate": "txr_",
        "plan": "price_",
    }
    for kind, prefix in prefixes.items():
        assert all(row["id"].startswith(prefix) for row in objects(default_world(), kind))
    lines = [ln["id"] for row in objects(default_world(), "invoice") for ln in row["lines"]["data"]]
    assert len(lines) == len(set(lines))
    assert all(line.startswith("il_") for line in lines)


class TestSubscriptions:
    def test_items_and_status_follow_the_facts(self) -> None:
        world = default_world()
        items: dict[str, dict[str, tuple[str, int]]] = {}
        for fact in world.ledger:
            if isinstance(fact, SubscriptionCreated):
                items[fact.subscription_id] = {
                    i.item_id: (i.price_id, i.quantity) for i in fact.items
                }
            elif isinstance(fact, ItemChanged):
                items[fact.subscription_id][fact.item_id] = (fact.price_id, fact.quantity)
            elif isinstance(fact, ItemAdded):
                items[fact.subscription_id][fact.item.item_id] = (
                    fact.item.price_id,
                    fact.item.quantity,
                )
            elif isinstance(fact, ItemRemoved):
                del items[fact.subscription_id][fact.item_id]
        ended = {e.subscription_id: e for e in facts(world, SubscriptionEnded)}
        rows = objects(world, "subscription")
        assert {row["id"] for row in rows} == set(items)
        for row in rows:
            shown = {i["id"]: (i["price"]["id"], i["quantity"]) for i in row["items"]["data"]}
            assert shown == items[row["id"]]
            assert (row["status"] == "canceled") == (row["id"] in ended)
            if row["id"] in ended:
                end = ended[row["id"]]
                assert row["ended_at"] == epoch(end.at)
                assert row["canceled_at"] <= row["ended_at"]
                gone = row["cancellation_details"]["reason"] is None
                assert gone == (end.cause == "deletion")

    def test_items_carry_their_running_period(self) -> None:
        world = default_world()
        newest = {p.item_id: p for p in facts(world, PeriodStarted)}
        for row in objects(world, "subscription"):
            for item in row["items"]["data"]:
                period = newest[item["id"]]
                assert item["current_period_start"] == epoch(period.start)
                assert item["current_period_end"] == epoch(period.end)

    def test_paused_collection_leaves_the_status_and_voids_the_invoices(self) -> None:
        world = default_world()
        open_pauses: dict[str, datetime] = {}
        spans: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for fact in world.ledger:
            if isinstance(fact, SubscriptionPaused):
                open_pauses[fact.subscription_id] = fact.at
            elif isinstance(fact, SubscriptionResumed):
                begin = open_pauses.pop(fact.subscription_id)
                spans[fact.subscription_id].append((begin, fact.at))
        for row in objects(world, "subscription"):
            if row["status"] != "canceled":
                assert (row["pause_collection"] is not None) == (row["id"] in open_pauses)
                if row["pause_collection"]:
                    assert row["pause_collection"]["behavior"] == "void"
                    assert row["status"] == "active"
        voided = 0
        for invoice in objects(world, "invoice"):
            details = (invoice["parent"] or {}).get("subscription_details") or {}
            for begin, end in spans.get(details.get("subscription"), []):
                if epoch(begin) < invoice["created"] < epoch(end - timedelta(hours=12)):
                    assert invoice["status"] == "void"
                    assert invoice["status_transitions"]["finalized_at"]
                    voided += 1
        assert voided > 3

    def test_discounts_that_ended_are_off_and_those_in_force_are_on(self) -> None:
        world = default_world()
        now = world.now()
        held = {
            discount
            for row in objects(world, "subscription")
            if row["status"] != "canceled"
            for discount in row["discounts"]
        }
        for given in facts(world, DiscountApplied):
            if given.discount_id in held:
                assert given.ends_at is None or given.ends_at > now
        shown = {row["id"]: row for row in objects(world, "discount")}
        assert held <= set(shown)
        assert all(row["source"]["coupon"] for row in shown.values())


class TestInvoices:
    def test_lines_are_the_bills(self) -> None:
        world = default_world()
        bills = {f.bill.invoice_id: f.bill for f in facts(world, InvoiceDrafted)}
        bills |= {f.bill.invoice_id: f.bill for f in facts(world, InvoiceFinalised)}
        rows = objects(world, "invoice")
        assert {row["id"] for row in rows} == set(bills)
        for row in rows:
            shown = row["lines"]["data"]
            wanted = bills[row["id"]].lines
            assert [self.key(ln) for ln in shown] == [
                (ln.line_id, ln.amount_minor, ln.item_id, ln.price_id) for ln in wanted
            ]
            for line, fact in zip(shown, wanted, strict=True):
                self.check_details(line, fact)

    @staticmethod
    def key(line: dict[str, Any]) -> tuple[str, int, str | None, str]:
        details = line["parent"]["subscription_item_details"] or {}
        price = line["pricing"]["price_details"]["price"]
        return line["id"], line["amount"], details.get("subscription_item"), price

    @staticmethod
    def check_details(line: dict[str, Any], fact: BillLine) -> None:
        assert [(d["discount"], d["amount"]) for d in line["discount_amounts"]] == list(
            fact.discounts
        )
        assert sum(tax["amount"] for tax in line["taxes"]) == fact.tax_minor
        assert line["period"] == {"start": epoch(fact.period_start), "end": epoch(fact.period_end)}
        details = line["parent"][line["parent"]["type"]]
        assert details["proration"] == fact.kind.startswith("proration")
        assert line["quantity_decimal"] == str(line["quantity"])

    def test_a_credit_names_the_lines_it_gives_back(self) -> None:
        lines = {
            (row["id"], ln["id"]): ln
            for row in objects(default_world(), "invoice")
            for ln in row["lines"]["data"]
        }
        named = 0
        for line in lines.values():
            details = line["parent"]["subscription_item_details"]
            if details and details["proration"] and line["amount"] < 0:
                credited = details["proration_details"]["credited_items"]
                assert credited is not None
                named += len(credited["invoice_line_items"])
                for line_id in credited["invoice_line_items"]:
                    given = lines[credited["invoice"], line_id]
                    owner = given["parent"]["subscription_item_details"]["subscription_item"]
                    assert owner == details["subscription_item"]
        assert named > 10

    def test_a_prepaid_change_is_a_pair_of_credit_and_charge(self) -> None:
        pairs: dict[tuple[str, int], set[str]] = defaultdict(set)
        for f in facts(default_world(), InvoiceFinalised):
            for ln in f.bill.lines:
                if ln.kind.startswith("proration") and ln.subscription_id:
                    pairs[ln.subscription_id, epoch(ln.period_start)].add(ln.kind)
        assert {"proration_credit", "proration_charge"} in pairs.values()
        assert {"proration_credit"} in pairs.values()
        assert {"proration_charge"} in pairs.values()

    def test_attempts_are_its_charges(self) -> None:
        world = default_world()
        tries: dict[str, int] = defaultdict(int)
        for charge in objects(world, "charge"):
            tries[charge["payment_intent"]] += 1
        intents = {
            p["invoice"]: p["payment"]["payment_intent"] for p in objects(world, "invoice_payment")
        }
        for row in objects(world, "invoice"):
            assert row["attempt_count"] == tries[intents.get(row["id"], "")]

    def test_payments_link_paid_invoices_to_their_charges(self) -> None:
        world = default_world()
        charges = {p.invoice_id: p.charge_id for p in facts(world, InvoicePaid) if p.charge_id}
        intents = {row["id"]: row for row in objects(world, "payment_intent")}
        paid = [row for row in objects(world, "invoice_payment") if row["status"] == "paid"]
        assert {row["invoice"] for row in paid} == set(charges)
        for row in paid:
            intent = intents[row["payment"]["payment_intent"]]
            assert intent["latest_charge"] == charges[row["invoice"]]
            assert intent["status"] == "succeeded"

    def test_pending_changes_wait_as_invoice_items(self) -> None:
        world = default_world()
        lines = {
            ln["parent"][ln["parent"]["type"]]["invoice_item"]: row["id"]
            for row in objects(world, "invoice")
            for ln in row["lines"]["data"]
        }
        for item in objects(world, "invoiceitem"):
            assert item["invoice"] == lines.get(item["id"])


class TestCustomers:
    def test_deleted_ones_are_tombstones_and_keep_their_subscriptions(self) -> None:
        world = default_world()
        gone = {d.customer_id for d in facts(world, StripeCustomerDeleted)}
        listed = {row["id"] for row in objects(world, "customer")}
        assert gone
        assert not gone & listed
        for customer_id in gone:
            assert world.store.get("customer", customer_id) == {
                "id": customer_id,
                "object": "customer",
                "deleted": True,
                "_deleted_at": pytest.approx(epoch(world.now()), abs=10**9),
            }
        owners = {row["customer"] for row in objects(world, "subscription")}
        assert gone & owners

    def test_metadata_names_the_user_and_people_have_addresses(self) -> None:
        world = default_world()
        links = {
            c.customer_id: c.user_id or c.dangling_user_id
            for c in facts(world, StripeCustomerCreated)
        }
        for row in objects(world, "customer"):
            assert row["metadata"].get("userId") == links[row["id"]]
            assert row["email"].endswith("@example.com")
            assert row["address"]["country"]
            assert row["address"]["line1"]

    def test_failed_charges_stay(self) -> None:
        world = default_world()
        failed = {row["id"] for row in objects(world, "charge") if row["status"] == "failed"}
        assert failed == {c.charge_id for c in facts(world, ChargeFailed)}


class TestEvents:
    def test_they_are_of_the_last_30_days_in_two_versions(self) -> None:
        world = default_world()
        events = objects(world, "event")
        oldest = epoch(world.now() - timedelta(days=30))
        assert all(oldest <= row["created"] < epoch(world.now()) for row in events)
        assert {row["api_version"] for row in events} == {PINNED_VERSION, OLD_VERSION}

    def test_every_recent_object_has_its_events(self) -> None:
        world = default_world()
        oldest = epoch(world.now() - timedelta(days=30))
        told = {(row["type"], row["data"]["object"]["id"]) for row in objects(world, "event")}
        creations = {
            "invoice": "invoice.created",
            "subscription": "customer.subscription.created",
            "payment_intent": "payment_intent.created",
            "customer": "customer.created",
            "refund": "refund.created",
            "payout": "payout.created",
        }
        seen = 0
        for kind, event in creations.items():
            for row in objects(world, kind):
                if row["created"] >= oldest:
                    assert (event, row["id"]) in told
                    seen += 1
        assert seen > 100
        for row in objects(world, "charge"):
            if row["created"] >= oldest:
                assert (f"charge.{row['status']}", row["id"]) in told

    def test_updates_say_what_was_before(self) -> None:
        updates = [row for row in objects(default_world(), "event") if ".updated" in row["type"]]
        assert len(updates) > 50
        assert all(row["data"].get("previous_attributes") for row in updates)

    def test_many_share_one_second(self) -> None:
        seconds: dict[int, int] = defaultdict(int)
        for row in objects(default_world(), "event"):
            seconds[row["created"]] += 1
        assert max(seconds.values()) >= 5
