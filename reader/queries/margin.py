"""Margin by month and one dimension."""

from __future__ import annotations

from dataclasses import replace

from reader.database import Connection, Row
from reader.envelope import Page
from reader.filters import CUSTOMER
from reader.params import MarginParameters
from reader.pipeline import Question
from reader.queries.monthly import monthly_page
from reader.queries.select import known_value
from reader.queries.timeline import COMPARE
from reader.series import CUSTOMER_MARGIN, MARGIN


def margin_page(connection: Connection, question: Question, parameters: MarginParameters) -> Page:
    """Return what was earned and what it cost, by month and the values of a dimension.

    The values of each dimension, `unallocated` among them, sum to the total; customers have no
    such row, what belongs to none of them is missing.

    Raises:
        InvalidParameterError: two dimensions at once, or a value that the dimension lacks.
    """
    dimension, value = parameters.value
    generation = question.generation
    if dimension == "customer":
        known_value(
            connection, generation, "customer_key", value, CUSTOMER.known_in, is_named=False
        )
        where = {"customer_key": value}
        page = monthly_page(connection, question, parameters, CUSTOMER_MARGIN, where)
        return _as_dimension(page)
    known_value(connection, generation, dimension, value, (("agg_margin_monthly", "value"),))
    return monthly_page(
        connection, question, parameters, MARGIN, {"dimension": dimension, "value": value}
    )


def _as_dimension(page: Page) -> Page:
    """Give the rows of customers the columns that those of every other dimension have."""
    columns = []
    for name, kind in page.columns:
        stem = name.removesuffix("customer_key")
        columns += [(f"{stem}dimension", kind), (f"{stem}value", kind)] if stem != name else []
        columns += [(name, kind)] if stem == name else []
    return replace(page, rows=[_renamed(row) for row in page.rows], columns=columns)


def _renamed(row: Row) -> Row:
    renamed: Row = {}
    for name, value in row.items():
        if name == "customer_key":
            renamed |= {"dimension": "customer", "value": value}
        elif name == COMPARE and value is not None:
            renamed[name] = _renamed(value)
        else:
            renamed[name] = value
    return renamed
