"""`python -m ingest hourly`: one pull with the settings of the environment, and nothing else."""

from __future__ import annotations

import argparse
import json
import logging
import sys

from ingest import MODES, pull
from warehouse.errors import TillhouseError
from warehouse.settings import load_settings


def main() -> int:
    """Pull, write the report to standard output as JSON, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ingest", description=__doc__)
    parser.add_argument("mode", choices=MODES, nargs="?", default="hourly")
    mode = parser.parse_args().mode
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        report = pull(load_settings(), mode)
    except TillhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(json.dumps(report.as_dict(), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
