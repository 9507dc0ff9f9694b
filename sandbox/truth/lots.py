"""Credits in lots, told event by event: what came in, was used, given back, ended, taken back.

What happens at one instant goes in the order of :data:`_PLACES`, then by id.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.ledger import CreditMoved

_KINDS = {
    "PURCHASE": "pack",
    "PLAN_GRANT": "plan_grant",
    "PROMO": "promotion",
    "USAGE_REFUND": "refund",
}
_PLACES = {"end": 10, "grant": 20, "late end": 25, "return": 30, "take": 40, "use": 50}


@dataclass(slots=True)
class Lot:
    """Credits that came in together, and what became of them."""

    lot_id: str
    user_id: str
    kind: str
    credits: int
    granted_at: datetime
    ends_at: datetime | None
    payment_intent_id: str | None
    used: int = 0
    expired: int = 0
    clawed_back: int = 0
    has_ended: bool = False

    @property
    def remaining(self) -> int:
        """What is left."""
        return self.credits - self.used - self.expired - self.clawed_back


@dataclass(frozen=True, slots=True)
class Movement:
    """Credits out of a lot (negative: back to it) on behalf of an entry."""

    at: datetime
    entry_id: str
    lot: Lot
    kind: str
    credits: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the ledger; the application knows nothing of an added one."""

    at: datetime
    entry_id: str
    user_id: str
    type: str
    credits: int
    video_id: str | None
    is_added: bool = False


@dataclass(slots=True)
class Account:
    """All credits of one user."""

    user_id: str
    lots: list[Lot] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    taken_by: dict[str, list[tuple[Lot, int]]] = field(default_factory=lambda: defaultdict(list))
    #: Credits whose end no entry of the application's has told yet.
    untold: int = 0
    ended: list[tuple[datetime, str, Lot, int]] = field(default_factory=list)
    told: list[tuple[datetime, str, int]] = field(default_factory=list)

    def usable(self) -> list[Lot]:
        """Return lots with something left: soonest to end first, then oldest."""
        left = [lot for lot in self.lots if lot.remaining > 0 and not lot.has_ended]
        return sorted(left, key=_burn_order)


def replay(facts: Iterable[CreditMoved], as_of: datetime) -> list[Account]:
    """Tell every user's story until now."""
    by_user: dict[str, list[CreditMoved]] = defaultdict(list)
    for fact in facts:
        by_user[fact.user_id].append(fact)
    return [_account(user_id, of_user, as_of) for user_id, of_user in by_user.items()]


def _account(user_id: str, facts: list[CreditMoved], as_of: datetime) -> Account:
    account = Account(user_id)
    for at, _, entry_id, what, fact in sorted(_events(facts, as_of), key=lambda e: e[:3]):
        if what != "end":
            entry = (at, entry_id, user_id, fact.type, fact.credits, fact.video_id)
            account.entries.append(Entry(*entry))
        match what:
            case "grant":
                _bring(account, fact)
            case "end":
                _end(account, at, entry_id)
            case "return":
                _give_back(account, fact)
            case "use":
                taken = _take(account, fact, -fact.credits, "use", account.usable())
                account.taken_by[str(fact.video_id)] += taken
            case _:
                _take_back(account, fact)
    _add_untold_ends(account)
    return account


def _events(
    facts: list[CreditMoved], as_of: datetime
) -> Iterator[tuple[datetime, int, str, str, CreditMoved]]:
    for fact in facts:
        what = _what(fact)
        yield fact.at, _PLACES[what], fact.entry_id, what, fact
        if what == "grant" and fact.expires_at and max(fact.expires_at, fact.at) <= as_of:
            place = _PLACES["end" if fact.expires_at > fact.at else "late end"]
            yield max(fact.expires_at, fact.at), place, fact.entry_id, "end", fact


def _what(fact: CreditMoved) -> str:
    if fact.credits < 0:
        return "use" if fact.type == "USAGE" else "take"
    return "return" if fact.type == "USAGE_REFUND" and fact.video_id else "grant"


def _burn_order(lot: Lot) -> tuple[bool, datetime, datetime, str]:
    return lot.ends_at is None, lot.ends_at or lot.granted_at, lot.granted_at, lot.lot_id


