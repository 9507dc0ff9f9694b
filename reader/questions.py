"""What is wrong with a question that no figure answers."""

from __future__ import annotations

from typing import Literal

from warehouse.errors import TillhouseError


class QuestionError(TillhouseError):
    """There is no such metric, period or slice (`subject`); the message says which there are."""

    exit_code = 2

    def __init__(self, message: str, subject: Literal["metric", "period", "slice"]) -> None:
        super().__init__(message)
        self.subject = subject
