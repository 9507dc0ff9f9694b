"""One pull of Stripe, as a refresh does it, and nothing else: what `ingest.py` measures."""

from __future__ import annotations

import json
import sys

import ingest
from ingest.report import MODES
from warehouse.settings import load_settings

if __name__ == "__main__":
    settings = load_settings()
    mode = next(mode for mode in MODES if mode == sys.argv[1])
    report = ingest.pull_stripe(settings, ingest.build_pipeline(settings, "stripe"), mode)
    print(json.dumps({"objects": report.fetched.total(), "requests": report.requests}))
