"""What a replica must hold once a refresh has ended undisturbed, and what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from random_account import Key
from random_business import Business
from replica import Image
from schedules import Schedule
from truth import Truth

from ingest.stripe.specs import BY_OBJECT, BY_TABLE

Place = tuple[str, str]
"""A table and an id."""

MONEY: Final = frozenset(
    {
        "balance_transactions",
        "charges",
        "checkout_sessions",
        "credit_notes",
        "customer_balance_transactions",
        "disputes",
        "invoice_payments",
        "payment_intents",
        "payout_transactions",
        "payouts",
        "refunds",
    }
)
_NOT_COMPARED: Final = frozenset({"events"})


def differences(
    schedule: Schedule, ours: Image, theirs: Image, *, known_silent: bool
) -> Iterator[str]:
    """Yield what is wrong with a replica, a line each; nothing if nothing is.

    Args:
        schedule: has the truth.
        ours: what the replica holds.
        theirs: what another one holds, pulled from scratch at the same instant.
        known_silent: whether what changed without any sign has to be known, too.
    """
    business = schedule.business
    unsure = set() if known_silent else {_place(key) for key in business.silent}
    truth = Truth(business, schedule.line.settings)
    yield from _of_the_living(ours, theirs, unsure)
    yield from _of_only_ours(truth, ours, theirs, unsure)
    yield from _of_the_judge(truth, theirs)
    yield from _of_the_gone(business, ours, unsure)
    yield from _of_money(ours)


def _of_the_living(ours: Image, theirs: Image, unsure: set[Place]) -> Iterator[str]:
    """Hold ours against a pull from scratch: what lives there lives here in the same version."""
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


def _of_only_ours(truth: Truth, ours: Image, theirs: Image, unsure: set[Place]) -> Iterator[str]:
    """Look at what only ours holds: no list holds it, nothing names it any more, and it is true."""
    for place, row in ours.live().items():
        if place in theirs.live() or place in unsure or row.table in _NOT_COMPARED:
            continue
        spec = BY_TABLE[row.table]
        if not truth.is_there(spec, row.id):
            # A parent that is gone took its list with it; what is landed of it stays.
            if not spec.parents:
                yield f"{place} is held to live, but is gone"
        elif row.hash != truth.hash(spec, row.id):
            yield f"{place} is in no list and stale: {row.object}"
        elif not spec.parents and row.id in truth.listed(spec):
            yield f"{place} is listed, but a pull from scratch does not find it"


def _of_the_judge(truth: Truth, theirs: Image) -> Iterator[str]:
    """Hold the pull from scratch against the truth, or it would be no judge."""
    paid_out = BY_TABLE["payout_transactions"]
    held = {row_id for table, row_id in theirs.live() if table == paid_out.table}
    if missed := truth.members(paid_out) ^ held:
        yield f"a pull from scratch is wrong about what payouts paid out: {sorted(missed)}"
    for spec in BY_TABLE.values():
        if spec.parents or spec.singleton or spec.table in _NOT_COMPARED:
            continue
        found = {
            row_id: row for (table, row_id), row in theirs.live().items() if table == spec.table
        }
        if missed := truth.listed(spec) - found.keys():
            yield f"a pull from scratch misses {sorted(missed)} of {spec.table}"
        for table, ids in truth.named(spec).items():
            if missed := ids - {row_id for name, row_id in theirs.live() if name == table}:
                yield f"a pull from scratch misses {sorted(missed)} of {table}, which are named"
        for row_id, row in found.items():
            if row.hash != truth.hash(spec, row_id):
                yield f"a pull from scratch holds {spec.table}/{row_id} otherwise than it is"


def _of_the_gone(business: Business, ours: Image, unsure: set[Place]) -> Iterator[str]:
    """Hold deletions against the truth: just what is gone and was ever known is deleted."""
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
    """Look for money that is held to be deleted, which money never is."""
    for table, row_id in ours.deleted():
        if table in MONEY:
            yield f"{table}/{row_id} is money and held to be deleted"


def lost_events(schedule: Schedule, ours: Image, theirs: Image) -> Iterator[str]:
    """Yield what is wrong with the landed events."""
    business, held = schedule.business, ours.ids("events")
    if schedule.followed - held:
        yield f"events are missing that were visible: {sorted(schedule.followed - held)}"
    if held - business.told.keys():
        yield f"events that never were: {sorted(held - business.told.keys())}"
    if theirs.ids("events") != business.visible():
        yield "a pull from scratch does not hold just the events that are kept"
    versions = {(row.id, row.hash) for row in ours.history if row.table == "events"}
    if len(versions) != len(held):
        yield "an event changed, and events never do"


def lost_rows(schedule: Schedule, ours: Image) -> Iterator[str]:
    """Yield what was landed once and is not there any more."""
    for row in schedule.replica.ever_landed() - set(ours.history):
        yield f"{row.table}/{row.id} was landed and has disappeared: {row.object}"


def lost_children(schedule: Schedule, ours: Image) -> Iterator[str]:
    """Yield rows of lists under parents that were told of and are missing.

    A pull from scratch can't tell: it passes over parents whose sums are zero and of which no event
    is kept. So does one that makes up for a gap.
    """
    business, since = schedule.business, schedule.caught_up
    if since is None or any(schedule.replica.gaps()):
        return
    held = ours.ids("customer_balance_transactions")
    for row_id in business.ids("customer_balance_transaction"):
        row = business.get("customer_balance_transaction", row_id)
        is_there = ("customer", row["customer"]) not in business.gone
        if row["created"] > since and is_there and row_id not in held:
            yield f"customer_balance_transactions/{row_id} is missing"


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
