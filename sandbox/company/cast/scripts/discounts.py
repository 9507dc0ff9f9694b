"""Coupons of every duration, and customers who pay nothing."""

from sandbox.company.cast.scripts.script import PRO, STARTER, STUDIO, Script
from sandbox.company.cast.steps import (
    BecomeCustomer,
    Cancel,
    Change,
    GiveDiscount,
    Renewal,
    Start,
    Wait,
)

DISCOUNTS = (
    Script("once, percent", 3.5, (Start(PRO, coupons=("welcome",)),)),
    Script("once, amount, year", 5.4, (Start("starter_year_usd", coupons=("five_off",)),)),
    Script("repeating", 6.9, (Start(STUDIO, coupons=("launch",)),)),
    Script("for ever", 4.2, (Start(PRO, coupons=("edu",)),)),
    Script("a third off a year", 8.6, (Start("pro_year_usd", coupons=("thirds",)),)),
    Script(
        "amount over two items",
        5.8,
        (Start(PRO, coupons=("loyal",), also=(("voices_month_usd", 2),)),),
    ),
    Script("amount off a year", 9.8, (Start("starter_year_usd", coupons=("loyal",)),)),
    Script("amount and percent", 7.5, (Start(STUDIO, coupons=("edu", "loyal")),)),
    Script(
        "of the customer",
        8.9,
        (
            BecomeCustomer(),
            GiveDiscount("edu", on_customer=True),
            Start(STARTER),
            Wait(2),
            Start(PRO),
        ),
    ),
    Script("larger than the price", 16.2, (Start(STARTER, coupons=("sorry",)),)),
    Script("kept by a coupon", 7.9, (Start(STUDIO), Renewal(3), Wait(11), GiveDiscount("stay"))),
    Script("kept for free", 9.3, (Start(PRO), Renewal(2), Wait(9), GiveDiscount("onus"))),
    Script("free at first", 6.7, (Start(PRO, coupons=("onus",)),), stays=True),
    Script("partner", 4.7, (Start(STUDIO, coupons=("partner",)),), stays=True),
    Script("partner who left", 10.1, (Start(STARTER, coupons=("partner",)), Renewal(3), Cancel())),
    Script("euro percent", 7.1, (Start("pro_month_eur", coupons=("edu",)),), country="ES"),
    Script("euro repeating", 14.0, (Start("studio_month_eur", coupons=("launch",)),), country="DE"),
    Script("yen for ever", 11.0, (Start("studio_month_jpy", coupons=("thirds",)),), country="JP"),
    Script(
        "coupon and upgrade",
        13.7,
        (Start(STARTER, coupons=("edu",)), Renewal(1), Wait(10), Change(PRO)),
    ),
)
