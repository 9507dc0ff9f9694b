"""Dagster's view of a refresh: assets, jobs, schedules, sensors. The work itself is done below."""
