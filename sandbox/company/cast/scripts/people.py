"""Customers of every kind: internal, deleted, of staff, with two accounts."""

from sandbox.company.cast.scripts.script import PRO, STARTER, STUDIO, Script
from sandbox.company.cast.steps import (
    BecomeCustomer,
    Cancel,
    CreditNote,
    DeleteCustomer,
    DeleteUser,
    DraftInvoice,
    Exclude,
    Focus,
    Gift,
    InlinePrice,
    Renewal,
    Start,
    Until,
    Wait,
)

PEOPLE = (
    Script(
        "admin",
        0.0,
        (
            Gift(4000),
            Start(STARTER, coupons=("partner",)),
        ),
        internal=True,
        stays=True,
    ),
    Script("admin who pays", 0.2, (Gift(9000), Start(STUDIO)), internal=True, stays=True),
    Script("excluded user", 0.5, (Start(PRO), Exclude()), stays=True),
    Script(
        "two customers",
        3.1,
        (
            Start(STARTER),
            Wait(20),
            BecomeCustomer("metadata"),
            Start(PRO),
            Focus(0),
            Renewal(4),
            Cancel(),
        ),
        stays=True,
    ),
    Script("deleted customer", 5.2, (Start(PRO), Renewal(2), Wait(4), DeleteCustomer())),
    Script("deleted at a renewal", 13.4, (Start(STUDIO), Renewal(5), DeleteCustomer())),
    Script(
        "deleted lately", 19.0, (Start(STARTER), Until(729, 41_000), DeleteCustomer()), stays=True
    ),
    Script(
        "deleted user",
        4.4,
        (Start(STARTER), Renewal(2), Cancel(at_period_end=False), Wait(9), DeleteUser()),
    ),
    Script("deleted free user", 8.8, (Wait(40), DeleteUser())),
    Script(
        "excluded customer",
        2.0,
        (BecomeCustomer(taxed=False), Start(STARTER), Exclude()),
        signs_up=False,
        stays=True,
    ),
    Script(
        "sales deal",
        2.6,
        (
            InlinePrice("agency_deal", "Agency deal", 39_00),
            BecomeCustomer(by_invoice=True),
            Start("agency_deal", quantity=3),
        ),
        signs_up=False,
        stays=True,
    ),
    Script(
        "credit note before payment",
        6.1,
        (BecomeCustomer(by_invoice=True), Start(STUDIO), Renewal(2, hours=5), CreditNote(800)),
        signs_up=False,
    ),
    Script(
        "dangling metadata",
        7.3,
        (
            BecomeCustomer(dangling_user_id="cnobodyeverhadthisid0000"),
            Start(PRO),
            Renewal(6),
            Cancel(),
        ),
        signs_up=False,
    ),
    Script(
        "forgotten draft", 9.9, (BecomeCustomer(), DraftInvoice("reel_pack_usd")), signs_up=False
    ),
)
