"""The same seed gives the same company, however often it was stopped on the way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from company_world import DAY, START, new_world, objects, since

from sandbox.company import build_world
from sandbox.company.world import World, world_start

SPAN = since(150)
KINDS = (
    "account",
    "balance",
    "balance_transaction",
    "charge",
    "checkout.session",
    "coupon",
    "credit_note",
    "customer",
    "customer_balance_transaction",
    "discount",
    "dispute",
    "event",
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


def shown(world: World) -> dict[str, list[dict[str, Any]]]:
    return {kind: objects(world, kind) for kind in KINDS}


@pytest.fixture(scope="module")
def whole() -> World:
    return new_world(SPAN)


def test_the_same_seed_gives_the_same_world(whole: World) -> None:
    again = new_world(SPAN)
    assert list(again.ledger) == list(whole.ledger)
    assert shown(again) == shown(whole)


def test_another_seed_gives_another_world(whole: World) -> None:
    assert list(new_world(SPAN, seed=4).ledger) != list(whole.ledger)


def test_a_world_advanced_in_steps_equals_one_built_at_once(whole: World) -> None:
    world = new_world(since(40.25))
    for until in (since(41), since(41), since(90.5), since(149.9), SPAN):
        world.advance(until)
    assert list(world.ledger) == list(whole.ledger)
    assert shown(world) == shown(whole)


def test_the_ledger_is_in_order_and_only_grows() -> None:
    world = new_world(since(60))
    before = list(world.ledger)
    world.advance(since(61))
    assert list(world.ledger)[: len(before)] == before
    moments = [fact.at for fact in world.ledger]
    assert moments == sorted(moments)
    assert moments[-1] < since(61)


def test_time_does_not_go_back(whole: World) -> None:
    with pytest.raises(ValueError, match="already"):
        whole.advance(SPAN - timedelta(seconds=1))


def test_more_sign_ups_are_more_users() -> None:
    few, many = new_world(since(200), customers=40), new_world(since(200), customers=160)
    assert len(many.ledger) > 2 * len(few.ledger)


class TestCache:
    def test_a_finished_world_is_read_and_not_built(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        built = build_world(3, 20, DAY, tmp_path)
        monkeypatch.setattr("sandbox.company.cache.World", None)
        cached = build_world(3, 20, DAY, tmp_path)
        assert list(cached.ledger) == list(built.ledger)
        assert cached.store.get("balance", "balance") == built.store.get("balance", "balance")

    def test_the_next_day_continues_the_last(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_world(3, 20, DAY - timedelta(days=2), tmp_path)
        fresh = build_world(3, 20, DAY, None)
        monkeypatch.setattr("sandbox.company.cache.World", None)
        continued = build_world(3, 20, DAY, tmp_path)
        assert list(continued.ledger) == list(fresh.ledger)
        assert shown(continued) == shown(fresh)
        assert len(list(tmp_path.iterdir())) == 1, "the earlier day is not kept"

    def test_the_next_month_continues_a_company_that_was_met_before(self, tmp_path: Path) -> None:
        later = DAY + timedelta(days=20)
        met = build_world(3, 20, DAY, tmp_path)
        gone_on = build_world(3, 20, later, tmp_path, opened=START)
        assert world_start(later) != START
        assert list(gone_on.ledger)[: len(met.ledger)] == list(met.ledger)
        assert gone_on.now() == later

    def test_a_broken_file_is_built_anew(self, tmp_path: Path) -> None:
        build_world(3, 20, DAY, tmp_path)
        (file,) = tmp_path.iterdir()
        file.write_bytes(b"\x80")
        assert build_world(3, 20, DAY, tmp_path).now() == DAY
        assert file.stat().st_size > 1000

    def test_a_world_ends_at_the_beginning_of_its_day(self, tmp_path: Path) -> None:
        late = build_world(3, 20, DAY + timedelta(hours=17), None)
        assert late.now() == DAY
        assert late.ledger[0].at == START == world_start(DAY)
