"""What is written outside a refresh: runs, gaps, keys, webhooks, alerts seen to, the audit log."""

from __future__ import annotations

from warehouse.operations.acknowledgements import Acknowledgement, Acknowledgements
from warehouse.operations.api_keys import ApiKey, ApiKeys
from warehouse.operations.audit import AuditCheck, AuditEntry, AuditError, AuditLog
from warehouse.operations.early_refresh import Decision, early_refresh
from warehouse.operations.erasures import Erasure, Erasures
from warehouse.operations.gaps import SyncGap, SyncGaps
from warehouse.operations.inbox import Delivery, Inbox, InboxSummary, Payment, PaymentSum
from warehouse.operations.revocations import Revocations, Revoked
from warehouse.operations.runs import Run, RunHistory, Status
from warehouse.operations.store import OperationsStore

__all__ = [
    "Acknowledgement",
    "Acknowledgements",
    "ApiKey",
    "ApiKeys",
    "AuditCheck",
    "AuditEntry",
    "AuditError",
    "AuditLog",
    "Decision",
    "Delivery",
    "Erasure",
    "Erasures",
    "Inbox",
    "InboxSummary",
    "OperationsStore",
    "Payment",
    "PaymentSum",
    "Revocations",
    "Revoked",
    "Run",
    "RunHistory",
    "Status",
    "SyncGap",
    "SyncGaps",
    "early_refresh",
]
