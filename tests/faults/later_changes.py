"""What can become different of what was told already: a company lives on and mends its past."""

from __future__ import annotations

import csv
import random
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from running import Shop

from sandbox.company.state import Charge, Customer
from sandbox.ledger import ChargeSucceeded

_LONG = timedelta(days=180)


class LaterChanges:
    """Random changes of every kind, after which a warehouse must say what a new one would say.

    Args:
        shop: a company that was refreshed at its present.
        chance: decides how far it lives on, and whom and what the changes meet.
    """

    def __init__(self, shop: Shop, chance: random.Random) -> None:
        self._shop = shop
        self._chance = chance
        self._world = shop.sandbox.world
        self._company = self._world._company
        self._seen = shop.sandbox.now
        self._within = timedelta(days=9)

    def happen_today(self) -> None:
        """Let the rest of the day go by, with things done that reach far back."""
        self._within = timedelta(hours=20)
        self._refund_old_charges()
        self._delete_people()
        # Tomorrow's rates of exchange are not there yet: with other seeds everything is built anew.
        rates = self._shop.seeds / "fx_rates.csv"
        todays = rates.read_bytes()
        self._shop.sandbox.advance(self._seen + timedelta(hours=22))
        rates.write_bytes(todays)
        self._link_strangers()
        self._agree_on_later()
        with closing(sqlite3.connect(self._shop.app)) as app, app:
            self._change_application(app)

    def happen(self) -> None:
        """Let days go by into another month, with things done that reach far back."""
        self._refund_old_charges()
        self._delete_people()
        self._shop.sandbox.advance(self._seen + timedelta(days=self._chance.randint(10, 25)))
        self._link_strangers()
        self._agree_on_later()
        with closing(sqlite3.connect(self._shop.app)) as app, app:
            self._change_application(app)
        self._correct_seeds()

    # -- what is done at Stripe ------------------------------------------------------------------

    def _refund_old_charges(self) -> None:
        old = {
            fact.charge_id
            for fact in self._world.ledger
            if isinstance(fact, ChargeSucceeded) and fact.at < self._seen - _LONG
        }
        refundable = [
            charge
            for charge in self._charges()
            if charge.charge_id in old and not charge.refunded_minor and not charge.disputed
        ]
        for charge in self._chance.sample(refundable, 4):
            part = self._chance.choice((1, 2, 3))
            amount = max(1, charge.amount_minor // part)
            self._soon(self._company.payments.refund, charge, amount)

    def _delete_people(self) -> None:
        subscribed = [
            customer
            for customer in self._customers()
            if not customer.deleted and any(sub.healthy for sub in customer.subscriptions)
        ]
        self._soon(self._company.shop.delete_customer, self._chance.choice(subscribed))
        for user in self._chance.sample([user for user in self._company.users if not user.gone], 4):
            self._soon(self._company.visitors.delete_account, user)

    def _link_strangers(self) -> None:
        """Let a customer who was nobody's name a user, whose customer it then is as well."""
        store, now = self._world.store, self._shop.sandbox.now - timedelta(hours=1)
        free = [
            customer
            for customer in self._customers()
            if customer.charges
            and (customer.user is None or customer is not customer.user.customer)
        ]
        for stranger in self._chance.sample(free, min(2, len(free))):
            before = store.get("customer", stranger.customer_id)
            assert before is not None
            if before.get("deleted"):
                continue
            user = self._chance.choice([user for user in self._company.users if not user.gone])
            after = {**before, "metadata": {**before["metadata"], "userId": user.user_id}}
            store.put(after)
            store.emit("customer.updated", after, now, {"metadata": before["metadata"]})

    def _agree_on_later(self) -> None:
        """Let another plan, an end and a start be agreed for later, days before it is seen."""
        store, now = self._world.store, self._shop.sandbox.now
        running = [
            sub.subscription_id
            for customer in self._customers()
            for sub in customer.subscriptions
            if sub.healthy and not customer.deleted
        ]
        agreed = (("release", True), ("release", True), ("cancel", True), ("release", False))
        chosen = self._chance.sample(running, len(agreed))
        for (end_behavior, is_change), subscription_id in zip(agreed, chosen, strict=True):
            subscription = store.get("subscription", subscription_id) or {}
            other = store.get("subscription", self._chance.choice(running)) or {}
            later = {"price": other["items"]["data"][0]["price"], "quantity": 2, "discounts": []}
            begins = int((now + timedelta(days=20)).timestamp())
            schedule = {
                "id": f"sub_sched_{subscription_id}",
                "object": "subscription_schedule",
                "created": int((now - timedelta(days=self._chance.randint(2, 40))).timestamp()),
                "customer": subscription["customer"],
                "subscription": subscription_id if is_change else None,
                "released_subscription": None,
                "status": "active" if is_change else "not_started",
                "end_behavior": end_behavior,
                "livemode": False,
                "phases": [
                    *([_phase(subscription["start_date"], later)] if is_change else []),
                    _phase(begins, later),
                ],
            }
            store.put(schedule)
            store.emit("subscription_schedule.created", schedule, now - timedelta(hours=1))

    def _customers(self) -> list[Customer]:
        return [customer for user in self._company.users for customer in user.customers]

    def _charges(self) -> list[Charge]:
        return [charge for customer in self._customers() for charge in customer.charges]

    def _soon(self, action: Any, *arguments: Any) -> None:
        delay = timedelta(seconds=self._chance.randint(60, int(self._within.total_seconds())))
        self._company.kernel.schedule(self._seen + delay, action, *arguments)

    # -- what is done in the application ---------------------------------------------------------

    def _change_application(self, app: sqlite3.Connection) -> None:
        # By user, so that some are of users to whom nothing else happens.
        videos = app.execute('select min(id) from "Video" group by "userId" order by 1').fetchall()
        for (video_id,) in self._chance.sample(videos, 5):
            self._log_late(app, video_id)
        for number in range(3):
            self._insert_backdated(app, number)
        for table in ("Video", "ApiUsageLog", "Notification"):
            for (row_id,) in self._some(app, table, 3):
                app.execute(f'delete from "{table}" where id = ?', (row_id,))
        now = _iso(self._shop.sandbox.now - timedelta(hours=1))
        for (user_id,) in self._some(app, "User", 2):
            change = 'update "User" set role = \'ADMIN\', "updatedAt" = ? where id = ?'
            app.execute(change, (now, user_id))
        app.execute('update "SystemAlert" set "resolvedAt" = ? where "resolvedAt" is null', (now,))

    def _log_late(self, app: sqlite3.Connection, same_id: str) -> None:
        """Have a call of long ago appear now, numbered as another's video is."""
        ((log_id,),) = self._some(app, "ApiUsageLog", 1)
        app.execute(
            'insert into "ApiUsageLog" select ?, "videoId", provider, ?, "costUSD", timestamp'
            ' from "ApiUsageLog" where id = ?',
            (same_id, self._chance.randint(1, 999), log_id),
        )

    def _insert_backdated(self, app: sqlite3.Connection, number: int) -> None:
        """Have a video of long ago appear now, with the gift that paid for it and its use."""
        ((video_id,),) = self._some(app, "Video", 1)
        app.execute(
            'insert into "Video" select ?, "userId", provider, status, 7, "createdAt",'
            ' "completedAt", "updatedAt" from "Video" where id = ?',
            (f"back_{number}", video_id),
        )
        for kind, amount in (("PROMO", 7), ("USAGE", -7)):
            app.execute(
                'insert into "CreditTransaction" select ?, "userId", ?, ?, ?, null, null,'
                ' "createdAt" from "Video" where id = ?',
                (f"back_{number}_{kind}", kind, amount,
                 f"back_{number}" if kind == "USAGE" else None, video_id),
            )  # fmt: skip

    def _some(self, app: sqlite3.Connection, table: str, number: int) -> list[tuple[str]]:
        ids: list[tuple[str]] = app.execute(f'select id from "{table}" order by id').fetchall()
        return self._chance.sample(ids, number)

    # -- what is done in the seeds ---------------------------------------------------------------

    def _correct_seeds(self) -> None:
        """Correct a price and a rate of exchange for the past, and call one more user its own."""
        self._multiply("provider_rates.csv", "usd_per_credit", 1)
        self._multiply("fx_rates.csv", "usd_per_unit", 40)
        accounts = self._shop.seeds / "excluded_accounts.csv"
        own = self._chance.choice([user for user in self._company.users if user.customers])
        accounts.write_text(f"{accounts.read_text()}{own.user_id},found later\n")

    def _multiply(self, name: str, column: str, most: int) -> None:
        path = self._shop.seeds / name
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for row in self._chance.sample(rows[1:], most):
            row[column] = str(round(Decimal(row[column]) * Decimal("1.25"), 9))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _phase(start: int, *items: dict[str, Any]) -> dict[str, Any]:
    return {
        "start_date": start,
        "end_date": start + 30 * 86_400,
        "currency": "usd",
        "trial_end": None,
        "items": list(items),
        "discounts": [],
    }


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
