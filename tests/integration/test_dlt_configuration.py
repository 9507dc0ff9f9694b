"""A load is the same whatever dlt could find around it: variables, and a project of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_company import Company


def test_nothing_around_it_changes_a_load(
    landed: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID", "false")
    monkeypatch.setenv("SCHEMA__NAMING", "sql_cs_v1")
    monkeypatch.setenv("LOAD__DELETE_COMPLETED_JOBS", "false")
    own = tmp_path / ".dlt"
    own.mkdir()
    (own / "config.toml").write_text("[load]\nraise_on_failed_jobs = false\nworkers = 0\n")
    landed.advance(days=1)
    assert landed.pull().rows_landed > 0
    loads = "select load_id from raw_stripe._dlt_loads where status = 0"
    unknown = f"select count(*) from raw_stripe.events where _dlt_load_id not in ({loads})"
    assert landed.value(unknown) == 0
    assert landed.value(f"select count(*) from ({loads})") > 1
    jobs = landed.settings.pipelines_dir.rglob("completed_jobs/*")
    assert [path.name for path in jobs] == []
