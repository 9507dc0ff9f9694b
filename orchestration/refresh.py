"""One refresh, step by step, without Dagster: what the assets call.

A refresh holds the run lock from before its first check to after its last write.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import ingest
from ingest import Mode, Progress, PullReport
from orchestration.checks import record_checks
from warehouse import dbt
from warehouse.dbt_parsed import project_hash
from warehouse.generations import Generation, Publication, active, publish
from warehouse.lock import run_lock
from warehouse.operations import Erasures, OperationsStore, RunHistory, Status
from warehouse.settings import Settings

logger = logging.getLogger(__name__)


@dataclass
class Refresh:
    """What the steps of one refresh share.

    Attributes:
        settings: where everything is.
        mode: hourly, nightly or full.
        run_id: Dagster's id of the run.
        tell: is called with lines of progress.
        report: what the pull did.
        generation: what was published, if anything was.
        unchanged: whether there was nothing to build.
        failure: the first error, in one line.
    """

    settings: Settings
    mode: Mode
    run_id: str
    tell: Callable[[str], None] = logger.info
    report: PullReport = field(init=False)
    generation: Generation | None = None
    unchanged: bool = False
    failure: str | None = None
    _fingerprint: str = ""
    _inputs: dict[str, str] = field(default_factory=dict)
    _checks: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start the report."""
        self.report = PullReport(self.mode, self.settings.now())

    def pull_stripe(self) -> None:
        """Bring Stripe's raw tables up to date."""
        ingest.pull_stripe(
            self.settings,
            ingest.build_pipeline(self.settings, "stripe"),
            self.mode,
            report=self.report,
            progress=self._progress,
        )
        if self.report.rows_landed:
            dbt.prepare(self.settings)

    def application(self) -> Any:
        """Return the dlt source of the application's tables for this run."""
        return ingest.app_source(
            self.settings, self.mode, report=self.report, progress=self._progress
        )

    def load_seeds(self) -> list[str]:
        """Land the seed files that changed; return their names."""
        self.report.seeds = ingest.load_seeds(self.settings)
        return self.report.seeds

    def end_pull(self) -> None:
        """Write down how far each source is in, what counts as now, and what is served."""
        ingest.record_syncs(self.settings, self.report)
        ingest.write_run_context(self.settings, self.run_id, self.mode)
        self._inputs = ingest.inputs(self.settings) | {"project": project_hash()}
        ingest.remember(self.settings, self._inputs)

    def transform(self) -> list[dbt.NodeResult]:
        """Build and test the models, unless what is served was built from the same.

        A full refresh builds in any case, from raw.
        """
        self._fingerprint = self._fingerprint_now()
        served = active(self.settings)
        # Incremental tables hold what an erased person went by until they are built anew.
        full = self.mode == "full" or self._erasures().are_unpublished()
        if served is not None and served.fingerprint == self._fingerprint and not full:
            self.unchanged = True
            self.tell(f"nothing has changed since generation {served.id}: it stays")
            return []
        sliced = not full and ingest.goes_on(self.settings)
        ingest.begin_build(self.settings)
        results = dbt.build(self.settings, full_refresh=full, sliced=sliced, tell=self.tell)
        tests = [result for result in results if result.is_test]
        record_checks(self.settings, self.run_id, tests)
        self._checks = {
            "passed": sum(result.status == "pass" for result in tests),
            "warned": sum(result.status == "warn" for result in tests),
        }
        return results

    def publish(self) -> Generation:
        """Publish the marts as a new generation."""
        synced = self.report.synced_through
        self.generation = publish(
            self.settings,
            Publication(
                mode=self.mode,
                run_id=self.run_id,
                fingerprint=self._fingerprint,
                tables=dbt.mart_tables(dbt.load_manifest(self.settings)),
                sources={
                    name: min(at for table, at in synced.items() if table.startswith(schema))
                    for name, schema in (("stripe", "raw_stripe."), ("app", "raw_app."))
                },
                checks=self._checks,
                inputs=self._inputs,
            ),
        )
        self._erasures().note_published(self.generation.id)
        ingest.end_build(self.settings, self.generation.id)
        self.tell(f"generation {self.generation.id} is published")
        return self.generation

    @contextmanager
    def step(self) -> Iterator[None]:
        """Keep the first error in words for people, whatever wraps it."""
        try:
            yield
        except Exception as error:
            known = ingest.cause_of(error)
            self.failure = self.failure or str(known or f"{type(error).__name__}: {error}")
            if known is None or known is error:
                raise
            raise known from error

    def outcome(self) -> tuple[Status, str]:
        """Return what became of the refresh."""
        left_out = self.report.left_out
        without = f", without {', '.join(left_out)}" if left_out else ""
        if self.generation is not None:
            return "published", f"generation {self.generation.id} is published{without}"
        if self.unchanged:
            return "unchanged", f"nothing had changed{without}"
        return "failed", self.failure or "it was interrupted"

    def _erasures(self) -> Erasures:
        return Erasures(OperationsStore(self.settings))

    def _fingerprint_now(self) -> str:
        parts = f"{ingest.fingerprint(self.settings)} {project_hash()}"
        return hashlib.sha256(parts.encode()).hexdigest()

    def _progress(self, progress: Progress) -> None:
        self.tell(str(progress))


@contextmanager
def opened(
    settings: Settings, mode: Mode, run_id: str, tell: Callable[[str], None] = logger.info
) -> Iterator[Refresh]:
    """Hold the lock, check that a refresh can succeed, and write its history.

    Raises:
        SettingsError: something is missing or wrong; nothing was touched.
        LockHeldError: another run is at work; it is named.
        SourceError: a source or the warehouse doesn't answer; nothing was written.
    """
    for needed in ("stripe_secret_key", "app_database_url"):
        settings.required(needed)
    ingest.left_out(settings)
    with run_lock(settings, f"tillhouse refresh --mode {mode}"):
        ingest.preflight(settings)
        ingest.finish_erasures(settings)
        history = RunHistory(OperationsStore(settings))
        history.begin(run_id, mode, settings.now())
        refresh = Refresh(settings, mode, run_id, tell)
        try:
            yield refresh
        finally:
            status, message = refresh.outcome()
            published = refresh.generation.id if refresh.generation else None
            history.end(run_id, status, message, published, settings.now())
