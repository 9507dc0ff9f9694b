"""What is written outside a refresh: its history, gaps, API keys."""

from __future__ import annotations

from warehouse.operations.api_keys import ApiKey, ApiKeys
from warehouse.operations.gaps import SyncGap, SyncGaps
from warehouse.operations.runs import Run, RunHistory, Status
from warehouse.operations.store import OperationsStore

__all__ = [
    "ApiKey",
    "ApiKeys",
    "OperationsStore",
    "Run",
    "RunHistory",
    "Status",
    "SyncGap",
    "SyncGaps",
]
