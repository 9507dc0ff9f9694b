"""What Stripe changes without a word: types of fields stop the build by name, new values do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.models.billing import LOAD, Json, Story, at, price
from tests.integration.models.project import Project
from warehouse.dbt import NodeResult, raise_for_failures
from warehouse.errors import TransformError
from warehouse.settings import Settings

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
STAGING = ("--select", "path:models/staging", "+fct_balance_transactions")
UPDATE = "Stripe changed what this release can read, update Tillhouse"

# By object: its table, the fields that are not as they were, and what is said of them.
CHANGED: dict[str, tuple[str, Json, str]] = {
    "ch_text": ("charges", {"amount": "12"}, "amount is a string, not a whole number"),
    "ch_half": ("charges", {"amount": 12.5}, "amount is a number, not a whole number"),
    "ch_object": ("charges", {"status": {"code": 1}}, "status is an object, not a string"),
    "ch_nameless": ("charges", {"customer": {"name": "?"}}, "customer is an object, not an id"),
    "ch_flat": ("charges", {"billing_details": "DE"}, "billing_details is a string, not an object"),
    "ch_word": ("charges", {"paid": "true"}, "paid is a string, not a boolean"),
    "ch_date": (
        "charges",
        {"created": "2026-01-01"},
        "created is a string, not a whole number of seconds",
    ),
    "half": ("coupons", {"percent_off": "half"}, "percent_off is a string, not a decimal number"),
    "in_one": ("invoices", {"discounts": "di_1"}, "discounts is a string, not a list"),
    "in_sums": (
        "invoices",
        {"total_discount_amounts": [{"amount": 3}, {"amount": "4"}]},
        "total_discount_amounts is a list, not a list of objects with the known types of amount",
    ),
    "in_old": (
        "invoices",
        {"subscription": 7},
        "parent.subscription_details.subscription or subscription is a number, not an id",
    ),
    "txn_1": (
        "balance_transactions",
        {"fee_details": {"amount": 1}},
        "fee_details is an object, not a list of objects with the known types of "
        "type, amount, currency, description",
    ),
}


def changed(object_id: str) -> Json:
    table, fields, _ = CHANGED[object_id]
    return {"id": object_id, "object": table[:-1], **fields}


def results(project: Project, *arguments: str) -> list[NodeResult]:
    return [
        NodeResult(
            found["unique_id"],
            found["status"],
            found["message"] or "",
            found["execution_time"],
            found.get("compiled_code"),
        )
        for found in project.dbt("build", *arguments)
    ]


def told(project: Project, found: list[NodeResult], status: str) -> set[str]:
    """Return what the rows of tests with this status say."""
    return {
        message
        for result in found
        if result.is_test and result.status == status
        for (message,) in project.rows(f"select message from ({result.compiled}) as failures")
    }


def test_a_field_of_another_type_stops_the_build_by_name(
    project: Project, make_settings: Callable[..., Settings]
) -> None:
    with project.raw() as raw:
        raw.create(now=NOW, first_load_at=NOW)
        raw.load("raw_stripe", "1")
        for object_id, (table, _, _) in CHANGED.items():
            raw.stripe(table, changed(object_id), observed_at=NOW, load_id="1")
    found = results(project, *STAGING)
    assert told(project, found, "fail") == {
        f"{table[:-1]} {object_id}: {said}: {UPDATE}"
        for object_id, (table, _, said) in CHANGED.items()
    }
    assert {one.status for one in found if one.name == "fct_balance_transactions"} == {"skipped"}
    with pytest.raises(TransformError) as refused:
        raise_for_failures(make_settings(warehouse_url=project.url), found)
    assert "\n" not in str(refused.value)
    assert re.search(r": coupon half: percent_off is a string, .* Tillhouse;", str(refused.value))
    assert str(refused.value).endswith("(nothing was published)")

    # Readable versions mend it, but for lines that are not: those are named in their turn.
    good: Json = {"id": "il_good", "amount": 1}
    with project.raw() as raw:
        raw.load("raw_stripe", "2")
        for object_id, (table, _, _) in CHANGED.items():
            whole = {"id": object_id, "object": table[:-1]}
            if object_id == "in_one":
                whole["lines"] = {"data": [good, {"id": "il_bad", "amount": "1"}, "il_bare"]}
            raw.stripe(table, whole, observed_at=LATER, load_id="2")
    assert told(project, results(project, *STAGING), "fail") == {
        f"line_item il_bad of in_one: amount is a string, not a whole number: {UPDATE}",
        f"line_item (without an id) of in_one: it is not an object: {UPDATE}",
        "stg_stripe__invoice_lines has a missing or repeated key: in_one, null",
    }
    with project.raw() as raw:
        raw.load("raw_stripe", "3")
        whole = {"id": "in_one", "object": "invoice", "lines": {"data": [good]}}
        raw.stripe("invoices", whole, observed_at=LATER, load_id="3")
    readable = [
        one.failed for one in results(project, *STAGING) if one.name.startswith("every_field")
    ]
    assert not any(readable)
    assert len(readable) > 20
    lines = project.rows("select line_id, amount_minor from staging.stg_stripe__invoice_lines")
    assert lines == [("il_good", 1)]


def test_unknown_values_are_kept_counted_and_warned_of(project: Project) -> None:
    with project.raw() as raw:
        raw.create(now=NOW, first_load_at=NOW)
        raw.load("raw_stripe", LOAD)
        story = Story(raw, "cus_1", NOW)
        for one in (price("basic", 800), price("slow", 2400, "quarter")):
            story.put("prices", one)
        items = [("si", "basic", 1), ("si_slow", "slow", 1)]
        story.subscription(start="09-10", status="dreaming", items=items)
        slow = story.line(2400, "09-10", "12-10", price_id="slow", item="si_slow")
        story.invoice(story.line(800, "09-10", "10-10"), slow, paid="09-10", billing_reason="whim")
        story.put("charges", {"id": "ch_1", "object": "charge", "status": "levitating"})
        story.put(
            "coupons", {"id": "C", "object": "coupon", "duration": "thrice", "percent_off": 5}
        )
        story.put("payouts", {"id": "po_1", "object": "payout", "status": "sailing"})
    found = results(project)
    assert not [(one.name, one.message) for one in found if one.failed]
    rows = project.rows(
        'select source, field, value, "rows", first_seen_at, example_id'
        " from build.dq_unknown_values order by 1, 2"
    )
    assert rows == [
        ("stripe.charges", "status", "levitating", 1, NOW, "ch_1"),
        ("stripe.coupons", "duration", "thrice", 1, NOW, "C"),
        ("stripe.invoices", "billing_reason", "whim", 1, NOW, "cus_1_in1"),
        ("stripe.payouts", "status", "sailing", 1, NOW, "po_1"),
        ("stripe.prices", "recurring.interval", "quarter", 1, NOW, "slow"),
        ("stripe.subscriptions", "status", "dreaming", 1, NOW, "cus_1_sub"),
    ]
    warned = told(project, found, "warn")
    assert (
        "1 of stripe.prices have the unknown recurring.interval quarter, for instance slow: "
        "figures that go by it may leave them out"
    ) in warned
    assert len(warned) == len(rows)
    mrr = "select plan_key, mrr_usd from build.fct_mrr_intervals where valid_to is null"
    assert [plan for plan, _ in project.rows(mrr)] == ["basic"]


def test_ids_of_several_accounts_stay_apart(project: Project) -> None:
    with project.raw() as raw:
        raw.create(now=NOW, first_load_at=NOW)
        for load, account, percent in (("1", "acct_1", 50), ("2", "acct_2", 10)):
            raw.load("raw_stripe", load)
            coupon = {"id": "HALF", "object": "coupon", "percent_off": percent, "duration": "once"}
            raw.stripe("coupons", coupon, observed_at=NOW, load_id=load, account_id=account)
            discount = {"id": f"di_{account}", "object": "discount", "source": {"coupon": "HALF"}}
            customer = {"id": f"cus_{account}", "object": "customer", "discount": discount}
            raw.stripe("customers", customer, observed_at=NOW, load_id=load, account_id=account)
    models = ("--select", "+stg_stripe__discounts", "+dim_stripe_customers")
    project.run(*models)
    coupons = (
        "select account_id, coupon_id, percent_off from staging.stg_stripe__coupons order by 1"
    )
    expected = [("acct_1", "HALF", 50), ("acct_2", "HALF", 10)]
    assert project.rows(coupons) == expected
    with project.raw() as raw:
        raw.load("raw_stripe", "3")
        coupon = {"id": "HALF", "object": "coupon", "percent_off": 20, "duration": "once"}
        raw.stripe("coupons", coupon, observed_at=at("11-21"), load_id="3", account_id="acct_2")
    project.run(*models)
    assert project.rows(coupons) == [expected[0], ("acct_2", "HALF", 20)]
    assert project.rows(
        "select discount_id, account_id, percent_off from staging.stg_stripe__discounts order by 1"
    ) == [("di_acct_1", "acct_1", 50), ("di_acct_2", "acct_2", 20)]
    assert project.rows(
        "select stripe_customer_id, account_id from build.dim_stripe_customers order by 1"
    ) == [("cus_acct_1", "acct_1"), ("cus_acct_2", "acct_2")]