def _bring(account: Account, fact: CreditMoved, credits_in: int | None = None) -> None:
    account.lots.append(
        Lot(
            lot_id=fact.entry_id,
            user_id=fact.user_id,
            kind=_KINDS.get(fact.type, "adjustment"),
            credits=fact.credits if credits_in is None else credits_in,
            granted_at=fact.at,
            ends_at=fact.expires_at,
            payment_intent_id=fact.payment_intent_id if fact.type == "PURCHASE" else None,
        )
    )


def _take(
    account: Account, fact: CreditMoved, amount: int, kind: str, lots: list[Lot]
) -> list[tuple[Lot, int]]:
    """Take credits from lots in the order given; return what came from which."""
    taken = []
    for lot in lots:
        part = min(amount, lot.remaining)
        if part:
            _move(account, fact.at, fact.entry_id, lot, kind, part)
            taken.append((lot, part))
            amount -= part
    if amount:
        raise ValueError(f"{fact.user_id} has {amount} credits too few for {fact.entry_id}")
    return taken


def _move(account: Account, at: datetime, entry_id: str, lot: Lot, kind: str, amount: int) -> None:
    account.movements.append(Movement(at, entry_id, lot, kind, amount))
    match kind:
        case "use":
            lot.used += amount
        case "expire":
            lot.expired += amount
        case _:
            lot.clawed_back += amount


def _give_back(account: Account, fact: CreditMoved) -> None:
    """Return credits to the lots they came from, last taken first; in ended ones they end."""
    amount, stack = fact.credits, account.taken_by[str(fact.video_id)]
    while amount and stack:
        lot, part = stack.pop()
        back = min(amount, part)
        if part > back:
            stack.append((lot, part - back))
        amount -= back
        _move(account, fact.at, fact.entry_id, lot, "use", -back)
        if lot.has_ended:
            lot.expired += back
            account.untold += back
            account.ended.append((fact.at, fact.entry_id, lot, back))
    if amount:
        _bring(account, fact, amount)


def _end(account: Account, at: datetime, lot_id: str) -> None:
    """Let what a lot still holds be gone."""
    lot = next(lot for lot in account.lots if lot.lot_id == lot_id)
    left, lot.has_ended = lot.remaining, True
    if left:
        lot.expired += left
        account.untold += left
        account.ended.append((at, lot_id, lot, left))


def _take_back(account: Account, fact: CreditMoved) -> None:
    """Take a clawback from its own pack first; an EXPIRY mostly tells what has ended."""
    amount, kind, lots = -fact.credits, "claw back", account.usable()
    if fact.type == "EXPIRY":
        kind, told = "expire", min(amount, account.untold)
        account.untold -= told
        account.told.append((fact.at, fact.entry_id, told))
        amount -= told
    if fact.type == "CLAWBACK":
        lots.sort(key=lambda lot: lot.payment_intent_id != fact.payment_intent_id)
    _take(account, fact, amount, kind, lots)


def _add_untold_ends(account: Account) -> None:
    """Lay what ended beside the entries that tell of it, instant by instant."""
    for at in sorted({end[0] for end in account.ended} | {told[0] for told in account.told}):
        ended = [end for end in account.ended if end[0] == at]
        told = sorted((entry_id, amount) for when, entry_id, amount in account.told if when == at)
        causes = [cause for _, cause, _, _ in ended] + [entry_id for entry_id, _ in told]
        missing = sum(end[3] for end in ended) - sum(amount for _, amount in told)
        if missing:
            added = _added(account.user_id, at, min(causes), missing)
            account.entries.append(added)
            told.append((added.entry_id, max(missing, 0)))
        for _, _, lot, amount in ended:
            _allocate(account, at, lot, amount, told)


def _added(user_id: str, at: datetime, cause: str, missing: int) -> Entry:
    return Entry(
        at=at,
        entry_id=f"expiry:{cause}",
        user_id=user_id,
        type="EXPIRY",
        credits=-missing,
        video_id=None,
        is_added=True,
    )


def _allocate(
    account: Account, at: datetime, lot: Lot, amount: int, told: list[tuple[str, int]]
) -> None:
    """Find the entries that tell of credits that ended, first come first served."""
    left = amount
    for index, (entry_id, rest) in enumerate(told):
        part = min(left, rest)
        left -= part
        told[index] = (entry_id, rest - part)
        if part:
            account.movements.append(Movement(at, entry_id, lot, "expire", part))
