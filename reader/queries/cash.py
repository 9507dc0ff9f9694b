"""Stripe's balance transactions by day, currency and class, in minor units."""

from __future__ import annotations

from reader.database import Connection
from reader.envelope import Page
from reader.params import CashParameters
from reader.pipeline import Question
from reader.queries.revenue import cut_for, daily
from reader.queries.select import known_value
from reader.queries.timeline import timeline_page
from reader.series import CASH


def cash_page(connection: Connection, question: Question, parameters: CashParameters) -> Page:
    """Return the movements of Stripe's balance by period, currency and class.

    Raises:
        InvalidParameterError: no such currency is known to this generation.
    """
    known_in = (("agg_cash_daily", "currency"), ("dim_currencies", "currency"))
    known_value(connection, question.generation, "currency", parameters.currency, known_in)
    where = {"currency": parameters.currency, "cash_class": parameters.cash_class}
    cut = cut_for(connection, question, parameters, parameters.grain)
    return timeline_page(daily(connection, question, CASH, where), cut, parameters.grain, question)
