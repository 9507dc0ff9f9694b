"""`python -m tillhouse`."""

from __future__ import annotations

from tillhouse.cli import main

main()
