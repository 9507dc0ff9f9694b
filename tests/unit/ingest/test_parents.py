"""Which lists under parents a pull that was killed need not read again."""

from __future__ import annotations

from ingest.stripe.fetching import Found
from ingest.stripe.parents import ParentsLeft
from ingest.stripe.specs import BY_TABLE

PAYOUTS, BALANCES = "payout_transactions", "customer_balance_transactions"


def _list(table: str, parent_id: str) -> Found:
    return Found(BY_TABLE[table], [], under=parent_id)


def test_what_comes_after_what_was_read_is_left_in_order() -> None:
    wanted = {PAYOUTS: {"po_3", "po_1", "po_2"}, BALANCES: {"cus_1"}}
    assert ParentsLeft(wanted, {PAYOUTS: "po_1"}).left == {
        PAYOUTS: ["po_2", "po_3"],
        BALANCES: ["cus_1"],
    }


def test_lists_are_done_up_to_the_first_that_has_not_ended() -> None:
    done: dict[str, str] = {}
    parents = ParentsLeft({PAYOUTS: ["po_1", "po_2", "po_3"], BALANCES: ["cus_1"]}, done)
    ends = [(PAYOUTS, "po_2"), (BALANCES, "cus_1"), (PAYOUTS, "po_1"), (PAYOUTS, "po_3")]
    seen = [dict(done) for _ in parents.noted(_list(*end) for end in ends)]
    # What is being taken is not done before the next is asked for.
    assert seen == [{}, {}, {BALANCES: "cus_1"}, {BALANCES: "cus_1", PAYOUTS: "po_2"}]
    assert done == {BALANCES: "cus_1", PAYOUTS: "po_3"}
