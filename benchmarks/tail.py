"""What an hourly refresh asks of Stripe, and how long it takes, where few objects have changed.

    python -m benchmarks.tail                       # 1,000 of 100,000 objects have changed
    python -m benchmarks.tail --objects 1000000     # takes minutes: they have to be there first

The account is pulled without limits, some objects change, and an hourly pull follows under Stripe's
own limits (100 requests a second, 25 an endpoint), at the rate given.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from urllib.request import urlopen

from benchmarks.ingest import account, ours, show


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=1_000)
    parser.add_argument("--rate", type=int, default=50, help="requests a second of the hourly pull")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        account(chosen.objects) as base,
    ):
        home = Path(folder)
        runs = [ours(base, home, 400)]
        for path in (f"_change/{chosen.changes}", "_limits/on"):
            urlopen(f"{base}/{path}").close()
        runs.append(ours(base, home, chosen.rate, mode="hourly"))
    show(runs)
    sent = runs[-1].answered
    print(f"{sent} requests for {chosen.changes} changes: {sent / chosen.changes:.2f} each")


if __name__ == "__main__":
    main()
