"""Plans, quantities and items that change, and customers who leave."""

from sandbox.company.cast.scripts.script import PRO, STARTER, STUDIO, Script
from sandbox.company.cast.steps import (
    Add,
    Cancel,
    Change,
    Keep,
    MonthEnd,
    NextPeriod,
    Remove,
    Renewal,
    Start,
    Swap,
    Until,
    Wait,
)

PLANS = (
    Script("weekly", 7.0, (Start("sprint_week_usd"), Renewal(9), Cancel())),
    Script("weekly still", 18.0, (Start("sprint_week_usd"),)),
    Script("quarterly", 2.2, (Start("pro_quarter_usd"),)),
    Script("quarterly to monthly", 9.1, (Start("pro_quarter_usd"), Wait(50), NextPeriod(PRO))),
    Script("upgrade put aside", 5.6, (Start(STARTER), Wait(9), Change(PRO, bill_now=False))),
    Script(
        "upgrade now",
        6.6,
        (
            Start(STARTER),
            Renewal(1),
            Wait(12),
            Change(STUDIO),
            Renewal(3),
            Wait(3),
            NextPeriod(PRO),
        ),
    ),
    Script("downgrade with credit", 8.1, (Start(STUDIO), Wait(6), Change(STARTER))),
    Script("month to year", 10.4, (Start(PRO), Wait(17), Change("pro_year_usd"))),
    Script(
        "year to month at its end", 1.1, (Start("starter_year_usd"), Wait(200), NextPeriod(STARTER))
    ),
    Script("year to month with credit", 4.9, (Start("pro_year_usd"), Wait(75), Change(STARTER))),
    Script(
        "euro upgrade",
        7.7,
        (
            Start("starter_month_eur"),
            Wait(11),
            Change("pro_month_eur"),
            Renewal(4),
            NextPeriod("starter_month_eur"),
        ),
        country="DE",
    ),
    Script("euro year", 3.3, (Start("studio_year_eur"),), country="FR"),
    Script(
        "euro to year",
        11.2,
        (Start("pro_month_eur"), Renewal(2), Wait(10), Change("pro_year_eur")),
        country="NL",
    ),
    Script(
        "yen seats",
        6.3,
        (Start("pro_month_jpy"), Wait(8), Change(quantity=3), Renewal(3), NextPeriod(quantity=2)),
        country="JP",
    ),
    Script(
        "seats",
        4.1,
        (
            Start(STUDIO, quantity=2),
            Wait(10),
            Change(quantity=5),
            Renewal(2),
            Wait(5),
            Change(quantity=3, bill_now=False),
        ),
    ),
    Script(
        "many changes",
        12.6,
        (
            Start(STUDIO),
            Renewal(1),
            *(
                step
                for seats in (2, 4, 3, 5, 4, 6, 2)
                for step in (Wait(2, 1800), Change(quantity=seats, bill_now=False))
            ),
        ),
        stays=True,
    ),
    Script("quantity to zero", 13.0, (Start(PRO), Renewal(2), NextPeriod(quantity=0)), stays=True),
    Script(
        "add-on and off",
        5.0,
        (Start(PRO), Wait(8), Add("voices_month_usd"), Renewal(2), Wait(6), Remove()),
    ),
    Script("item swapped", 9.5, (Start(STARTER), Wait(14), Swap(PRO))),
    Script(
        "two subscriptions",
        3.8,
        (Start(PRO), Wait(5), Start("voices_month_usd"), Renewal(3), Cancel()),
    ),
    Script(
        "recreated on one day",
        8.4,
        (
            Start(STARTER),
            Renewal(1),
            Wait(10),
            Cancel(at_period_end=False),
            Wait(0, 300),
            Start(PRO),
        ),
    ),
    Script(
        "back the next day",
        11.6,
        (Start(PRO), Renewal(2), Wait(7), Cancel(at_period_end=False), Wait(1), Start(PRO)),
    ),
    Script(
        "to the free plan",
        10.9,
        (Start(STARTER), Renewal(3), NextPeriod("free_month_usd")),
        stays=True,
    ),
    Script("free, then paid", 12.2, (Start("free_month_usd"), Renewal(2), NextPeriod(STARTER))),
    Script("the 31st", 2.9, (MonthEnd(), Start(PRO))),
    Script("midnight", 12.9, (Until(400), Start(STARTER), Renewal(2), Cancel())),
    Script("one of one second", 15.1, (Until(470, 50_001), Start(PRO))),
    Script("other of one second", 15.2, (Until(470, 50_001), Start(STARTER))),
    Script("cancels and stays", 4.6, (Start(PRO), Renewal(2), Wait(3), Cancel(), Wait(6), Keep())),
    Script(
        "cancelled at the end",
        22.6,
        (Start(STUDIO), Renewal(1), Until(729, 30_000), Cancel()),
        stays=True,
    ),
    Script(
        "cancels at once",
        14.2,
        (Start(STARTER), Renewal(1), Wait(3), Cancel(at_period_end=False, feedback="unused")),
    ),
)
