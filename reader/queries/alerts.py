"""Alerts of the published generation, with what people have said of them since."""

from __future__ import annotations

from collections.abc import Mapping

from reader.database import Connection, Row
from reader.envelope import Page
from reader.params import AlertParameters
from reader.pipeline import Question
from reader.queries.rows import days, keyset_rows, page_of
from reader.representations import Names
from warehouse.operations import Acknowledgement

COLUMNS: Names = (
    ("alert_id", "text"),
    ("origin", "text"),
    ("type", "text"),
    ("severity", "text"),
    ("subject", "text"),
    ("message", "text"),
    ("raised_at", "timestamp"),
    ("resolved_at", "timestamp"),
    ("state", "text"),
    ("acknowledged_at", "timestamp"),
    ("acknowledged_by", "text"),
)

TABLE = "fct_alerts"
_OWN = ", ".join(f'"{name}"' for name, _ in COLUMNS[:8])
_KEY: Names = (("raised_at", "timestamp"), ("alert_id", "text"))


def alerts_page(
    connection: Connection,
    question: Question,
    *,
    parameters: AlertParameters,
    acknowledged: Mapping[str, Acknowledgement],
) -> Page:
    """Return alerts, newest first; what is resolved is that whether or not somebody saw it."""
    conditions, values = days("raised_at", "timestamp", parameters.from_, parameters.to)
    if parameters.state is not None:
        conditions.append(f"resolved_at is {'not ' * (parameters.state == 'resolved')}null")
    if parameters.state in ("open", "acknowledged") and acknowledged:
        marks = ", ".join("?" for _ in acknowledged)
        conditions.append(f"alert_id {'not ' * (parameters.state == 'open')}in ({marks})")
        values += acknowledged
    elif parameters.state == "acknowledged":
        return page_of([], COLUMNS, None)
    select = f"select {_OWN} from {connection.table(TABLE)}"  # noqa: S608  constants
    rows, after = keyset_rows(
        connection, question, select, conditions, values, _KEY, is_descending=True
    )
    told = [with_state(row, acknowledged.get(row["alert_id"])) for row in rows]
    return page_of(told, COLUMNS, after)


def find_alert(connection: Connection, alert_id: str) -> Row | None:
    """Return an alert of the generation, or None."""
    sql = f"select {_OWN} from {connection.table(TABLE)} where alert_id = ?"  # noqa: S608
    return next(iter(connection.fetch(sql, [alert_id])), None)


def with_state(row: Row, seen: Acknowledgement | None) -> Row:
    """Return an alert's row with its state and who has seen it."""
    state = "resolved" if row["resolved_at"] else "acknowledged" if seen else "open"
    return {
        **row,
        "state": state,
        "acknowledged_at": seen.acknowledged_at if seen else None,
        "acknowledged_by": seen.acknowledged_by if seen else None,
    }
