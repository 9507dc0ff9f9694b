"""`tillhouse explain`: what it prints, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from figures import publish_figures

from warehouse.settings import Settings, load_settings

Run = Callable[..., Any]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Return settings of the environment, with an empty home and a live key."""
    monkeypatch.setenv("TILLHOUSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STRIPE_SECRET_KEY", "rk_live_1")
    return load_settings()


def test_a_figure_is_shown_with_its_objects(home: Settings, run: Run) -> None:
    generation = publish_figures(home)
    done = run("explain", "gross_volume_usd", "2026-02")
    assert done.code == 0
    lines = [line.rstrip() for line in done.out.splitlines() if line.strip()]
    assert lines == [
        "GROSS_VOLUME_USD (gross_volume_usd) of 2026-02: 11 US dollars",
        "Definition: d",
        "Formula: f",
        "Limits: l",
        f"From: marts.kpis.volume of generation {generation}, data through 2026-03-02 12:00:00Z",
        "object               id     amount  in Stripe",
        "balance_transaction  txn_2       6",
        "balance_transaction  txn_1       5  https://dashboard.stripe.com/payments/ch_1",
        "2 objects make 11",
    ]


def test_json_holds_everything(home: Settings, run: Run) -> None:
    generation = publish_figures(home)
    told = json.loads(run("explain", "mrr_usd", "2026-02-02", "--json").out)
    assert told == {
        "metric": "mrr_usd",
        "label": "MRR_USD",
        "definition": "d",
        "formula": "f",
        "unit": "US dollars",
        "example": "e",
        "limits": "l",
        "table": "marts.kpis",
        "column": "mrr_usd",
        "period": "2026-02-02",
        "slice": "total",
        "figure": "26",
        "objects": [
            {
                "type": "subscription_item",
                "id": "si_2",
                "amount": "26",
                "link": "https://dashboard.stripe.com/subscriptions/sub_2",
            }
        ],
        "generation": generation,
        "as_of": "2026-03-02T12:00:00Z",
    }


def test_what_is_no_sum_of_objects_says_so(home: Settings, run: Run) -> None:
    publish_figures(home)
    done = run("explain", "cost_each", "2026-02-01", "--slice", "KLING_V1")
    assert "COST_EACH (cost_each) of 2026-02-01, KLING_V1: 0.25 US dollars" in done.out
    assert "No list of objects sums to it" in done.out
    told = json.loads(run("explain", "calls", "2026-02-01", "--json").out)
    assert (told["figure"], told["objects"]) == (5, None)


def test_mistakes_are_one_line(home: Settings, run: Run) -> None:
    nothing = run("explain", "mrr_usd", "2026-02-02")
    assert (nothing.code, nothing.out) == (1, "")
    assert "nothing is published yet" in nothing.err
    publish_figures(home)
    done = run("explain", "mmr_usd", "2026-02-02")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: there is no metric mmr_usd: there are mrr_usd")
    assert len(done.err.splitlines()) == 1
