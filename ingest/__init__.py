"""Ingest: Stripe objects, application rows and seed files into the raw layer.

`pull` does all of it. Whoever schedules the parts takes `stripe_source` and `app_source` (dlt
sources, one resource a table) with `build_pipeline` and `land`, then `load_seeds`.
"""

from ingest.app.source import app_source
from ingest.pipelines import build_pipeline, cause_of, land, settle
from ingest.preflight import preflight
from ingest.pulling import fingerprint, pull
from ingest.report import MODES, Mode, Progress, PullReport
from ingest.run_context import record_syncs, write_run_context
from ingest.seed_loading import load_seeds
from ingest.stripe.selection import left_out
from ingest.stripe.source import stripe_source

__all__ = [
    "MODES",
    "Mode",
    "Progress",
    "PullReport",
    "app_source",
    "build_pipeline",
    "cause_of",
    "fingerprint",
    "land",
    "left_out",
    "load_seeds",
    "preflight",
    "pull",
    "record_syncs",
    "settle",
    "stripe_source",
    "write_run_context",
]
