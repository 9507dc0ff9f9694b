"""Each story of what is agreed for later leads to committed MRR, on both engines."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.integration.models import scheduled_stories as told
from tests.integration.models.billing import LOAD, Json, Story, epoch, open_shop, phase, price
from tests.integration.models.mrr_stories import COUPONS, PRICES
from tests.integration.models.project import Project
from tests.integration.models.raw_layer import RawLayer
from tests.integration.models.test_mrr_stories import NOW, by_story, lines
from tests.rows import unequal_tables

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
LATER = "2"

#: First day of the month, committed MRR at its end (of November, on the 19th), the closing MRR.
COMMITTED = {
    told.downgraded_later: """
        08-01 26 26
        09-01 8 26
        10-01 8 26
        11-01 8 26""",
    told.downgraded: """
        08-01 8 26
        09-01 8 26
        10-01 8 8
        11-01 8 8""",
    told.split_in_two: """
        08-01 26 26
        09-01 26 26
        10-01 18 26
        11-01 18 26""",
    told.signed: """
        10-01 16 0
        11-01 16 0""",
    told.signed_and_withdrawn: """
        08-01 8 0
        09-01 8 0""",
    told.signed_for_a_trial: "",
    told.released: """
        08-01 8 26
        09-01 8 26
        10-01 26 26
        11-01 26 26""",
    told.for_a_term: """
        08-01 8 8
        09-01 0 8
        10-01 0 8
        11-01 0 8""",
    told.changed_their_mind: """
        08-01 26 26
        09-01 26 26
        10-01 8 26
        11-01 10 26""",
    told.leaves_instead: """
        08-01 8 26
        09-01 8 26
        10-01 0 26
        11-01 0 26""",
    told.paused_meanwhile: "08-01 8 26",
    told.dearer_with_a_coupon: """
        08-01 8 8
        09-01 12 8
        10-01 12 8
        11-01 12 8""",
    told.with_the_customers_coupon: """
        08-01 23 23
        09-01 23 23
        10-01 5 23
        11-01 5 23""",
    told.more_in_euros: """
        08-01 17.6 8.8
        09-01 19.2 9.6
        10-01 19.2 9.6
        11-01 19.2 9.6""",
    told.of_an_older_version: """
        08-01 26 26
        09-01 26 26
        10-01 5 26
        11-01 5 26""",
}
BY_PLAN_CHECK = "assert_committed_mrr_of_plans_is_the_total"
CHECKS = (
    "assert_objects_sum_to_their_figures",
    "assert_slices_of_objects_add_up",
    BY_PLAN_CHECK,
)
#: First day of the month, the plan, and what of committed MRR is of it.
BY_PLAN = {
    "downgraded_later": ["08-01 pro 26", "09-01 basic 8", "10-01 basic 8", "11-01 basic 8"],
    "split_in_two": [
        "08-01 pro 26",
        "09-01 pro 26",
        "10-01 basic 8",
        "10-01 ten 10",
        "11-01 basic 8",
        "11-01 ten 10",
    ],
    "signed": ["10-01 basic 16", "11-01 basic 16"],
    "for_a_term": ["08-01 basic 8"],
    # One item of the schedule is of another plan in another month.
    "changed_their_mind": ["08-01 pro 26", "09-01 pro 26", "10-01 basic 8", "11-01 ten 10"],
    "dearer_with_a_coupon": [
        "08-01 basic 8",
        "09-01 yearly 12",
        "10-01 yearly 12",
        "11-01 yearly 12",
    ],
}
DAMAGES = (
    "update build.fct_mrr_scheduled_items set plan_key = 'gone' where plan_key = 'ten'",
    "update build.fct_mrr_scheduled_items set valid_to = date '9999-12-31' "
    "where subscription_schedule_id = 'changed_their_mind_sched'",
    "update build.fct_mrr_intervals set valid_to = valid_from "
    "where customer_key = 'changed_their_mind'",
    "update build.agg_mrr_monthly set committed_mrr_usd = committed_mrr_usd + 0.000001 "
    "where month = date '2026-08-01'",
    "delete from build.agg_mrr_monthly where month = date '2026-10-01'",
)
# By customer, what committed MRR and closing MRR are made of.
OBJECTS = """
select customer_key, period, sum(committed) as committed, sum(closing) as closing
from (
    select coalesce(items.customer_key, schedules.customer_key) as customer_key, drilled.period,
        drilled.amount as committed, 0 as closing
    from build.drill_metric_objects as drilled
    left join (
        select distinct subscription_item_id, customer_key from build.fct_mrr_intervals
    ) as items
        on drilled.object_type = 'subscription_item'
            and drilled.object_id = items.subscription_item_id
    left join (
        select distinct scheduled_item_id, customer_key from build.fct_mrr_scheduled_items
    ) as schedules
        on drilled.object_type = 'scheduled_item'
            and drilled.object_id = schedules.scheduled_item_id
    where drilled.metric = 'committed_mrr_usd'
    union all
    select object_id, period, 0, amount
    from build.drill_metric_objects
    where metric = 'closing_usd'
) as parts
group by customer_key, period
"""
OF_PLANS = """
select customer_key, period, plan_key, sum(amount)
from (
    select items.customer_key, drilled.period, items.plan_key, drilled.amount
    from build.drill_metric_objects as drilled
    inner join build.fct_mrr_intervals as items on drilled.object_id = items.subscription_item_id
        and items.valid_from <= least(
            cast(drilled.period + interval '1 month' - interval '1 day' as date), date '2026-11-19'
        )
        and (items.valid_to is null or items.valid_to > least(
            cast(drilled.period + interval '1 month' - interval '1 day' as date), date '2026-11-19'
        ))
    where drilled.metric = 'committed_mrr_usd' and drilled.object_type = 'subscription_item'
    union all
    select items.customer_key, drilled.period, items.plan_key, drilled.amount
    from build.drill_metric_objects as drilled
    inner join build.fct_mrr_scheduled_items as items
        on drilled.object_id = items.scheduled_item_id and drilled.period = items.month
    where drilled.metric = 'committed_mrr_usd' and drilled.object_type = 'scheduled_item'
) as parts
group by customer_key, period, plan_key
order by customer_key, period, plan_key
"""
TABLES = (
    "build.fct_mrr_scheduled",
    "build.fct_mrr_scheduled_items",
    "build.agg_mrr_monthly",
    "build.drill_metric_objects",
)


def company(raw: RawLayer) -> None:
    """Put the prices, the coupons and every story into an empty warehouse."""
    open_shop(raw, NOW, prices=PRICES, coupons=COUPONS)
    for story in COMMITTED:
        story(Story(raw, story.__name__, observed=NOW))
    # Schedules that nobody hears of until the hour after, and one whose price and code are missing.
    later = Story(raw, "found_later", observed=NOW)
    later.subscription("pro", start="08-01")
    later.months(2600, *told.MONTHS, "12-01", price_id="pro")
    incomplete = Story(raw, "incomplete", observed=NOW)
    dearer = phase("12-05", "unheard_of", discounts=[{"promotion_code": "promo"}])
    incomplete.schedule(dearer, created="10-10", sub=None)


def an_hour_later(raw: RawLayer) -> None:
    """Land what became of schedules, and what is older than it was known to be."""
    raw.load("raw_stripe", LATER)
    at = NOW + HOUR / 2
    land(raw, "subscription_schedules", found_later(), at)
    called_off = {
        **schedule_of("signed", phase("12-05", "basic", 2), subscription=None),
        "status": "canceled",
        "canceled_at": epoch("11-10"),
    }
    land(raw, "subscription_schedules", called_off, at)
    land(raw, "prices", price("unheard_of", 4000), at)
    code = {"id": "promo", "object": "promotion_code", "promotion": {"coupon": "HALF"}}
    land(raw, "promotion_codes", code, at)


def found_later() -> Json:
    phases = (phase("08-01", "pro"), phase("12-01", "ten"))
    return schedule_of("found_later", *phases, subscription="found_later_sub")


def schedule_of(name: str, *phases: Json, subscription: str | None) -> Json:
    return {
        "id": f"{name}_sched",
        "object": "subscription_schedule",
        "customer": name,
        "subscription": subscription,
        "status": "active" if subscription else "not_started",
        "end_behavior": "release",
        "created": epoch("10-10"),
        "phases": list(phases),
    }


def land(raw: RawLayer, table: str, obj: Json, at: datetime) -> None:
    raw.stripe(table, obj, observed_at=at, load_id=LATER)


def test_committed_mrr_is_what_is_agreed_at_each_months_end(project: Project) -> None:
    with project.raw() as raw:
        company(raw)
    project.run()
    stories = {story.__name__: lines(text) for story, text in COMMITTED.items() if text}
    found = by_story(project, OBJECTS)
    # It costs what it costs until somebody hears of its schedule.
    assert found.pop("found_later")[-1] == "11-01 26 26"
    assert found == stories
    contraction = project.rows(
        "select period_start from build.fct_mrr_movements"
        " where customer_key = 'downgraded' and period_type = 'day' and contraction_usd = 18"
    )
    assert [f"{day:%m-%d}" for (day,) in contraction] == ["10-01"]
    of_plans = project.rows(OF_PLANS)
    for name, expected in BY_PLAN.items():
        assert expected == [
            f"{month:%m-%d} {plan} {amount.normalize():f}"
            for customer, month, plan, amount in of_plans
            if customer == name
        ]
    results = project.dbt("test", "--select", *CHECKS)
    statuses = [one["status"] for one in results]
    assert statuses.count("pass") == len(CHECKS)
    (check,) = (one["compiled_code"] for one in results if BY_PLAN_CHECK in one["unique_id"])
    assert not [damage for damage in DAMAGES if not _is_seen(project, check, damage)]


def _is_seen(project: Project, check: str, damage: str) -> bool:
    """Damage a table, ask the check, and put everything back."""
    with project.engine.connect() as connection:
        connection.execute("begin")
        connection.execute(damage)
        found = connection.execute(check).fetchall()
        connection.execute("rollback")
    return bool(found)


@pytest.mark.thorough
def test_an_hour_changes_what_is_agreed_as_a_rebuild_does(project: Project) -> None:
    with project.raw() as raw:
        company(raw)
    project.run()
    with project.raw() as raw:
        an_hour_later(raw)
    project.go_on(LOAD, NOW, NOW + HOUR)
    project.run("--vars", "{sliced: true}")
    owners = project.rows("select owner_id from intermediate.int_changed_owners order by 1")
    assert [owner for (owner,) in owners] == ["found_later", "incomplete", "signed"]
    hourly = {name: project.rows(f"select * from {name}") for name in TABLES}
    committed = by_story(project, OBJECTS)
    assert committed["found_later"][-2:] == ["10-01 10 26", "11-01 10 26"]
    assert committed["incomplete"] == ["10-01 20 0", "11-01 20 0"]
    assert committed["signed"] == ["10-01 16 0"]
    project.run("--full-refresh")
    rebuilt = {name: project.rows(f"select * from {name}") for name in TABLES}
    assert not unequal_tables(hourly, rebuilt)
