"""What a replica must hold once a refresh has ended undisturbed, and what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from random_account import Key
from random_business import Business
from replica import Image, Replica, Version

from ingest.personal_data import Pseudonymiser
from ingest.stripe.client import GoneError
from ingest.stripe.landing import Landing
from ingest.stripe.specs import BY_OBJECT, BY_TABLE

Place = tuple[str, str]
"""A table and an id."""

MONEY: Final = frozenset(
    ["balance_transactions", "charges", "checkout_sessions", "credit_notes", "disputes", "invoice_payments", "payment_intents", "payouts", "refunds", "customer_balance_transactions"]
)
_NOT_COMPARED: Final = frozenset({"events"})


def differences(
    business: Business, ours: Image, fresh: Replica, *, known_silent: bool
) -> Iterator[str]:
    """Yield what is wrong with a replica, a line each; nothing if nothing is.

    Args:
        business: the truth.
        ours: what the replica holds.
        fresh: another one, pulled from scratch at the same instant.
        known_silent: whether what changed without any sign has to be known, too.
    """
    unsure = set() if known_silent else {_place(key) for key in business.silent}
    theirs = fresh.image()
    yield from _of_the_living(ours, theirs, unsure)
    yield from _only_ours(business, ours, theirs, fresh, unsure)
    yield from _of_the_listed(business, theirs)
    yield from _of_the_gone(business, ours, unsure)
    yield from _of_money(ours)


def _of_the_living(ours: Image, theirs: Image, unsure: set[Place]) -> Iterator[str]:
    """Whatever a pull from scratch finds alive is alive in ours, in the same version."""
    for place, row in theirs.live().items():
        if place in unsure or row.table in _NOT_COMPARED:
            continue
        held = ours.newest.get(place)
        if held is None:
            yield f"{place} is missing"
        elif held.deleted:
            yield f"{place} lives, but is held to be deleted"
        elif held.hash != row.hash:
            yield f"{place} is stale: {held.object} is now {row.object}"


def _only_ours(
    business: Business, ours: Image, theirs: Image, fresh: Replica, unsure: set[Place]
) -> Iterator[str]:
    """What only ours holds is what no list holds and nothing names any more; it must be true."""
    for place, row in ours.live().items():
        if place in theirs.live() or place in unsure or row.table in _NOT_COMPARED:
            continue
        spec = BY_TABLE[row.table]
        stored = business.store.table(spec.object).rows.get(row.id)
        if stored is None:
            yield f"{place} is held to live, but is gone"
        elif spec.parents:
            # A parent whose sums are zero again does not tell a pull from scratch of its list.
            continue
        elif stored.listed:
            yield f"{place} is listed, but a pull from scratch does not find it"
        elif (now := _as_it_is(fresh, row)) != row.hash:
            yield f"{place} is in no list and stale: {row.object}, {now}"


def _as_it_is(fresh: Replica, row: Version) -> str:
    spec = BY_TABLE[row.table]
    settings = fresh.line.settings
    try:
        obj = fresh.line.reader(fresh.account_id).get(spec, row.id)
    except GoneError:
        return "gone"
    landing = Landing(Pseudonymiser(settings.pseudonym_key_value()), "", settings.now)
    return landing.rows(spec, [obj])[0].hash


def _of_the_listed(business: Business, theirs: Image) -> Iterator[str]:
    """The pull from scratch is no better a judge than its lists are whole: they hold all there is."""
    for spec in BY_TABLE.values():
        if spec.parents or spec.singleton or spec.table in _NOT_COMPARED:
            continue
        rows = business.store.table(spec.object).rows
        listed = {object_id for object_id, row in rows.items() if row.listed}
        found = {row_id for table, row_id in theirs.live() if table == spec.table}
        if listed - found:
            yield f"a pull from scratch misses {sorted(listed - found)} of {spec.table}"


def _of_the_gone(business: Business, ours: Image, unsure: set[Place]) -> Iterator[str]:
    """What is deleted in ours is gone, and what is gone and was ever known is deleted in ours."""
    gone = {_place(key) for key in business.gone}
    for place in ours.deleted() - gone:
        yield f"{place} is held to be deleted, but never was or is back"
    told = {
        _place(one.gone) for event_id in ours.ids("events") if (one := business.told[event_id]).gone
    }
    known = ours.seen_alive | told
    for place in (gone & known) - ours.deleted() - unsure:
        yield f"{place} is gone, but not held to be deleted"


def _of_money(ours: Image) -> Iterator[str]:
    """Money is never deleted."""
    for table, row_id in ours.deleted():
        if table in MONEY:
            yield f"{table}/{row_id} is money and held to be deleted"


def lost_events(business: Business, ours: Image, fresh: Image, followed: set[str]) -> Iterator[str]:
    """Yield what is wrong with the landed events.

    Args:
        business: the truth.
        ours: what the replica holds.
        fresh: what a pull from scratch holds.
        followed: the events that were visible when a pull began that then ended well.
    """
    held = ours.ids("events")
    if followed - held:
        yield f"events are missing that were visible: {sorted(followed - held)}"
    if held - business.told.keys():
        yield f"events that never were: {sorted(held - business.told.keys())}"
    if fresh.ids("events") != business.visible():
        yield "a pull from scratch does not hold just the events that are kept"
    versions = {(row.id, row.hash) for row in ours.history if row.table == "events"}
    if len(versions) != len(held):
        yield "an event changed, and events never do"


def false_history(ours: Image) -> Iterator[str]:
    """Yield where the versions of an object run backwards."""
    last: dict[Place, int] = {}
    for row in ours.history:
        revision = None if row.deleted or row.table in _NOT_COMPARED else row.revision
        if revision is None:
            continue
        before = last.get((row.table, row.id), 0)
        if revision < before:
            yield f"{row.table}/{row.id} went back from revision {before} to {revision}"
        last[row.table, row.id] = revision


def _place(key: Key | None) -> Place:
    assert key is not None
    return BY_OBJECT[key[0]].table, key[1]
