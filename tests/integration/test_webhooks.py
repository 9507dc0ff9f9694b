"""Webhooks may make a refresh sooner, never different: lost, doubled, permuted, forged."""

from __future__ import annotations

import asyncio
import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from ingest_company import Company, MakeSettings, company
from signing import ADDRESS, SECRET, event, signed

from ingest.stripe.specs import OBJECTS
from reader.app import create_app
from warehouse.operations import Inbox, OperationsStore, early_refresh


def _deliver(shop: Company, events: list[dict[str, Any]], secret: str = SECRET) -> set[int]:
    """Post events all at once; return the statuses."""

    async def post() -> set[int]:
        transport = httpx.ASGITransport(create_app(shop.settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://reader") as client:
            sent = [client.post(ADDRESS, **signed(one, secret)) for one in events]
            return {answer.status_code for answer in await asyncio.gather(*sent)}

    return asyncio.run(post())


def _deliver_badly(shop: Company, known: set[str]) -> None:
    """Lose a third of the new events, double a third, permute all, and send some of nobody's."""
    rows = shop.world.store.table("event").rows
    new = [rows[event_id].load() for event_id in rows.keys() - known]
    dice = random.Random(7)
    dice.shuffle(new)
    third = len(new) // 3
    sent = [*new[third:], *new[third : 2 * third]]
    dice.shuffle(sent)
    assert _deliver(shop, sent) == {200}
    kept = {delivery.event_id for delivery in Inbox(OperationsStore(shop.settings)).all()}
    assert {one["id"] for one in new[third:]} <= kept
    # A stolen secret: signed, and about objects that are not there or not so.
    gone = event("evt_forged", type="customer.deleted")
    gone["data"]["object"] = new[0]["data"]["object"]
    assert _deliver(shop, [gone, event("evt_of_nobody", account="acct_other")]) == {200}
    assert _deliver(shop, [event("evt_unsigned")], "whsec_guessed") == {400}


def _landed(shop: Company) -> dict[str, list[tuple[Any, ...]]]:
    """Return every version of every object, but for the load that brought it."""
    columns = "id, hash, observed_at, event_id, deleted"
    return {
        spec.table: shop.rows(f"select {columns} from raw_stripe.{spec.table} order by all")
        for spec in OBJECTS
    }


def test_whatever_is_delivered_the_next_pull_lands_the_same(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    with company(make_settings, tmp_path, stripe_webhook_secret=SECRET) as told:
        told.pull()
        home = tmp_path / "untold"
        shutil.copytree(told.settings.tillhouse_home, home)
        copied = {"tillhouse_home": home, "stripe_webhook_secret": ()}
        untold = replace(told, settings=told.settings.model_copy(update=copied))
        known = set(told.world.store.table("event").rows)
        told.advance(days=3)
        _deliver_badly(told, known)
        newest = Inbox(OperationsStore(told.settings)).newest_position()
        assert early_refresh(newest, None, datetime.now(UTC), is_busy=False).is_due
        for shop in (told, untold):
            assert shop.pull().rows_landed > 0
        assert _landed(told) == _landed(untold)
