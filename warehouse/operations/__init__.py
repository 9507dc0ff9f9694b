"""What is written outside a refresh: its history, gaps, API keys, webhooks, alerts seen to."""

from __future__ import annotations

from warehouse.operations.acknowledgements import Acknowledgement, Acknowledgements
from warehouse.operations.api_keys import ApiKey, ApiKeys
from warehouse.operations.early_refresh import Decision, early_refresh
from warehouse.operations.gaps import SyncGap, SyncGaps
from warehouse.operations.inbox import Delivery, Inbox, InboxSummary
from warehouse.operations.runs import Run, RunHistory, Status
from warehouse.operations.store import OperationsStore

__all__ = [
    "Acknowledgement",
    "Acknowledgements",
    "ApiKey",
    "ApiKeys",
    "Decision",
    "Delivery",
    "Inbox",
    "InboxSummary",
    "OperationsStore",
    "Run",
    "RunHistory",
    "Status",
    "SyncGap",
    "SyncGaps",
    "early_refresh",
]
