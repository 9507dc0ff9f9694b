"""The balance at Stripe: its transactions, payouts, and what is available now."""

from datetime import datetime

from sandbox.ledger import BalanceMovement, PayoutArrived, PayoutFailed, PayoutSent
from sandbox.rendering.desk import Desk, epoch
from sandbox.rendering.shapes import Json
from sandbox.rendering.shapes.payments import BALANCE_TRANSACTION, PAYOUT


class BalanceRenderer:
    """What the account holds."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pending: list[BalanceMovement] = []
        self._settled = {"usd": 0, "jpy": 0}
        self._contents: dict[str, tuple[str, ...]] = {}

    def moved(self, fact: BalanceMovement) -> None:
        """Show a balance transaction; those of disputes are part of the dispute too."""
        obj = {
            **BALANCE_TRANSACTION,
            "id": fact.movement_id,
            "amount": fact.amount_minor,
            "available_on": epoch(fact.available_on),
            "created": epoch(fact.at),
            "currency": fact.currency,
            "description": fact.description or None,
            "exchange_rate": None if fact.exchange_rate is None else float(fact.exchange_rate),
            "fee": fact.fee_minor,
            "fee_details": [
                {
                    "amount": part.amount_minor,
                    "application": None,
                    "currency": fact.currency,
                    "description": part.description,
                    "type": part.type,
                }
                for part in fact.fee_parts
            ],
            "net": fact.net_minor,
            "reporting_category": fact.category,
            "source": fact.source_id,
            "type": fact.type,
        }
        self._desk.put(obj)
        self._pending.append(fact)
        if fact.category.startswith("dispute") and fact.source_id:
            dispute = self._desk.get("dispute", fact.source_id)
            self._desk.change(
                "dispute",
                fact.source_id,
                balance_transactions=[*dispute["balance_transactions"], obj],
            )

    def sent(self, fact: PayoutSent) -> None:
        """Show a payout; its own transaction follows, and what it takes along is told later."""
        self._desk.create(
            {
                **PAYOUT,
                "id": fact.payout_id,
                "amount": fact.amount_minor,
                "arrival_date": epoch(fact.arrives_at),
                "balance_transaction": fact.movement_id,
                "created": epoch(fact.at),
                "currency": fact.currency,
                "destination": f"ba_takeframe{fact.currency}",
            }
        )
        self._contents[fact.payout_id] = (fact.movement_id, *fact.movement_ids)

    def _reconciled(self, payout_id: str) -> None:
        """Let the transactions of a payout be listed, its own among them, as Stripe does."""
        for movement_id in self._contents.pop(payout_id):
            self._desk.quietly("balance_transaction", movement_id, _payout=payout_id)

    def arrived(self, fact: PayoutArrived) -> None:
        """Show that the bank has it, and what it held."""
        self._reconciled(fact.payout_id)
        self._desk.change(
            "payout",
            fact.payout_id,
            "payout.paid",
            reconciliation_status="completed",
            status="paid",
            trace_id={"status": "supported", "value": fact.payout_id[-12:]},
        )

    def failed(self, fact: PayoutFailed) -> None:
        """Show that the bank sent it back, and what it held: that stays what it held."""
        self._reconciled(fact.payout_id)
        self._desk.change(
            "payout",
            fact.payout_id,
            "payout.failed",
            failure_balance_transaction=fact.movement_id,
            failure_code="account_closed",
            failure_message="The bank account has been closed",
            reconciliation_status="completed",
            status="failed",
        )

    def settle(self, now: datetime) -> None:
        """Make what is due available, and write the balance of now."""
        waiting: dict[str, int] = {"usd": 0, "jpy": 0}
        left: list[BalanceMovement] = []
        for fact in self._pending:
            if fact.available_on <= now:
                self._desk.quietly("balance_transaction", fact.movement_id, status="available")
                self._settled[fact.currency] += fact.net_minor
            else:
                waiting[fact.currency] += fact.net_minor
                left.append(fact)
        self._pending = left
        self._desk.put(
            {
                "object": "balance",
                "available": _amounts(self._settled),
                "connect_reserved": None,
                "instant_available": None,
                "issuing": None,
                "livemode": False,
                "pending": _amounts(waiting),
                "refund_and_dispute_prefunding": {"available": [], "pending": []},
            }
        )


def _amounts(by_currency: dict[str, int]) -> list[Json]:
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in by_currency.items()
    ]
