"""Staging after several loads equals staging rebuilt from nothing, whatever came in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.models.project import Project
from tests.integration.models.raw_layer import RawLayer

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MODELS = (
    "stg_stripe__charges",
    "stg_stripe__invoices",
    "stg_stripe__invoice_lines",
    "stg_stripe__subscription_versions",
    "stg_app__videos",
)


def charge(charge_id: str, amount: int, *, live: bool = False) -> dict[str, Any]:
    return {"id": charge_id, "object": "charge", "amount": amount, "livemode": live}


def invoice(invoice_id: str, *line_ids: str) -> dict[str, Any]:
    lines = [{"id": line_id, "amount": 1} for line_id in line_ids]
    return {"id": invoice_id, "object": "invoice", "livemode": False, "lines": {"data": lines}}


def subscription(status: str) -> dict[str, Any]:
    return {"id": "sub_1", "object": "subscription", "status": status, "livemode": False}


def first_load(raw: RawLayer) -> None:
    raw.create(now=NOON, first_load_at=NOON)
    raw.load("raw_stripe", "1")
    raw.load("raw_app", "1")
    for name in ("ch_same", "ch_changes", "ch_late", "ch_deleted"):
        raw.stripe("charges", charge(name, 1), observed_at=NOON, load_id="1")
    raw.stripe("charges", charge("ch_live", 1, live=True), observed_at=NOON, load_id="1")
    raw.stripe("invoices", invoice("in_same", "il_1"), observed_at=NOON, load_id="1")
    raw.stripe("invoices", invoice("in_shrinks", "il_2", "il_3"), observed_at=NOON, load_id="1")
    raw.stripe("invoices", invoice("in_empties", "il_4"), observed_at=NOON, load_id="1")
    raw.stripe("invoices", invoice("in_deleted", "il_5"), observed_at=NOON, load_id="1")
    raw.stripe("subscriptions", subscription("active"), observed_at=NOON, load_id="1")
    for name in ("v_same", "v_changes"):
        row = {"id": name, "user_id": "u", "provider": "LUMA_V1", "status": "PENDING"}
        raw.app("video", row, observed_at=NOON, load_id="1")


def second_load(raw: RawLayer) -> None:
    raw.load("raw_stripe", "2")
    raw.load("raw_stripe", "3", complete=False)
    raw.load("raw_app", "2")
    raw.stripe("charges", charge("ch_changes", 2), observed_at=NOON + HOUR, load_id="2")
    raw.stripe("charges", charge("ch_late", 3), observed_at=NOON - HOUR, load_id="2")
    raw.stripe("charges", charge("ch_new", 4), observed_at=NOON + HOUR, load_id="2")
    raw.stripe("charges", charge("ch_same", 9), observed_at=NOON + HOUR, load_id="3")
    tombstone = {"id": "ch_deleted", "object": "charge", "deleted": True}
    raw.stripe("charges", tombstone, observed_at=NOON + HOUR, load_id="2", deleted=True)
    raw.load("raw_stripe", "4")
    told = charge("ch_told", 5) | {"created": 1}
    raw.stripe("charges", told, observed_at=NOON + HOUR, load_id="2", deleted=True)
    tombstone = {"id": "ch_told", "object": "charge", "deleted": True}
    raw.stripe("charges", tombstone, observed_at=NOON + HOUR, load_id="4", deleted=True)
    raw.stripe("invoices", invoice("in_shrinks", "il_2"), observed_at=NOON + HOUR, load_id="2")
    raw.stripe("invoices", invoice("in_empties"), observed_at=NOON + HOUR, load_id="2")
    tombstone = {"id": "in_deleted", "object": "invoice", "deleted": True}
    raw.stripe("invoices", tombstone, observed_at=NOON + HOUR, load_id="2", deleted=True)
    raw.stripe("subscriptions", subscription("canceled"), observed_at=NOON + HOUR, load_id="2")
    row = {"id": "v_changes", "user_id": "u", "provider": "LUMA_V1", "status": "COMPLETED"}
    raw.app("video", row, observed_at=NOON + HOUR, load_id="2")


def staged(project: Project) -> dict[str, list[tuple[Any, ...]]]:
    return {
        model: sorted(project.rows(f"select * from staging.{model}"), key=repr) for model in MODELS
    }


def test_later_loads_lead_where_a_rebuild_leads(project: Project) -> None:
    with project.raw() as raw:
        first_load(raw)
    project.run("--select", *MODELS)
    with project.raw() as raw:
        second_load(raw)
    project.run("--select", *MODELS)
    incremental = staged(project)

    amounts = (
        "select charge_id, amount_minor, is_deleted from staging.stg_stripe__charges order by 1"
    )
    assert project.rows(amounts) == [
        ("ch_changes", 2, False),
        ("ch_deleted", 1, True),
        ("ch_late", 1, False),
        ("ch_live", 1, False),
        ("ch_new", 4, False),
        ("ch_same", 1, False),
        ("ch_told", 5, True),
    ]
    lines = "select invoice_id, line_id from staging.stg_stripe__invoice_lines order by 1, 2"
    assert project.rows(lines) == [("in_same", "il_1"), ("in_shrinks", "il_2")]
    versions = "select status from staging.stg_stripe__subscription_versions order by observed_at"
    assert project.rows(versions) == [("active",), ("canceled",)]

    project.run("--full-refresh", "--select", *MODELS)
    assert staged(project) == incremental


def test_a_live_key_after_a_test_key_judges_everything_anew(project: Project) -> None:
    with project.raw() as raw:
        first_load(raw)
    project.run("--select", *MODELS)
    with project.raw() as raw:
        raw.set_live_mode(live=True)
    project.run("--select", *MODELS)
    assert project.rows("select charge_id from staging.stg_stripe__charges") == [("ch_live",)]
    for model in ("stg_stripe__invoice_lines", "stg_stripe__subscription_versions"):
        assert project.rows(f"select * from staging.{model}") == []
