"""Churn and retention rates by month."""

from __future__ import annotations

from reader.database import Connection
from reader.envelope import Page
from reader.params import MonthlyParameters
from reader.pipeline import Question
from reader.queries.monthly import monthly_page
from reader.series import RETENTION


def retention_page(
    connection: Connection, question: Question, parameters: MonthlyParameters
) -> Page:
    """Return rates by month; a running month has nothing beside it, a rate has no elapsed days."""
    return monthly_page(connection, question, parameters, RETENTION)
