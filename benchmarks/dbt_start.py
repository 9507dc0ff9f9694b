"""A build that selects nothing: what dbt takes to start, before it builds anything."""

from __future__ import annotations

from warehouse import dbt
from warehouse.dbt_parsed import target_of
from warehouse.settings import load_settings

if __name__ == "__main__":
    settings = load_settings()
    nothing = [*dbt.arguments("build", target_of(settings)), "--exclude", "*"]
    if code := dbt.run(settings, nothing, lambda _: None):
        raise SystemExit(f"dbt ended with code {code}")
