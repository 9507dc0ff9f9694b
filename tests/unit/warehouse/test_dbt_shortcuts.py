"""What is taken off dbt's work leaves its results as they are."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from dbt.clients.jinja import MacroStack
from dbt.context.configured import ConfiguredContext
from dbt.context.macros import MacroNamespaceBuilder
from dbt.context.manifest import ManifestContext
from dbt.contracts.graph.nodes import Macro
from dbt.node_types import NodeType
from dbt_common.clients import agate_helper
from dbt_common.clients.jinja import MacroFuzzEnvironment, get_template, render_template
from dbt_common.events.base_types import BaseEvent, DebugLevel
from dbt_common.events.types import SystemStdErr

from warehouse.dbt_shortcuts import (
    Templates,
    forget_debug_events,
    keep_readings,
    lay_macros_at_once,
)

SOURCE = "{% set twice = n * 2 %}{{ twice }} of {{ kind }}"


def rendered(source: str, *, native: bool = False, **context: object) -> object:
    """Render a template as dbt does, natively as it does for the arguments of tests."""
    return render_template(get_template(source, context, native=native), context)


@pytest.fixture
def translated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the sources that Jinja translates."""
    sources: list[str] = []
    translate = MacroFuzzEnvironment.compile

    def compile_(environment: MacroFuzzEnvironment, source: str) -> object:
        sources.append(source)
        return translate(environment, source)

    monkeypatch.setattr(MacroFuzzEnvironment, "compile", compile_)
    return sources


def test_a_template_is_translated_once(tmp_path: Path, translated: list[str]) -> None:
    path = tmp_path / "project.templates"
    first = Templates(path)
    first.use()
    for n, kind in ((1, "cats"), (2, "dogs")):
        assert rendered(SOURCE, n=n, kind=kind) == f"{2 * n} of {kind}"
    assert rendered("{{ n }}", n=1) == "1"
    assert rendered("{{ n }}", native=True, n=1) == 1, "another kind of template"
    assert translated == [SOURCE, "{{ n }}", "{{ n }}"]
    first.save()
    Templates(path).use()
    assert rendered(SOURCE, n=4, kind="owls") == "8 of owls"
    assert len(translated) == 3


@pytest.mark.parametrize("content", [b"", b"no code", b"\xfb\x00"])
def test_a_damaged_file_is_replaced(tmp_path: Path, translated: list[str], content: bytes) -> None:
    path = tmp_path / "project.templates"
    path.write_bytes(content)
    templates = Templates(path)
    templates.use()
    assert rendered(SOURCE, n=1, kind="cats") == "2 of cats"
    templates.save()
    Templates(path).use()
    rendered(SOURCE, n=1, kind="cats")
    assert translated == [SOURCE]


def test_an_event_can_still_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DebugLevel, "__init__", BaseEvent.__init__)
    monkeypatch.setattr(DebugLevel, "__getattr__", BaseEvent.__getattr__, raising=False)
    before = SystemStdErr(bmsg="the disk is full")
    forget_debug_events()
    event = SystemStdErr(bmsg="the disk is full")
    assert (event.bmsg, event.message()) == ("the disk is full", before.message())
    assert event.to_json() == before.to_json()


def read_tables() -> list[list[tuple[str, type]]]:
    """Return the columns and their types of results with texts, numbers, dates and nothing."""
    day = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)
    results = [
        [{"failures": 0, "message": "null"}],
        [{"failures": 3, "message": ""}, {"failures": None, "message": "2026-02-28"}],
        [{"at": day, "amount": Decimal("1.50"), "is_late": True}],
        [{"day": "2026-02-28", "sum": "12"}],
        [{"failures": "7", "message": 12}],
    ]
    tables = [agate_helper.table_from_data_flat(rows, rows[0]) for rows in results]
    tables.append(agate_helper.empty_table())
    return [
        [(name, type(kind)) for name, kind in zip(t.column_names, t.column_types, strict=True)]
        + [(str(value), type(value)) for row in t.rows for value in row]
        for t in tables
    ]


def test_results_are_read_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("build_type_tester", "empty_table"):
        monkeypatch.setattr(agate_helper, name, getattr(agate_helper, name))
    before = read_tables()
    keep_readings()
    assert read_tables() == before == read_tables()


def named_macros(packages: list[str]) -> dict[str, str]:
    """Return which macro each name of a context means, for a node of the package `shop`."""
    macros = {
        package: {
            name: Macro(
                name=name,
                resource_type=NodeType.Macro,
                package_name=package,
                path=f"macros/{name}.sql",
                original_file_path=f"macros/{name}.sql",
                unique_id=f"macro.{package}.{name}",
                macro_sql="",
            )
            for name in names
        }
        for package, names in {
            "dbt": ("ref", "run", "only_dbt"),
            "dbt_duckdb": ("run", "load"),
            "house": ("ref", "load", "price"),
            "shop": ("price", "this_is_a_value"),
            "utils": ("price", "only_utils"),
        }.items()
    }
    builder = MacroNamespaceBuilder("house", "shop", MacroStack(), packages)
    context = ManifestContext.__new__(ManifestContext)
    context._ctx = {}
    context.namespace = builder.build_namespace(macros, context._ctx)
    named = context.to_dict()  # type: ignore[no-untyped-call]
    assert named["only_dbt"].context is named
    return {
        name: meant.macro.unique_id if hasattr(meant, "macro") else str(sorted(meant))
        for name, meant in named.items()
    }


@pytest.mark.parametrize("packages", [["dbt_duckdb", "dbt"], ["dbt", "dbt_duckdb"]])
def test_macros_laid_at_once_are_those_laid_by_name(
    monkeypatch: pytest.MonkeyPatch, packages: list[str]
) -> None:
    monkeypatch.setattr(ConfiguredContext, "to_dict", lambda context: context._ctx)
    monkeypatch.setattr(MacroNamespaceBuilder, "add_macros", MacroNamespaceBuilder.add_macros)
    monkeypatch.setattr(ManifestContext, "to_dict", ManifestContext.to_dict)
    one_by_one = named_macros(packages)
    lay_macros_at_once()
    assert named_macros(packages) == one_by_one
    assert one_by_one["price"] == "macro.shop.price"
    assert one_by_one["ref"] == "macro.house.ref"
