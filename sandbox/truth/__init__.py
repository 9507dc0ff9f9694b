"""The truth: what the marts must say, told from what happened in the company.

Slow and obvious on purpose. Every customer's state is told again from its first fact for the end
of every day on which anything could have changed, in exact fractions, and every figure is a sum
over those states. It reads :mod:`sandbox.ledger` alone, and shares neither code nor formula with
the simulation's billing, with the rendered objects or with the SQL that it judges.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sandbox.ledger import Fact
from sandbox.truth.compare import Difference, compare, compare_table, render
from sandbox.truth.oracle import Oracle
from sandbox.truth.policies import OURS, Policies
from sandbox.truth.reading import Row
from sandbox.truth.tables import TABLES, Table, ZeroRows

__all__ = [
    "OURS",
    "TABLES",
    "Difference",
    "Policies",
    "Table",
    "ZeroRows",
    "compare",
    "compare_table",
    "expected",
    "render",
]


def expected(
    ledger: Iterable[Fact],
    as_of: datetime,
    tables: Collection[str] | None = None,
    *,
    pulls: Sequence[datetime] = (),
    policies: Policies = OURS,
) -> dict[str, list[Row]]:
    """Compute the rows that the marts must hold.

    Args:
        ledger: the company's facts in time order; those after ``as_of`` are not known.
        as_of: now, aware. Series run to yesterday; a month that is not over shows yesterday's
            end with ``is_final`` false.
        tables: names among :data:`TABLES`; None means all.
        pulls: when the application was read before ``as_of``. It matters for users deleted
            before the first reading (they are unknown) and for ``logged_in_30d``.
        policies: other decisions than the contract's, to see that they matter.

    Returns:
        Rows by table, in key order, with the contract's column names; ``date``,
        ``datetime``, ``int``, ``bool``, ``str``, ``Decimal`` or None.

    Raises:
        KeyError: a table the truth does not know.
        LookupError: a currency or a provider without a rate.
    """
    oracle = Oracle(ledger, as_of, pulls, policies)
    chosen = {name: TABLES[name] for name in (TABLES if tables is None else tables)}
    return {name: getattr(oracle, name)() for name in chosen}
