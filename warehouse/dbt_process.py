"""dbt in a process of its own, with the project as it was parsed before.

Run as `python -P dbt_process.py PARSED ARGUMENTS…`, where PARSED is dbt's `partial_parse.msgpack`.
dbt's own command would read and compare every file of the project again, and parse it anew
whenever the warehouse's file has another path. This module imports dbt alone: the file beside it
bears dbt's name.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

# What is made for a node is gone with it; looking through the whole manifest each time is not
# worth it (a twentieth of a build).
_ALLOCATIONS = 50_000


def main(parsed: str, *arguments: str) -> int:
    """Run dbt; return 0 if all went well, 1 if a node failed, 2 if dbt could not do its work."""
    manifest = Manifest.from_msgpack(Path(parsed).read_bytes())
    # What models read as `graph`.
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 100)
    done = dbtRunner(manifest=manifest).invoke(list(arguments))
    if done.exception is not None:
        sys.stdout.write(f"{done.exception}\n")
        return 2
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
