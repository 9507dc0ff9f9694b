"""Write what can be derived: settings, data dictionary, metrics, the API and its types.

`python tools/generate_docs.py` writes them; with `--check` it only says which are out of date and
exits with 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from api_page import api_page, description
from client_types import client_types
from pydantic.fields import FieldInfo

from warehouse.settings import Settings

ROOT = Path(__file__).parents[1]
MARTS = ROOT / "dbt_project" / "models" / "marts"
METRICS = ROOT / "dbt_project" / "models" / "metrics"
GENERATED = "<!-- Written by tools/generate_docs.py; change what it is made from. -->"


def settings_table() -> str:
    """Render every setting: its variable, default and meaning."""
    rows = "\n".join(
        f"| `{name.upper()}` | {_default(field)} | {_cell(field.description or '')} |"
        for name, field in Settings.model_fields.items()
    )
    return f"""{GENERATED}

# Settings

Environment variables. A `.env` file in the working directory is read too and never wins over the
real environment; an empty value is an unset one. A wrong value gives one line naming the variable
and the mend, exit code 2, and nothing is touched.

| variable | default | meaning |
| --- | --- | --- |
{rows}
"""


def data_dictionary() -> str:
    """Render every published table with its columns, types and descriptions."""
    parts = [
        GENERATED,
        "# Data dictionary\n\nThe tables of the schema `marts`, as their models declare them. Names"
        " ending in `_minor` are whole minor units beside a `currency`; `_usd` are exact decimals.",
    ]
    for subject, models in _subjects():
        parts.append(f"## {subject.replace('_', ' ').capitalize()}")
        parts += [_table(model) for model in models]
    return "\n\n".join(parts) + "\n"


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader=yaml.CSafeLoader)


def _subjects() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for folder in sorted(path for path in MARTS.iterdir() if path.is_dir()):
        declared = [
            model
            for path in sorted(folder.glob("*.yml"))
            for model in _read(path).get("models") or []
        ]
        if declared:
            yield folder.name, sorted(declared, key=lambda model: str(model["name"]))


def _models() -> dict[str, dict[str, Any]]:
    return {str(model["name"]): model for _, models in _subjects() for model in models}


def _table(model: dict[str, Any]) -> str:
    rows = "\n".join(
        f"| `{column['name']}` | {column['data_type']} | {_cell(column['description'])} |"
        for column in model["columns"]
    )
    return (
        f"### {model['name']}\n\n{_cell(model['description'])}\n\n"
        f"| column | type | meaning |\n| --- | --- | --- |\n{rows}"
    )


def metrics_page() -> str:
    """Render every metric as it is declared: definition, formula, unit, example, limits."""
    parts = [
        GENERATED,
        "# Metrics\n\nWhat each figure means and how it is worked out. `tillhouse explain METRIC"
        " PERIOD` shows one with the objects behind it; the same texts are in the table"
        " `marts.dim_metrics`.",
    ]
    for path in sorted(METRICS.glob("_*.yml")):
        metrics = _read(path).get("metrics") or []
        if metrics:
            parts.append(f"## {path.stem.strip('_').replace('_', ' ').capitalize()}")
            parts += [_metric(metric) for metric in metrics]
    return "\n\n".join(parts) + "\n"


def _metric(metric: dict[str, Any]) -> str:
    said = metric["config"]["meta"]
    lines = [
        f"### {metric['label']} (`{metric['name']}`)\n\n{metric['description'].strip()}\n",
        f"- **Unit:** {said['unit']}",
        f"- **Formula:** {said['formula'].strip()}",
        f"- **Example:** {said['example'].strip()}",
        f"- **Limits:** {said['limits'].strip()}",
    ]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None or value == ():
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def main() -> int:
    """Write or check the documents; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if outdated")
    check = parser.parse_args().check
    outdated = []
    served = description()
    for name, text in (
        ("docs/settings.md", settings_table()),
        ("docs/data-dictionary.md", data_dictionary()),
        ("docs/metrics.md", metrics_page()),
        ("docs/api.md", f"{GENERATED}\n\n{api_page(served)}"),
        ("examples/nextjs/lib/tillhouse/routes.ts", client_types(served, _models())),
    ):
        path = ROOT / name
        if not path.exists() or path.read_text() != text:
            outdated.append(name)
            if not check:
                path.write_text(text)
    if check and outdated:
        print(f"out of date: {', '.join(outdated)}; run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
