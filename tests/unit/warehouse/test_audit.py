"""The audit log's chain: each kind of tampering shows, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse.errors import SettingsError
from warehouse.operations import AuditEntry, AuditError, AuditLog, OperationsStore
from warehouse.settings import Settings

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kept(request: pytest.FixtureRequest, make_settings: Callable[..., Settings]) -> Settings:
    if request.param == "sqlite":
        return make_settings()
    return make_settings(warehouse_url=request.getfixturevalue("postgres_url"))


@pytest.fixture
def log(kept: Settings) -> AuditLog:
    """Return a log of nine rows, written in three commits."""
    log = AuditLog(kept)
    for number in range(3):
        log.append([_entry(f"/v1/kpis?{number}{part}") for part in range(3)])
    return log


def _entry(target: str = "/v1/kpis", **fields: object) -> AuditEntry:
    given = {"actor": "ana", "action": "read", "outcome": "200", "address": "192.0.2.1", **fields}
    return AuditEntry(at=AT, target=target, **given)  # type: ignore[arg-type]


def _tamper(settings: Settings, *statements: str) -> None:
    """Do what somebody does who owns the database."""
    store = OperationsStore(settings)
    with store.connect() as connection:
        if store.schema:
            connection.execute("drop trigger audit_append_only on operations.audit")
        else:
            connection.execute("drop trigger audit_update")
            connection.execute("drop trigger audit_delete")
        for statement in statements:
            connection.execute(statement.replace("audit", f"{store.schema}audit"))


def test_what_was_written_holds(log: AuditLog) -> None:
    check = log.verify()
    assert (check.rows, check.problem) == (9, None)
    newest = log.latest(2)
    assert [row["position"] for row in newest] == [9, 8]
    assert newest[0]["actor"] == "ana"
    assert [row["position"] for row in log.latest(5, before=3)] == [2, 1]


def test_an_empty_log_holds(kept: Settings) -> None:
    assert AuditLog(kept).verify().problem is None


_COLUMNS = ("at", "actor", "action", "target", "outcome", "address", "request_id", "detail", "mac")


@pytest.mark.parametrize("column", _COLUMNS)
def test_an_edit_shows(log: AuditLog, kept: Settings, column: str) -> None:
    _tamper(kept, f"update audit set {column} = 'x' where position = 5")
    check = log.verify()
    assert (check.rows, check.problem) == (4, "row 5 is not what was written there")


def test_a_value_moved_over_to_the_next_column_shows(log: AuditLog, kept: Settings) -> None:
    _tamper(kept, "update audit set actor = 'an', action = 'aread' where position = 5")
    assert log.verify().problem == "row 5 is not what was written there"


@pytest.mark.parametrize("position", [1, 5])
def test_a_removed_row_shows(log: AuditLog, kept: Settings, position: int) -> None:
    _tamper(kept, f"delete from audit where position = {position}")
    problem = log.verify().problem
    assert problem == f"row {position} is missing, row {position + 1} is there"


def test_a_removed_row_shows_when_the_rest_moves_up(log: AuditLog, kept: Settings) -> None:
    rest = [f"update audit set position = {n} where position = {n + 1}" for n in range(5, 9)]
    _tamper(kept, "delete from audit where position = 5", *rest)
    assert log.verify().problem == "row 5 is not what was written there"


def test_rows_that_changed_places_show(log: AuditLog, kept: Settings) -> None:
    swap = (
        "update audit set position = 100 where position = 4",
        "update audit set position = 4 where position = 5",
        "update audit set position = 5 where position = 100",
    )
    _tamper(kept, *swap)
    assert log.verify().problem == "row 4 is not what was written there"


@pytest.mark.parametrize("position", [0, 10])
def test_an_added_row_shows(log: AuditLog, kept: Settings, position: int) -> None:
    names = "at, actor, action, target, outcome, address, request_id, detail, mac"
    _tamper(
        kept,
        f"insert into audit (position, {names}) select {position}, {names} "
        "from audit where position = 9",
    )
    assert log.verify().problem is not None


def test_rows_cut_off_at_the_end_show(log: AuditLog, kept: Settings) -> None:
    _tamper(kept, "delete from audit where position > 7")
    check = log.verify()
    assert (check.rows, check.problem) == (7, "rows 8 to 9 are missing at the end")


def test_everything_gone_shows(log: AuditLog, kept: Settings) -> None:
    _tamper(kept, "delete from audit")
    assert log.verify().problem == "rows 1 to 9 are missing at the end"


def test_rows_rewritten_after_a_cut_show(log: AuditLog, kept: Settings) -> None:
    """Whoever cuts the end off and lets the log write on has rows, though not those anchored."""
    day = log.anchors.read_text()
    _tamper(kept, "delete from audit where position > 1")
    log.head.unlink()
    AuditLog(kept).append([_entry(f"/v1/other/{number}") for number in range(20)])
    log.anchors.write_text(day)
    assert log.verify().problem == "row 3 is not the one that was anchored"


def test_a_head_without_signature_shows(log: AuditLog) -> None:
    head = json.loads(log.head.read_text())
    log.head.write_text(json.dumps({**head, "position": 7}))
    assert "not signed" in (log.verify().problem or "")
    log.head.write_text("{}")
    assert "no signed line" in (log.verify().problem or "")


def test_a_missing_head_shows(log: AuditLog) -> None:
    log.head.unlink()
    log.anchors.unlink()
    assert "audit.head is missing" in (log.verify().problem or "")


def test_a_line_kept_elsewhere_holds_the_log_to_it(log: AuditLog, kept: Settings) -> None:
    elsewhere = [log.newest_anchor() or ""]
    assert log.verify(elsewhere).problem is None
    # Even the whole home with its anchors put back to an older state.
    _tamper(kept, "delete from audit where position > 3")
    log.head.write_text(log.anchors.read_text())
    assert log.verify().problem is None
    assert log.verify(elsewhere).problem == "rows 4 to 9 are missing at the end"


def test_another_key_does_not_make_the_same_chain(
    log: AuditLog, kept: Settings, make_settings: Callable[..., Settings]
) -> None:
    other = kept.model_copy(update={"audit_key": make_settings(audit_key="k" * 32).audit_key})
    assert AuditLog(other).verify().problem is not None


def test_a_lost_key_is_said_and_none_is_made_up(log: AuditLog, kept: Settings) -> None:
    key = kept.tillhouse_home / "audit.key"
    key.unlink()
    with pytest.raises(SettingsError, match="key is missing"):
        log.verify()
    assert not key.exists()


@pytest.mark.parametrize(
    "statement", ["update audit set actor = 'x'", "delete from audit where position = 9"]
)
def test_the_database_itself_refuses_changes(log: AuditLog, kept: Settings, statement: str) -> None:
    store = OperationsStore(kept)
    with pytest.raises(Exception, match="append-only"), store.connect() as connection:
        connection.execute(statement.replace("audit", f"{store.schema}audit"))
    assert log.verify().problem is None


def test_many_writers_make_one_chain(kept: Settings) -> None:
    def write(number: int) -> None:
        AuditLog(kept).append([_entry(f"/{number}/{part}") for part in range(5)])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    log = AuditLog(kept)
    check = log.verify()
    assert (check.rows, check.problem) == (120, None)
    assert json.loads(log.newest_anchor() or "")["position"] == 120


def test_texts_of_strangers_stay_on_their_line(log: AuditLog) -> None:
    nasty = "/v1/x\r\n2026-11-22 root admin /v1/everything 200\x1b[2J\u202e\u2028"
    log.append([_entry(nasty, actor="a\nb", detail=(("query", "q\n\x00"),))])
    row = log.latest(1)[0]
    for text in (value for value in row.values() if isinstance(value, str)):
        assert text.isprintable(), text
    assert len(log.latest(1)[0]["target"]) < 2_000
    assert log.verify().problem is None


def test_what_can_not_be_written_is_an_error(settings: Settings) -> None:
    log = AuditLog(settings)
    log.append([_entry()])
    _break(settings.tillhouse_home)
    with pytest.raises(AuditError, match="can't be written"):
        AuditLog(settings).append([_entry()])


def _break(home: Path) -> None:
    """Put a folder in the database's place: root may write to any file."""
    for path in home.glob("operations.sqlite*"):
        path.unlink()
    (home / "operations.sqlite").mkdir()


def test_a_long_log_is_read_in_parts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.operations.audit._ROWS_PER_READ", 10)
    log = AuditLog(settings)
    entries: Sequence[AuditEntry] = [_entry(str(number)) for number in range(2_345)]
    log.append(entries)
    assert log.verify().rows == 2_345
