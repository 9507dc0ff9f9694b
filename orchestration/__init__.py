"""Dagster's view of a refresh: assets, checks, jobs, schedules. The work itself is done below."""
