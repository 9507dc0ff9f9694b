"""The dbt invocation: its arguments, what is published, and failures in one line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from warehouse import dbt, dbt_parsed
from warehouse.dbt import NodeResult, arguments, mart_tables, raise_for_failures
from warehouse.dbt_parsed import parsed_project, target_of
from warehouse.engines import engine_for
from warehouse.errors import TransformError
from warehouse.settings import Settings, load_settings


def result(name: str, status: str, message: str = "", compiled: str | None = None) -> NodeResult:
    return NodeResult(name, status, message, 0.1, compiled)


def test_arguments_keep_everything_under_the_target() -> None:
    common = ["--log-format", "json", "--log-level-file", "none", "--no-use-colors"]
    project = ["--project-dir", str(dbt_parsed.PROJECT), "--profiles-dir", str(dbt_parsed.PROJECT)]
    folders = ["--target-path", "/t", "--log-path", "/t/logs"]
    data_only = ["--exclude-resource-type", "unit_test"]
    assert arguments("parse", Path("/t")) == [*common, "parse", *project, *folders]
    assert arguments("build", Path("/t")) == [*common, "build", *project, *folders, *data_only]
    everything = arguments("build", Path("/t"), full_refresh=True)
    assert everything == [*common, "build", *project, *folders, "--full-refresh", *data_only]
    changed = arguments("build", Path("/t"), sliced=True)
    vars_ = ["--vars", '{"sliced": true}']
    assert changed == [*common, "build", *project, *folders, *vars_, *data_only]


def test_only_models_under_marts_are_published() -> None:
    def node(name: str, *fqn: str, kind: str = "model") -> dict[str, object]:
        columns = {"a": {"name": "a", "description": f"a of {name}"}}
        return {
            "name": name,
            "resource_type": kind,
            "fqn": ["tillhouse", *fqn, name],
            "description": f"about {name}",
            "columns": columns,
        }

    nodes = [
        node("fct_b", "marts", "revenue"),
        node("agg_a", "marts", "usage"),
        node("stg_c", "staging", "app"),
        node("int_marts", "intermediate", "marts"),
        node("a_test", "marts", kind="test"),
    ]
    tables = mart_tables({"nodes": {str(index): node for index, node in enumerate(nodes)}})
    assert [table.name for table in tables] == ["agg_a", "fct_b"]
    assert (tables[0].description, tables[0].columns) == ("about agg_a", {"a": "a of agg_a"})


def test_the_hash_follows_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    model = tmp_path / "models" / "a.sql"
    model.write_text("select 1")
    monkeypatch.setattr(dbt_parsed, "PROJECT", tmp_path)
    hashes = [dbt_parsed.project_hash()]
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "a.sql").write_text("compiled")
    hashes.append(dbt_parsed.project_hash())
    model.write_text("select 2")
    hashes.append(dbt_parsed.project_hash())
    model.rename(tmp_path / "models" / "b.sql")
    hashes.append(dbt_parsed.project_hash())
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


def parse_a_little(target: Path) -> None:
    (target / "manifest.json").write_text('{"nodes": {}}')
    (target / "partial_parse.msgpack").write_bytes(b"parsed")


def test_a_home_that_is_moved_keeps_what_was_parsed(settings: Settings, tmp_path: Path) -> None:
    first = parsed_project(settings, parse_a_little)
    shutil.copytree(settings.tillhouse_home, tmp_path / "moved")
    moved = load_settings(tillhouse_home=tmp_path / "moved")
    again = parsed_project(moved, lambda _: pytest.fail("parsed anew"))
    assert again.manifest.name == first.manifest.name
    assert again.load() == {"nodes": {}}


def test_another_name_of_the_database_is_parsed_anew(settings: Settings) -> None:
    first = parsed_project(settings, parse_a_little)
    url = f"duckdb:///{settings.tillhouse_home}/other.duckdb"
    other = load_settings(tillhouse_home=settings.tillhouse_home, warehouse_url=url)
    assert parsed_project(other, parse_a_little) != first
    assert not first.is_there


def test_success_and_warnings_stop_nothing(settings: Settings) -> None:
    statuses = ("success", "pass", "warn", "skipped")
    raise_for_failures(settings, [result(f"test.tillhouse.t{s}", s) for s in statuses])


def test_a_failing_test_speaks_through_its_rows(settings: Settings) -> None:
    settings.prepare_home()
    with engine_for(settings).connect() as connection:
        connection.execute("create table t as select 'no rate for SORA_V1' as message, 1 as n")
    failing = result("test.tillhouse.assert_rates.1f", "fail", "Got 1 result", "select * from t")
    with pytest.raises(TransformError) as error:
        raise_for_failures(settings, [failing])
    assert str(error.value) == (
        "the test assert_rates failed: no rate for SORA_V1 (nothing was published)"
    )


def test_many_messages_are_cut(settings: Settings) -> None:
    settings.prepare_home()
    query = "select 'row ' || i as message from generate_series(1, 9) s(i)"
    failing = [result(f"test.tillhouse.t{n}", "fail", "", query) for n in range(5)]
    with engine_for(settings).connect() as connection:
        connection.execute("select 1")
    with pytest.raises(TransformError) as error:
        raise_for_failures(settings, failing)
    assert "row 1, row 2, row 3, and 6 more" in str(error.value)
    assert str(error.value).endswith("; and 2 more (nothing was published)")


def test_a_failing_model_is_told_without_its_sql(settings: Settings) -> None:
    message = (
        "Runtime Error in model fct_x (models/marts/fct_x.sql)\n"
        "  Conversion Error: no such day\n\n  LINE 12: select 1\n            ^"
    )
    with pytest.raises(TransformError, match=r"the model fct_x failed: Conversion Error: no such"):
        raise_for_failures(settings, [result("model.tillhouse.fct_x", "error", message)])


def test_a_project_that_does_not_parse_is_one_line(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    shutil.copy(dbt_parsed.PROJECT / "profiles.yml", project)
    (project / "dbt_project.yml").write_text("name: tillhouse\nprofile: tillhouse\n")
    (project / "models").mkdir()
    (project / "models" / "a.sql").write_text("select * from {{ ref('absent') }}")
    for module in (dbt, dbt_parsed):
        monkeypatch.setattr(module, "PROJECT", project)
    with pytest.raises(TransformError, match="absent"):
        dbt.load_manifest(settings)
    assert list(target_of(settings).glob("project-*")) == []
