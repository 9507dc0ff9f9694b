"""The comparison sees every difference and nothing else."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from mini_cash import charge, dispute, movement, payout, refund
from mini_ledger import at, company

from sandbox.ledger import InvoiceFinalised
from sandbox.truth import TABLES, ZeroRows, compare, compare_table, expected, render

ROWS = [
    {"date": date(2026, 3, 1), "currency": "usd", "amount": Decimal("1.50"), "rate": None},
    {"date": date(2026, 3, 2), "currency": "usd", "amount": Decimal(2), "rate": Decimal(1)},
]


def differences(actual: list[dict[str, Any]]) -> list[str]:
    found = compare(ROWS, actual, ("date", "currency"), ("amount", "rate"), table="agg")
    return [str(difference) for difference in found]


def changed(**cells: Any) -> list[dict[str, Any]]:
    return [ROWS[0] | cells, ROWS[1]]


def test_equal_rows_in_any_order_and_scale() -> None:
    assert differences([ROWS[1], changed(amount=Decimal("1.500000"), more="columns")[0]]) == []


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({"amount": Decimal("1.500001")}, "amount: expected 1.50, got 1.500001"),
        ({"amount": None}, "amount: expected 1.50, got None"),
        ({"rate": 0}, "rate: expected None, got 0"),
        ({"amount": 1.5}, "amount: expected 1.50, got 1.5"),
    ],
)
def test_every_cell_counts_and_floats_never_do(cells: dict[str, Any], text: str) -> None:
    assert differences(changed(**cells)) == [f"agg (2026-03-01, usd) {text}"]


def test_missing_unexpected_and_doubled_rows() -> None:
    assert differences(ROWS[:1]) == ["agg (2026-03-02, usd) *: expected a row, got no row"]
    stranger = ROWS[0] | {"currency": "jpy"}
    assert differences([*ROWS, stranger]) == ["agg (2026-03-01, jpy) *: expected no row, got a row"]
    assert differences([*ROWS, ROWS[0]]) == [
        "agg (2026-03-01, usd) *: expected one row, got several"
    ]


def test_a_missing_column_is_a_difference() -> None:
    without = [{name: row[name] for name in ("date", "currency", "amount")} for row in ROWS]
    assert len(differences(without)) == 2


def month(number: int, amount: int, *, is_final: bool = True) -> dict[str, Any]:
    return {"month": date(2026, number, 1), "amount": amount, "is_final": is_final}


def months_differ(expected_rows: list[Any], actual_rows: list[Any], zero_rows: ZeroRows) -> bool:
    return bool(
        compare(expected_rows, actual_rows, ["month"], ["amount", "is_final"], zero_rows=zero_rows)
    )


def test_leading_rows_of_zeros_may_be_missing() -> None:
    full = [month(1, 0), month(2, 5), month(3, 0), month(4, 6)]
    assert not months_differ(full, full[1:], ZeroRows.MAY_LEAD)
    assert not months_differ(full[1:], full, ZeroRows.MAY_LEAD)
    assert months_differ(full, full[2:], ZeroRows.MAY_LEAD)
    hole = [full[0], full[1], full[3]]
    assert months_differ(full, hole, ZeroRows.MAY_LEAD)
    assert not months_differ(full, hole, ZeroRows.MAY_LACK)
    assert months_differ(full, full[1:], ZeroRows.MATTER)


def test_a_flag_is_compared_as_a_flag() -> None:
    assert months_differ([month(1, 5)], [month(1, 5, is_final=False)], ZeroRows.MAY_LEAD)
    assert months_differ([month(1, 5)], [month(1, 5) | {"is_final": 1}], ZeroRows.MAY_LEAD)


def test_the_text_for_people_counts_by_column_and_stops_at_the_limit() -> None:
    found = compare(ROWS, [], ("date", "currency"), ("amount",), table="agg")
    assert render(found, limit=1).splitlines() == [
        "2 differences",
        "  agg.*: 2",
        "  agg (2026-03-01, usd) *: expected a row, got no row",
        "  … and 1 more",
    ]
    assert render([]) == "no differences"


def test_every_table_is_computed_with_its_key_and_columns() -> None:
    ledger = company(("p", 800))
    ledger.subscribe("sub_1", {"si_1": ("p", 1)}, "2026-01-10")
    ledger.end("sub_1", "2026-02-10")
    ledger.provider_rate("LUMA_V1", "0.0032")
    ledger.video("v", "2026-01-10")
    ledger.call("c", "v", "2026-01-10")
    ledger.move("2026-01-10", "charge", 800)
    ledger.bill("si_1", "2026-01-10", 800, 0)
    (invoice,) = [fact.bill for fact in ledger.facts if isinstance(fact, InvoiceFinalised)]
    sale = movement("ch_1", "2026-01-10", "charge", 800)
    ledger.add(
        sale,
        charge("ch_1", "2026-01-10", 800),
        refund("re_1", "ch_1", "2026-01-11", 100),
        dispute("du_1", "ch_1", "2026-01-12", 700),
        payout("po_1", "2026-01-12", 800, sale),
        charge("ch_2", "2026-01-10", 800, fails=True, invoice_id=invoice.invoice_id),
    )
    ledger.subscribe("sub_2", {}, "2026-01-10", status="trialing", trial_ends="2026-01-24")
    ledger.fx("eur", "2026-01-10", "1.1")
    ledger.entry("2026-01-09", "PROMO", 50)
    ledger.entry("2026-01-10", "USAGE", -10, "v")
    tables = expected(ledger.facts, at("2026-03-15"))
    assert list(tables) == list(TABLES)
    for name, rows in tables.items():
        assert rows, name
        assert {*TABLES[name].key, *TABLES[name].columns} <= rows[0].keys()
        assert compare_table(name, rows, rows) == []
        assert not any(isinstance(value, float) for row in rows for value in row.values())


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(KeyError):
        expected([], at("2026-03-15"), ["agg_nonsense"])


def test_an_empty_company_has_no_rows() -> None:
    assert all(rows == [] for rows in expected([], at("2026-03-15")).values())
