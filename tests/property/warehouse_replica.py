"""A replica in a real warehouse: pulled through dlt, and killed between its steps."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from dlt.destinations.job_client_impl import SqlJobClientBase
from replica import Image, Version, versions_query
from stripe_line import Line, unhurried

from ingest.pipelines import build_pipeline
from ingest.raw import STRIPE, raw_layer
from ingest.report import Mode, PullReport
from ingest.stripe import source
from ingest.stripe.client import StripeReader
from ingest.stripe.specs import BY_TABLE
from warehouse.engines import engine_for
from warehouse.operations import OperationsStore, SyncGaps
from warehouse.settings import Settings


@dataclass
class Commits:
    """What is called when a load's rows are in and it is not complete yet, and when it is."""

    before_commit: Callable[[], None] = lambda: None
    after_commit: Callable[[], None] = lambda: None

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        complete = SqlJobClientBase.complete_load

        def watched(client: SqlJobClientBase, load_id: str) -> None:
            self.before_commit()
            complete(client, load_id)
            self.after_commit()

        monkeypatch.setattr(SqlJobClientBase, "complete_load", watched)


@dataclass
class WarehouseReplica:
    """An account in a warehouse that also holds the platform's.

    Attributes:
        line: how the account is reached.
        account_id: which it is.
        settings: of the warehouse.
        hooks: what is called around every commit.
        keeps_disk: whether a killed process leaves what it had on its own disk to the next one.
    """

    line: Line
    account_id: str
    settings: Settings
    hooks: Commits
    keeps_disk: bool = True
    _seen: set[Version] = field(default_factory=set)

    @classmethod
    def maker(
        cls, settings: Settings, monkeypatch: pytest.MonkeyPatch, *, keeps_disk: bool
    ) -> Callable[[Line, str], WarehouseReplica]:
        """Return what makes replicas in the warehouse of the settings."""

        def reader(settings: Settings, **given: Any) -> StripeReader:
            return unhurried(StripeReader(settings, **given))

        def make(line: Line, account_id: str) -> WarehouseReplica:
            reaches = {
                "stripe_secret_key": line.settings.stripe_secret_key,
                "stripe_api_base": line.settings.stripe_api_base,
                "pseudonym_key": line.settings.pseudonym_key,
                "stripe_connected_accounts": (account_id,),
            }
            changed = settings.model_copy(update=reaches)
            changed.prepare_home()
            return cls(line, account_id, changed, commits, keeps_disk)

        commits = Commits()
        commits.watch(monkeypatch)
        monkeypatch.setattr(source, "StripeReader", reader)
        return make

    def pull(self, mode: Mode, now: datetime, left_out: Set[str] = frozenset()) -> PullReport:
        changed = {"tillhouse_now": now, "stripe_except": tuple(sorted(left_out))}
        settings = self.settings.model_copy(update=changed)
        try:
            pipeline = build_pipeline(settings, "stripe")
            return source.pull_stripe(settings, pipeline, mode, progress=lambda _: None)
        finally:
            self._seen |= set(self.image().history)
            if not self.keeps_disk:
                shutil.rmtree(settings.pipelines_dir, ignore_errors=True)

    def image(self) -> Image:
        given = [self.account_id] * len(BY_TABLE)
        with raw_layer(engine_for(self.settings), STRIPE) as layer:
            if not layer.tables():
                return Image([])
            rows = layer.connection.execute(versions_query(layer), given).fetchall()
        return Image.of(rows)

    def ever_landed(self) -> set[Version]:
        return self._seen

    def gaps(self) -> tuple[int, int]:
        known = SyncGaps(OperationsStore(self.settings)).all()
        own = [gap for gap in known if gap.account_id == self.account_id]
        closed = [gap for gap in own if gap.healed_at]
        return len(own) - len(closed), len(closed)
