"""dlt's verified Stripe source on the same server: what `ingest.py --verified` sets beside ours.

Its code is not here: clone https://github.com/dlt-hub/verified-sources and give its folder. A
limited number of pages is read of each list, because it takes minutes for what we do in seconds.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import dlt
import stripe

# Those of its endpoints, under the SDK's names, of which the server has many objects.
ENDPOINTS = ("Charge", "Invoice", "PaymentIntent", "Subscription")
TABLES = ("charge", "invoice", "payment_intent", "subscription")


def main(checkout: Path, base: str, home: Path, pages: int) -> int:
    """Load pages of every list into a DuckDB file; return how many objects came.

    Args:
        checkout: a clone of dlt's verified sources.
        base: where Stripe is.
        home: a folder for the file and the pipeline.
        pages: how many of each list.
    """
    sys.path.insert(0, str(checkout / "sources"))
    source_of = importlib.import_module("stripe_analytics").stripe_source
    stripe.api_base = base
    source = source_of(endpoints=ENDPOINTS, stripe_secret_key="sk_test_benchmark0000001")
    pipeline = dlt.pipeline(
        "verified",
        pipelines_dir=str(home),
        destination=dlt.destinations.duckdb(str(home / "warehouse.duckdb")),
        dataset_name="verified",
    )
    pipeline.run(source.add_limit(pages))
    trace = pipeline.last_trace
    assert trace is not None
    assert trace.last_normalize_info is not None
    rows = trace.last_normalize_info.row_counts
    return sum(rows.get(table, 0) for table in TABLES)


if __name__ == "__main__":
    count = main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    print(json.dumps({"objects": count, "requests": None}))
