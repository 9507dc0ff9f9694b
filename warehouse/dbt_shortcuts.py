"""What dbt does for every model and test that need not be done so often; the results are the same.

Of a small company's build most is dbt's own work, some 40 milliseconds for each of 440 models and
tests (docs/decisions/0021). Here stands what is taken off it from outside:

- Jinja templates are translated into Python once, not in every build.
- An event of debug level, which nobody is told, is not made into a message.
- How the texts of a result could be read is worked out once for each kind of result.
- The 680 macros that each node may call are laid before it by the package, not name by name.
- The SQL of models and tests is in the results, and not written to a thousand files as well.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Any

from dbt.clients.jinja import MacroGenerator
from dbt.context.configured import ConfiguredContext
from dbt.context.macro_resolver import TestMacroNamespace
from dbt.context.macros import MacroNamespaceBuilder
from dbt.context.manifest import ManifestContext
from dbt.contracts.graph.nodes import Macro, ParsedNode
from dbt_common.clients import agate_helper
from dbt_common.clients.jinja import MacroFuzzEnvironment
from dbt_common.events.base_types import BaseEvent, DebugLevel


class Templates:
    """The Python code of templates, kept in a file.

    Args:
        path: of the file. It is replaced when another version of Python, Jinja or dbt writes it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written_by = (sys.implementation.cache_tag, version("jinja2"), version("dbt-common"))
        self._code: dict[tuple[str, str], CodeType] = {}
        self._kept = 0
        self.load()

    def load(self) -> None:
        """Take what has been kept meanwhile."""
        if not self._path.exists():
            return
        try:
            written_by, code = marshal.loads(self._path.read_bytes())  # noqa: S302  as a .pyc
        except (EOFError, TypeError, ValueError):
            return  # A damaged file is as good as none: it is written again.
        if written_by == self._written_by:
            self._code.update(code)
            self._kept = len(code)

    def save(self) -> None:
        """Keep what is new, unless the folder has gone: the process may outlive a home."""
        if len(self._code) > self._kept and self._path.parent.exists():
            draft = self._path.with_suffix(".draft")
            draft.write_bytes(marshal.dumps((self._written_by, self._code)))
            draft.replace(self._path)

    def use(self) -> None:
        """Let dbt take templates from here."""
        translate = MacroFuzzEnvironment.compile
        code = self._code

        def translated(
            environment: MacroFuzzEnvironment, source: str, *args: Any, **options: Any
        ) -> Any:
            if args or options:
                return translate(environment, source, *args, **options)
            key = (type(environment).__name__, source)
            if key not in code:
                code[key] = translate(environment, source)
            return code[key]

        MacroFuzzEnvironment.compile = translated  # type: ignore[method-assign, assignment]


def forget_debug_events() -> None:
    """Make the message of an event of debug level only when somebody looks at it."""

    def remember(event: DebugLevel, *args: Any, **said: Any) -> None:
        event.__dict__["said"] = (args, said)

    def look(event: DebugLevel, name: str) -> Any:
        if "said" in event.__dict__:
            args, said = event.__dict__.pop("said")
            BaseEvent.__init__(event, *args, **said)
        return BaseEvent.__getattr__(event, name)  # type: ignore[no-untyped-call]

    DebugLevel.__init__ = remember  # type: ignore[assignment, method-assign]
    DebugLevel.__getattr__ = look  # type: ignore[assignment, method-assign]


def keep_readings() -> None:
    """Keep what tells a date from a number, for it holds the names of months in a locale."""
    kept: dict[tuple[frozenset[str], tuple[str, ...]], Any] = {}
    build = agate_helper.build_type_tester
    nothing = agate_helper.empty_table()  # type: ignore[no-untyped-call]

    def build_type_tester(
        text_columns: Iterable[str], string_null_values: Iterable[str] | None = ("null", "")
    ) -> Any:
        key = (frozenset(text_columns), tuple(string_null_values or ()))
        if key not in kept:
            kept[key] = build(key[0], key[1])
        return kept[key]

    agate_helper.build_type_tester = build_type_tester
    agate_helper.empty_table = lambda: nothing


def leave_sql_unwritten() -> None:
    """Write no SQL of single nodes: what was compiled is in dbt's results."""

    def write_node(node: ParsedNode, folder: str, path: str, sql: str) -> None:
        """Leave it at that."""

    ParsedNode.write_node = write_node  # type: ignore[assignment, method-assign]


def lay_macros_at_once() -> None:
    """Put macros into the context of a node by the package, in the order in which dbt looks."""
    named_one_by_one = ManifestContext.to_dict

    def add_macros(
        builder: MacroNamespaceBuilder, macros: Iterable[Macro], context: dict[str, Any]
    ) -> None:
        node, stack = builder.node, builder.thread_ctx
        of_package: dict[str, dict[str, MacroGenerator]] = {}
        for macro in macros:
            made = of_package.setdefault(macro.package_name, {})
            made[macro.name] = MacroGenerator(macro, context, node, stack)
        for package, made in of_package.items():
            if package in builder.internal_package_names:
                builder.internal_packages.setdefault(package, {}).update(made)
                continue
            builder.packages.setdefault(package, {}).update(made)
            if package == builder.search_package:
                builder.locals.update(made)
            elif package == builder.root_package:
                builder.globals.update(made)

    def to_dict(context: ManifestContext) -> Any:
        if isinstance(context.namespace, TestMacroNamespace):
            return named_one_by_one(context)  # type: ignore[no-untyped-call]
        names = ConfiguredContext.to_dict(context)
        for space in reversed(tuple(context.namespace._search_order())):
            names.update(space)
        return names

    MacroNamespaceBuilder.add_macros = add_macros  # type: ignore[method-assign, assignment]
    ManifestContext.to_dict = to_dict  # type: ignore[method-assign]
