"""The TypeScript client of docs/embedding.md, run by Node against a real reader."""

from __future__ import annotations

import csv
import itertools
import json
import random
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path

import pytest
from node_reader import NodeReader, served_to_node
from served import AS_OF
from whole import publish_whole

from reader.app import create_app
from warehouse.generations import activate
from warehouse.settings import load_settings

SEEDS = Path(__file__).parents[2] / "ingest" / "seeds"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeReader]:
    """Serve every mart in two generations, each of which a test can have follow the other."""
    settings = load_settings(tillhouse_home=tmp_path_factory.mktemp("served"))
    made = [publish_whole(settings, AS_OF + timedelta(hours=n)) for n in range(2)]
    others = itertools.cycle(made)
    app = create_app(settings)

    def publish() -> str:
        generation = activate(settings, next(others)).id
        # The reader looks at the pointer once in a while only.
        while app.state.services.generations.current().id != generation:
            time.sleep(0.02)
        return generation

    with served_to_node(settings, app, publish) as serving:
        yield serving


def test_the_client(reader: NodeReader) -> None:
    reader.run("client.test.ts")


def test_decimals_are_those_of_the_decimal_module(reader: NodeReader, tmp_path: Path) -> None:
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps(_cases()))
    reader.run("decimal.test.ts", CASES=str(cases))


def _cases() -> dict[str, object]:
    chance = random.Random(7)
    with localcontext(prec=100):
        values = [
            Decimal(chance.randrange(-(10**14), 10**14)).scaleb(-chance.randrange(12))
            for _ in range(300)
        ]
        # Halves of the last place kept, on either side of zero and of an even digit.
        values += [Decimal(n).scaleb(-3) for n in range(-55, 56, 5)]
        places = [(value, chance.randrange(12)) for value in values]
        places += [(Decimal(n).scaleb(-3), 2) for n in range(-55, 56, 5)]
        pairs = list(zip(values, values[7:], strict=False))
        return {
            "rounded": [[_text(v), p, _rounded(v, p)] for v, p in places],
            "products": [[_text(a), _text(b), _text(a * b)] for a, b in pairs],
            "sums": [[[_text(a), _text(b)], _text(a + b)] for a, b in pairs],
            "minor": [
                [units, currency, _text(Decimal(units).scaleb(-int(exponent)))]
                for currency, exponent in _currencies()
                for units in (0, 5, 1234, -1234)
            ],
        }


def _rounded(value: Decimal, places: int) -> str:
    return _text(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))


def _text(value: Decimal) -> str:
    # There is no negative zero among BigInts, nor in the warehouse.
    return f"{abs(value) if value == 0 else value:f}"


def _currencies() -> list[tuple[str, str]]:
    with (SEEDS / "currencies.csv").open() as file:
        return [(row["currency"], row["exponent"]) for row in csv.DictReader(file)]
