"""Answers that were worked out before: kept in this process, and in Redis for all of them.

A generation never changes, so an answer is named by its generation and its question and is never
wrong, only old: publishing makes new names, and nothing has to be deleted. What is kept are bytes,
ready to send, under a signature. Redis is a helper: without it, or with it slow, lost or lying,
the reader is as right as before, and nearly as fast.
"""

from __future__ import annotations

from reader.cache.answers import Answer, Outcome, etag_of
from reader.cache.cache import Cache, open_cache
from reader.cache.front import KnownAnswers, KnownQuestions

__all__ = [
    "Answer",
    "Cache",
    "KnownAnswers",
    "KnownQuestions",
    "Outcome",
    "etag_of",
    "open_cache",
]
