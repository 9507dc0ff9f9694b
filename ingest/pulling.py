"""One whole pull: Stripe, the application and the seed files into the raw layer."""

from __future__ import annotations

import hashlib
import json

from ingest.app.source import app_source
from ingest.pipelines import build_pipeline, land
from ingest.preflight import preflight
from ingest.raw import APP, SEEDS, STRIPE, raw_layer
from ingest.report import Mode, ProgressCallback, PullReport, log_progress
from ingest.run_context import record_syncs
from ingest.seed_loading import FILES_TABLE, load_seeds
from ingest.stripe.source import pull_stripe
from warehouse.engines import engine_for
from warehouse.operations import Erasures, OperationsStore, SyncGaps
from warehouse.settings import Settings


def pull(
    settings: Settings, mode: Mode, *, progress: ProgressCallback = log_progress
) -> PullReport:
    """Bring the raw layer up to date; run again after any failure, it goes on where it was.

    Args:
        settings: where everything is.
        mode: hourly (what changed), nightly (that, and everything against what is landed) or full
            (everything is read anew). The first pull reads everything in any mode.
        progress: is called every few seconds while a source is read.

    Raises:
        SettingsError, SourceError: as `preflight`, or what went wrong later; no cursor moved then.
    """
    preflight(settings)
    report = PullReport(mode, settings.now())
    stripe = build_pipeline(settings, "stripe")
    pull_stripe(settings, stripe, mode, report=report, progress=progress)
    app = app_source(settings, mode, report=report, progress=progress)
    land(build_pipeline(settings, "app"), app, engine_for(settings))
    report.seeds = load_seeds(settings)
    record_syncs(settings, report)
    return report


def fingerprint(settings: Settings) -> str:
    """Return a text that changes when the rows, seeds, gaps or the UTC day have, and only then.

    What the marts hold depends on nothing else, so an equal fingerprint means nothing to build.
    """
    parts: dict[str, object] = {
        "day": settings.now().date().isoformat(),
        "live_mode": settings.live_mode,
    }
    for schema in (STRIPE, APP):
        with raw_layer(engine_for(settings), schema) as raw:
            for table in sorted(raw.tables()):
                row = raw.connection.execute(
                    f"select count(*), max(_dlt_load_id) from {raw.complete(table)}"  # noqa: S608
                ).fetchone()
                parts[f"{schema}.{table}"] = list(row) if row else []
    with raw_layer(engine_for(settings), SEEDS) as raw:
        if raw.exists(FILES_TABLE):
            query = f"select name, content_hash from {SEEDS}.{FILES_TABLE} order by name"  # noqa: S608
            parts["seeds"] = [list(row) for row in raw.connection.execute(query).fetchall()]
    gaps = SyncGaps(OperationsStore(settings)).all()
    erasures = Erasures(OperationsStore(settings)).all()
    parts["erasures"] = [erasure.erasure_id for erasure in erasures]
    parts["gaps"] = [(gap.detected_at.isoformat(), str(gap.healed_at)) for gap in gaps]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
