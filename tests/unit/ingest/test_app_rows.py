"""The application's values as they are landed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ingest.app.rows import arrow_schema, arrow_table, convert, deleted_hash, instant
from ingest.app.specs import Column, TableSpec
from ingest.personal_data import Pseudonymiser
from warehouse.errors import SourceError

THINGS = TableSpec(
    name="Thing",
    columns=(
        Column("id", "text"),
        Column("email", "text", pseudonymised=True),
        Column("credits", "bigint"),
        Column("costUSD", "double"),
        Column("seenAt", "timestamp"),
    ),
)
CLEANER = Pseudonymiser(b"key")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 11, 22, 12),  # noqa: DTZ001  as PostgreSQL's timestamp(3) gives it
        NOON,
        NOON.astimezone(timezone(timedelta(hours=9))),
        "2026-11-22T12:00:00.000Z",
        "2026-11-22 12:00:00",
        "2026-11-22T12:00:00+00:00",
        " 2026-11-22T13:00:00+01:00 ",
        1795348800000,
        "1795348800000",
    ],
)
def test_one_instant_in_every_form(value: object) -> None:
    assert instant(value) == NOON
    assert instant(value).tzinfo == UTC


def test_milliseconds_are_kept() -> None:
    assert instant(1795348800123) == NOON + timedelta(milliseconds=123)
    assert instant(-1) == datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)


def test_a_row_is_typed_and_hashed() -> None:
    ((digest, values),) = convert(THINGS, [("t1", "A@B.co", 3, 1, "2026-11-22")], CLEANER)
    assert values == (
        "t1",
        CLEANER.email_hash("a@b.co"),
        3,
        1.0,
        datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert len(digest) == 64
    ((again, _),) = convert(THINGS, [("t1", "a@b.CO", 3, 1.0, 1795305600000)], CLEANER)
    assert again == digest


def test_nulls_stay_and_count_for_the_hash() -> None:
    ((one, values), (other, _)) = convert(
        THINGS, [("t1", None, None, None, None), ("t1", None, 0, None, None)], CLEANER
    )
    assert values == ("t1", None, None, None, None)
    assert one != other


def test_no_text_holds_a_nul() -> None:
    calls = TableSpec(name="Call", columns=(Column("id", "text"), Column("message", "text")))
    ((_, values),) = convert(calls, [("c1", "a\0b")], CLEANER)
    assert values == ("c1", "ab")


def test_an_empty_text_is_null() -> None:
    ((_, values),) = convert(THINGS, [("t1", "", None, None, "")], CLEANER)
    assert values == ("t1", None, None, None, None)


def test_an_address_in_free_text_is_hashed() -> None:
    alerts = TableSpec(name="Alert", columns=(Column("id", "text"), Column("message", "text")))
    ((_, values),) = convert(alerts, [("a1", "mail to jane@canary.io bounced")], CLEANER)
    assert "canary" not in values[1]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("t9", None, "many", None, None), "credits"),
        (("t9", None, 1.5, None, None), "credits"),
        (("t9", None, None, "dear", None), "costUSD"),
        (("t9", None, None, None, "yesterday"), "seenAt"),
        (("t9", None, None, None, 10**30), "seenAt"),
        (("t9", None, None, None, 1.5), "seenAt"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_it(row: tuple[object, ...], column: str) -> None:
    with pytest.raises(SourceError, match=rf"Thing holds in {column} of row t9"):
        convert(THINGS, [row], CLEANER)


def test_columns_are_typed_even_if_all_values_are_null() -> None:
    rows = [("t1", None, None, None, None, "h", NOON, False)]
    assert arrow_table(THINGS, rows).schema == arrow_schema(THINGS)
    assert arrow_table(THINGS, []).schema == arrow_schema(THINGS)


def test_the_deleted_version_differs_from_the_living() -> None:
    assert deleted_hash("a") != deleted_hash("b")
    assert deleted_hash("a") != "a"
