"""Errors that people read: one line that says what happened, to what, and how to mend it.

Each class carries the exit code of the command that ends with it: 1 the run failed and a rerun
may help, 2 the settings are wrong and only a person can help, 3 another run holds the warehouse.
"""

from __future__ import annotations


class TillhouseError(Exception):
    """Anything Tillhouse refuses or fails to do; `str(error)` is one line."""

    exit_code: int = 1

    def __init__(self, message: str) -> None:
        """Keep the message on one line, whatever a library put into it."""
        super().__init__(" ".join(message.split()))


class SettingsError(TillhouseError):
    """A setting is missing or wrong: a value, a refused key, an unwritable home, a bad seed."""

    exit_code = 2


class LockHeldError(TillhouseError):
    """Another run writes to this warehouse; the message names it."""

    exit_code = 3


class SourceError(TillhouseError):
    """Stripe, the app database or the warehouse can't be reached, refuses, or lacks a table."""


class TransformError(TillhouseError):
    """dbt failed; the message names the failing models and tests."""


class PublishError(TillhouseError):
    """A generation could not be published or activated; the old one is still served."""
