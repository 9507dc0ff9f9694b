"""The machine-made report of an erasure: what was erased where, what is kept, why, and till when.

It names nobody: what a person went by is in the operations store alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from warehouse.generations import Generation, published
from warehouse.generations.store import KEEP, KEEP_FOR
from warehouse.operations import Erasure
from warehouse.settings import Settings

KEPT: Final = (
    {
        "what": "payments, invoices, subscriptions, credits and videos, under a neutral name",
        "why": "the company's books: money has to add up, and accounts have to be kept by law",
    },
    {
        "what": "the country, dates and amounts of the neutral customer",
        "why": "no figure may change; they name nobody",
    },
    {
        "what": "ids of transactions in Stripe (charges, invoices, payment methods)",
        "why": "figures are reconciled to Stripe by them; they lead to a person only in Stripe, "
        "where the person is erased by whoever holds the account",
    },
    {
        "what": "what the person went by (ids, HMACs of e-mail addresses) in the operations store",
        "why": "the sources still hold the person: without it their data would come back",
    },
    {
        "what": "addresses of the API in the audit log, which may hold a customer's id",
        "why": "the log may not be changed; it is evidence of who saw what",
    },
    {
        "what": "answers in Redis, and freed pages of the database's files",
        "why": "answers end by themselves after DASHBOARD_CACHE_TTL; pages are overwritten by the "
        "next refreshes",
    },
    {
        "what": "backups, and copies that analysts made",
        "why": "they are not Tillhouse's: erase them where they are",
    },
)


def report(
    settings: Settings, erasure: Erasure, scrubbed: Mapping[str, int], found: Mapping[str, int]
) -> dict[str, Any]:
    """Return what an erasure did so far.

    Args:
        settings: where generations lie.
        erasure: as the operations store has it.
        scrubbed: rows rewritten, by table of the raw layer.
        found: how many users, Stripe customers and e-mail addresses the person went by.
    """
    return {
        "erasure": erasure.erasure_id,
        "requested_at": erasure.requested_at,
        "person": dict(found),
        "rows_rewritten": dict(scrubbed),
        **progress(erasure, published(settings)),
        "kept": list(KEPT),
    }


def progress(erasure: Erasure, generations: Sequence[Generation]) -> dict[str, Any]:
    """Return how far an erasure has come, and which generations still hold the person."""
    holding = holding_generations(erasure, generations)
    state = "complete"
    if erasure.scrubbed_at is None:
        state = "the raw layer is still to be rewritten: run `tillhouse refresh`"
    elif erasure.generation_id is None:
        state = "the next refresh publishes the first generation without the person"
    elif holding:
        state = "complete once the generations that still hold the person have served their time"
    return {
        "raw_layer_rewritten_at": erasure.scrubbed_at,
        "first_generation_without": erasure.generation_id,
        "generations_that_still_hold": [g.id for g in holding],
        "they_end": _end(holding),
        "state": state,
    }


def holding_generations(erasure: Erasure, generations: Sequence[Generation]) -> list[Generation]:
    """Return the kept generations from before the first one without the person."""
    first = erasure.generation_id
    return [g for g in generations if first is None or g.id < first]


def keep_report(settings: Settings, content: Mapping[str, Any]) -> Path:
    """Write a report into the home and return its path."""
    folder = settings.prepare_home() / "erasures"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{content['erasure']}.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2, default=_plain, ensure_ascii=False) + "\n")
    return path


def _end(holding: Sequence[Generation]) -> str | None:
    if not holding:
        return None
    newest = max(generation.published_at for generation in holding) + KEEP_FOR
    return f"not before {newest:%Y-%m-%d %H:%M}Z, with the first refresh that has {KEEP} newer ones"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
