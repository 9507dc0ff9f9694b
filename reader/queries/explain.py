"""A figure of a metric, with what it means and one row for each object behind it."""

from __future__ import annotations

from typing import Any

from reader.database import Connection
from reader.envelope import Page
from reader.errors import InvalidParameterError, NotFoundError
from reader.explanation import Explanation, explain
from reader.params import ExplainParameters
from reader.pipeline import Question
from reader.questions import QuestionError
from reader.representations import Names, plain

OBJECTS: Names = (
    ("object_type", "text"),
    ("object_id", "text"),
    ("amount", "decimal"),
    ("stripe_url", "text"),
)
_TOLD = ("label", "definition", "formula", "unit", "example", "limits")


def explain_page(
    connection: Connection,
    question: Question,
    *,
    metric: str,
    parameters: ExplainParameters,
    live_mode: bool,
) -> Page:
    """Return the objects of a figure, largest first, and the figure itself in `meta.metric`.

    Raises:
        NotFoundError: there is no such metric.
        InvalidParameterError: it has no such period or slice.
    """
    try:
        with connection.limited() as pinned:
            found = explain(pinned, metric, parameters.period, parameters.slice_)
    except QuestionError as error:
        if error.subject == "metric":
            raise NotFoundError(str(error)) from error
        raise InvalidParameterError(str(error), param=error.subject) from error
    first = int(question.after[0]) if question.after else 0
    parts = found.parts or ()
    last = first + question.limit
    rows = [
        {
            "object_type": part.type,
            "object_id": part.id,
            "amount": part.amount,
            "stripe_url": part.link(live_mode=live_mode),
        }
        for part in parts[first:last]
    ]
    after = (str(last),) if last < len(parts) else None
    return Page(rows, OBJECTS, after, extra={"metric": _told(connection, found)})


def _told(connection: Connection, found: Explanation) -> dict[str, Any]:
    table = found.metric["table_name"]
    checks = connection.table("agg_data_quality")
    tests = connection.fetch(
        f"select check_name, status, description from {checks} where table_name = ? order by 1",  # noqa: S608
        [table],
    )
    return {
        "name": found.metric["metric"],
        **{name: found.metric[name] for name in _TOLD},
        "table": f"marts.{table}",
        "column": found.metric["column_name"],
        "period": found.period,
        "slice": found.slice,
        "figure": plain(found.figure),
        "has_objects": found.parts is not None,
        "sql": found.sql,
        "tests": tests,
    }
