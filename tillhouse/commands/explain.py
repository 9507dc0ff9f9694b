"""`tillhouse explain`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tillhouse import terminal

if TYPE_CHECKING:
    from reader.explanation import Explanation
    from warehouse.generations import Generation

_SHOWN = 25


def explain(
    metric: Annotated[str, typer.Argument(help="A metric of docs/metrics.md.")],
    period: Annotated[str, typer.Argument(help="A day, 2026-10-31, or a month, 2026-10.")],
    *,
    slice_: Annotated[
        str, typer.Option("--slice", help="A part of it, for instance plan=Pro or country=DE.")
    ] = "total",
    json: Annotated[
        bool, typer.Option("--json", help="Print it as JSON, with every object.")
    ] = False,
) -> None:
    """Show a figure, what it means, and the objects it is made of, each with its page in Stripe.

    Example: [bold]tillhouse explain mrr_usd 2026-10-31 --slice plan=Pro[/bold]
    """
    import duckdb  # noqa: PLC0415
    import psycopg  # noqa: PLC0415

    from reader.explanation import explain as explained  # noqa: PLC0415
    from warehouse.errors import TillhouseError  # noqa: PLC0415
    from warehouse.generations import open_reader  # noqa: PLC0415
    from warehouse.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    with open_reader(settings) as reader, reader.connect() as connection:
        try:
            found = explained(connection, metric, period, slice_)
        except (duckdb.Error, psycopg.Error) as error:
            raise TillhouseError(f"the figure can't be read: {error}") from error
        document = _document(found, connection.generation, live_mode=settings.live_mode)
    if json:
        terminal.show_json(document)
    else:
        _show(document)


def _document(found: Explanation, generation: Generation, *, live_mode: bool) -> dict[str, Any]:
    told = ("metric", "label", "definition", "formula", "unit", "example", "limits")
    objects = None
    if found.parts is not None:
        objects = [
            {
                "type": part.type,
                "id": part.id,
                "amount": _number(part.amount),
                "link": part.link(live_mode=live_mode),
            }
            for part in found.parts
        ]
    return {
        **{name: found.metric[name] for name in told},
        "table": f"marts.{found.metric['table_name']}",
        "column": found.metric["column_name"],
        "period": found.period,
        "slice": found.slice,
        "figure": found.figure if isinstance(found.figure, int) else _number(found.figure),
        "objects": objects,
        "generation": generation.id,
        "as_of": generation.as_of,
    }


def _number(value: Decimal | None) -> str | None:
    """Return an exact decimal without the zeros that say nothing."""
    if value is None:
        return None
    whole, _, places = f"{value:f}".partition(".")
    places = places.rstrip("0")
    return f"{whole}.{places}" if places else whole


def _show(document: dict[str, Any]) -> None:
    figure = "unknown" if document["figure"] is None else document["figure"]
    part = "" if document["slice"] == "total" else f", {document['slice']}"
    name = f"{document['label']} ({document['metric']})"
    terminal.show(f"{name} of {document['period']}{part}: {figure} {document['unit']}\n")
    for title in ("definition", "formula", "limits"):
        terminal.show(f"{title.capitalize()}: {document[title].strip()}")
    when = terminal.instant(document["as_of"])
    place = f"{document['table']}.{document['column']}"
    terminal.show(f"From: {place} of generation {document['generation']}, data through {when}\n")
    if document["objects"] is None:
        terminal.show("No list of objects sums to it: see the formula for what it is made of.")
        return
    objects = document["objects"]
    rows = [[o["type"], o["id"], Decimal(o["amount"]), o["link"]] for o in objects[:_SHOWN]]
    terminal.show_table(["object", "id", "amount", "in Stripe"], rows)
    left = len(objects) - len(rows)
    more = f", {left} of them not shown (--json lists all)" if left else ""
    terminal.show(f"\n{len(objects)} objects make {figure}{more}")
