"""Ingest: Stripe objects, application rows and seed files into the raw layer.

`pull` does all of it. Whoever schedules the parts takes `pull_stripe` (whose tables `stripe_source`
names) and `app_source` with `land`, each with its `build_pipeline`, then `load_seeds`.
"""

from ingest.app.source import app_source
from ingest.erasing import Person, find_person, finish_erasures
from ingest.memory import begin_build, end_build, goes_on, inputs, remember
from ingest.pipelines import build_pipeline, cause_of, land, settle
from ingest.preflight import preflight
from ingest.pulling import fingerprint, pull
from ingest.report import MODES, Mode, Progress, PullReport
from ingest.run_context import record_syncs, write_run_context
from ingest.seed_loading import load_seeds
from ingest.stripe.selection import left_out
from ingest.stripe.source import pull_stripe, stripe_source

__all__ = [
    "MODES",
    "Mode",
    "Person",
    "Progress",
    "PullReport",
    "app_source",
    "begin_build",
    "build_pipeline",
    "cause_of",
    "end_build",
    "find_person",
    "fingerprint",
    "finish_erasures",
    "goes_on",
    "inputs",
    "land",
    "left_out",
    "load_seeds",
    "preflight",
    "pull",
    "pull_stripe",
    "record_syncs",
    "remember",
    "settle",
    "stripe_source",
    "write_run_context",
]
