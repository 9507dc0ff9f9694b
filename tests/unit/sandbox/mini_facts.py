"""The facts of a hand-written company about money and the product; see :mod:`mini_ledger`."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from sandbox.ledger import (
    BalanceMovement,
    Bill,
    BillLine,
    CreditMoved,
    Fact,
    InvoiceFinalised,
    ProviderCalled,
    VideoFinished,
    VideoRequested,
)


def at(text: str) -> datetime:
    """Read ``2026-03-10`` or ``2026-03-10 14:00:00`` as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


class FactList:
    """Facts in any order; :attr:`facts` gives them in time order."""

    def __init__(self) -> None:
        self._facts: list[Fact] = []
        self._numbers = count()

    @property
    def facts(self) -> list[Fact]:
        return sorted(self._facts, key=lambda fact: fact.at)

    def add(self, *facts: Fact) -> None:
        self._facts += facts


class MoneyAndProduct(FactList):
    """What was billed, moved, made and called."""

    def bill(
        self,
        item_id: str,
        start: str,
        amount: int,
        tax: int,
        discount: int = 0,
        kind: str = "subscription",
    ) -> None:
        """Add a final invoice with one tax-inclusive line of an item."""
        line = BillLine(
            line_id="il",
            kind=kind,
            price_id=None,
            quantity=1,
            unit_amount_minor=amount,
            amount_minor=amount,
            discounts=(("di", discount),) if discount else (),
            tax_minor=tax,
            tax_inclusive=True,
            tax_rate_id="txr",
            subscription_id="sub_1",
            item_id=item_id,
            period_start=at(start),
            period_end=at(start) + timedelta(days=30),
            description="",
        )
        bill = Bill(
            invoice_id=f"in_{next(self._numbers)}",
            number="1",
            customer_id="cus_1",
            subscription_id="sub_1",
            currency="eur",
            reason="subscription_cycle",
            lines=(line,),
            subtotal_minor=amount,
            discount_minor=discount,
            tax_minor=tax,
            exclusive_tax_minor=0,
            total_minor=amount - discount,
            starting_balance_minor=0,
            ending_balance_minor=0,
            due_minor=amount - discount,
            period_start=at(start),
            period_end=at(start),
            payment_intent_id=None,
        )
        self.add(InvoiceFinalised(at=at(start) + timedelta(hours=1), bill=bill))

    # Cash, videos, calls

    def move(
        self, when: str, category: str, amount: int, fee: int = 0, currency: str = "usd"
    ) -> None:
        self.add(
            BalanceMovement(
                at=at(when),
                movement_id=f"txn_{next(self._numbers)}",
                currency=currency,
                amount_minor=amount,
                fee_minor=fee,
                net_minor=amount - fee,
                category=category,
                type=category,
                source_id=None,
                available_on=at(when),
                fee_parts=(),
                exchange_rate=None,
                description="",
            )
        )

    def video(
        self,
        video_id: str,
        when: str,
        *,
        status: str | None = "COMPLETED",
        finished: str | None = None,
        user_id: str = "user_1",
        provider: str = "LUMA_V1",
        credits_used: int = 10,
    ) -> None:
        self.add(
            VideoRequested(
                at=at(when),
                video_id=video_id,
                user_id=user_id,
                provider=provider,
                credits=credits_used,
            )
        )
        if status:
            self.add(VideoFinished(at=at(finished or when), video_id=video_id, status=status))

    def give_back(self, video_id: str, credits_back: int, when: str) -> None:
        self.entry(when, "USAGE_REFUND", credits_back, video_id)

    def entry(self, when: str, kind: str, credits_moved: int, video_id: str | None = None) -> None:
        """Add an entry of the credit ledger whose credits never end."""
        self.add(
            CreditMoved(
                at=at(when),
                entry_id=f"ct_{next(self._numbers)}",
                user_id="user_1",
                type=kind,
                credits=credits_moved,
                video_id=video_id,
                payment_intent_id=None,
                expires_at=None,
            )
        )

    def call(
        self,
        call_id: str,
        video_id: str,
        called: str,
        *,
        provider: str = "LUMA_V1",
        credits_used: int = 100,
        reported: str | None = None,
        logged: str | None = None,
    ) -> None:
        self.add(
            ProviderCalled(
                at=at(logged or called),
                usage_log_id=call_id,
                video_id=video_id,
                provider=provider,
                credits=credits_used,
                called_at=at(called),
                reported_cost_usd=Decimal(reported) if reported else None,
            )
        )
