"""The credit tables: the ledger, its lots, and what is outstanding day by day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.ledger import CreditMoved, Fact
from sandbox.truth.calendar import days, utc_day
from sandbox.truth.lots import Account, Lot, Movement
from sandbox.truth.money import AMOUNT_PLACES, ZERO, round_half_even
from sandbox.truth.packs import Sale
from sandbox.truth.people import People
from sandbox.truth.provider_cost import RatedCall

Row = dict[str, Any]
_UNIT_PRICE_PLACES = 9


@dataclass(frozen=True, slots=True)
class PackLot:
    """A lot that was bought: its price, and what it still held at the end of days it changed."""

    lot: Lot
    price_usd: Decimal
    remaining_on: dict[date, int]
    expired_on: frozenset[date]

    def remaining(self, day: date) -> int:
        """Return what was left at the end of a day."""
        until = [changed for changed in self.remaining_on if changed <= day]
        return self.remaining_on[max(until)] if until else 0

    def worth(self, credits_left: int) -> Decimal:
        """Return the price of some of its credits."""
        share = Fraction(self.price_usd) * credits_left / self.lot.credits
        return round_half_even(share, AMOUNT_PLACES)


def price_packs(accounts: Sequence[Account], sales: Sequence[Sale]) -> list[PackLot]:
    """Give every bought lot its price: what its payment bought, shared by credits."""
    paid: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for sale in sales:
        if sale.is_paid and sale.payment_intent_id:
            paid[sale.payment_intent_id] += sale.net_usd
    return [
        _pack_lot(lot, account, paid)
        for account in accounts
        for lot in account.lots
        if lot.kind == "pack"
    ]


def _pack_lot(lot: Lot, account: Account, paid: dict[str, Decimal]) -> PackLot:
    moves = [move for move in account.movements if move.lot is lot]
    expired = frozenset(utc_day(move.at) for move in moves if move.kind == "expire")
    return PackLot(lot, _price(lot, account.lots, paid), _remaining_on(lot, moves), expired)


def _price(lot: Lot, lots: Sequence[Lot], paid: dict[str, Decimal]) -> Decimal:
    of_payment = sorted(
        (one for one in lots if one.payment_intent_id == lot.payment_intent_id),
        key=lambda one: (one.granted_at, one.lot_id),
    )
    total = Fraction(paid[lot.payment_intent_id or ""])
    until = of_payment.index(lot)
    before = sum(one.credits for one in of_payment[:until])
    credits_in_all = sum(one.credits for one in of_payment)
    upper = round_half_even(total * (before + lot.credits) / credits_in_all, AMOUNT_PLACES)
    return upper - round_half_even(total * before / credits_in_all, AMOUNT_PLACES)


def _remaining_on(lot: Lot, movements: Sequence[Movement]) -> dict[date, int]:
    remaining = {utc_day(lot.granted_at): lot.credits}
    left = lot.credits
    for movement in sorted(movements, key=lambda move: move.at):
        left -= movement.credits
        remaining[utc_day(movement.at)] = left
    return remaining


def credit_entries(accounts: Sequence[Account], people: People) -> Iterator[Row]:
    """``fct_credit_entries``: the application's and the added ones."""
    for account in accounts:
        for entry in account.entries:
            yield {
                "entry_id": entry.entry_id,
                "customer_key": _customer(entry.user_id, people),
                "user_id": entry.user_id,
                "type": entry.type,
                "credits": entry.credits,
                "lot_id": _only_lot(entry.entry_id, account),
                "video_id": entry.video_id,
                "is_added": entry.is_added,
            }


def _only_lot(entry_id: str, account: Account) -> str | None:
    lots = {lot.lot_id for lot in account.lots if lot.lot_id == entry_id}
    lots |= {move.lot.lot_id for move in account.movements if move.entry_id == entry_id}
    return lots.pop() if len(lots) == 1 else None


def credit_lots(
    accounts: Sequence[Account], packs: Sequence[PackLot], people: People
) -> Iterator[Row]:
    """``fct_credit_lots`` as of now."""
    pack_of = {pack.lot.lot_id: pack for pack in packs}
    for lot in (lot for account in accounts for lot in account.lots):
        pack = pack_of.get(lot.lot_id)
        price = pack.price_usd if pack else ZERO
        unit = Fraction(price) / lot.credits
        yield {
            "lot_id": lot.lot_id,
            "customer_key": _customer(lot.user_id, people),
            "user_id": lot.user_id,
            "kind": lot.kind,
            "credits": lot.credits,
            "used": lot.used,
            "expired": lot.expired,
            "clawed_back": lot.clawed_back,
            "remaining": lot.remaining,
            "unit_price_usd": round_half_even(unit, _UNIT_PRICE_PLACES),
            "liability_usd": pack.worth(lot.remaining) if pack else ZERO,
        }


def credit_allocations(accounts: Sequence[Account]) -> Iterator[Row]:
    """``fct_credit_allocations``: what each entry took from each lot."""
    taken: dict[tuple[str, str, str], int] = defaultdict(int)
    for movement in (move for account in accounts for move in account.movements):
        taken[movement.entry_id, movement.lot.lot_id, movement.kind] += movement.credits
    for (entry_id, lot_id, kind), amount in taken.items():
        yield {"entry_id": entry_id, "lot_id": lot_id, "movement": kind, "credits": amount}


def credit_liability_daily(
    accounts: Sequence[Account],
    packs: Sequence[PackLot],
    calls: Sequence[RatedCall],
    span: tuple[date, date],
) -> Iterator[Row]:
    """``agg_credit_liability_daily``: internal users included, every day."""
    entries = [(utc_day(entry.at), entry.credits) for a in accounts for entry in a.entries]
    by_day: dict[date, int] = defaultdict(int)
    for day, amount in entries:
        by_day[day] += amount
    called_on: dict[date, tuple[int, Decimal]] = defaultdict(lambda: (0, ZERO))
    for rated in calls:
        called, cost = called_on[called_day := utc_day(rated.call.called_at)]
        called_on[called_day] = called + rated.call.credits, cost + rated.cost_usd
    outstanding, left, worth = 0, dict.fromkeys(range(len(packs)), 0), dict[int, Decimal]()
    for day in days(*span):
        outstanding += by_day[day]
        for number, pack in enumerate(packs):
            if day in pack.remaining_on:
                left[number] = pack.remaining_on[day]
                worth[number] = pack.worth(left[number])
        paid = sum(left.values())
        yield {
            "date": day,
            "credits_paid_outstanding": paid,
            "credits_free_outstanding": outstanding - paid,
            "liability_usd": sum(worth.values(), ZERO),
            "cost_exposure_usd": _exposure(outstanding, day, called_on),
        }


def _exposure(
    outstanding: int, day: date, called_on: dict[date, tuple[int, Decimal]]
) -> Decimal | None:
    """Price credits at what a credit cost over the 30 days that end with the day (R49)."""
    window = [called_on[one] for one in days(day - timedelta(days=29), day)]
    called = sum(amount for amount, _ in window)
    if not called:
        return None
    cost = Fraction(sum((cost for _, cost in window), ZERO))
    return round_half_even(outstanding * cost / called, AMOUNT_PLACES)


def moved(facts: Sequence[Fact]) -> list[CreditMoved]:
    """Return the entries of the ledger."""
    return [fact for fact in facts if isinstance(fact, CreditMoved)]


def _customer(user_id: str, people: People) -> str | None:
    return user_id if user_id in people.known_users else None
