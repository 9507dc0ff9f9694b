"""Lists that are a table's own rows: order, pages, filters, ranges, links."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import whole as made
from served import NEWEST, client_for
from whole import ROWS, publish_whole

from reader.listings import LISTINGS
from reader.periods import period_start
from warehouse.settings import load_settings

ids = [listing.path for listing in LISTINGS]


def rows(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def keys(listing, served):
    return [tuple(str(row[name]) for name in listing.key) for row in served]


@pytest.mark.parametrize("listing", LISTINGS, ids=ids)
def test_a_listing_has_every_row_and_column_in_the_order_of_its_key(whole, listing):
    table = whole.app.state.services.generations.current().tables[listing.table]
    served = rows(whole, f"/v1{listing.path}")
    assert len(served) == table.rows == ROWS
    assert set(table.columns) <= set(served[0])
    found = keys(listing, served)
    assert len(set(found)) == ROWS
    if not any("month" in name or name == "age_months" for name in listing.key):
        assert found == sorted(found, reverse=listing.newest_first)


@pytest.mark.parametrize("listing", LISTINGS, ids=ids)
def test_pages_walk_through_a_listing_once(whole, listing):
    everything = rows(whole, f"/v1{listing.path}")
    walked, cursor = [], ""
    while cursor is not None:
        page = whole.get(f"/v1{listing.path}?limit=5{cursor and f'&cursor={cursor}'}").json()
        walked += page["data"]
        cursor = page["next_cursor"]
    assert walked == everything


@pytest.mark.parametrize("listing", [one for one in LISTINGS if one.day], ids=lambda one: one.path)
def test_a_range_keeps_its_days(whole, listing):
    first, last = NEWEST - timedelta(days=4), NEWEST - timedelta(days=2)
    served = rows(whole, f"/v1{listing.path}?from={first}&to={last}")
    everything = rows(whole, f"/v1{listing.path}")
    if listing.day.endswith("month"):
        first = period_start(first, "month")
    kept = [row for row in everything if str(first) <= row[listing.day][:10] <= str(last)]
    assert served == kept
    assert 0 < len(served) < ROWS


FILTERS = [(listing, one) for listing in LISTINGS for one in listing.filters]


@pytest.mark.parametrize(
    ("listing", "one"), FILTERS, ids=[f"{listing.path}-{one.name}" for listing, one in FILTERS]
)
def test_a_filter_keeps_the_rows_with_its_value(whole, listing, one):
    everything = rows(whole, f"/v1{listing.path}")
    wanted = everything[0][one.column]
    spelt = str(wanted).lower() if isinstance(wanted, bool) else wanted
    served = rows(whole, f"/v1{listing.path}?{one.name}={spelt}")
    assert served == [row for row in everything if row[one.column] == wanted]
    for wrong in ("n-n", "%00"):
        answer = whole.get(f"/v1{listing.path}?{one.name}={wrong}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
        assert answer.json()["param"] == one.name


def test_what_is_stripes_has_its_page_in_the_right_mode(whole, tmp_path):
    assert rows(whole, "/v1/revenue/invoices")[0]["stripe_url"] == (
        "https://dashboard.stripe.com/invoices/in_0"
    )
    test_mode = load_settings(tillhouse_home=tmp_path)
    publish_whole(test_mode)
    assert rows(client_for(test_mode), "/v1/revenue/payouts")[0]["stripe_url"] == (
        "https://dashboard.stripe.com/test/payouts/po_0"
    )


def test_minor_units_are_said_and_a_single_currency_named(whole):
    body = whole.get("/v1/revenue/payouts").json()["meta"]
    assert (body["unit"], body["currency"]) == ("minor", None)
    body = whole.get("/v1/revenue/payouts?currency=jpy").json()["meta"]
    assert (body["unit"], body["currency"]) == ("minor", "jpy")
    body = whole.get("/v1/costs/videos").json()["meta"]
    assert (body["unit"], body["currency"]) == ("decimal", "usd")


def test_a_balance_is_matched_different_or_unread(whole):
    by_day = {row["date"]: row["status"] for row in rows(whole, "/v1/revenue/balance")}
    assert list(by_day.values())[:3] == ["unread", "matched", "different"]


def test_a_listing_is_csv_too_with_formulas_made_harmless(tmp_path, monkeypatch):
    settings = load_settings(tillhouse_home=tmp_path)
    monkeypatch.setitem(made.SET, ("fct_churn_events", "feedback"), lambda i: "=1+1")
    publish_whole(settings)
    answer = client_for(settings).get("/v1/churn/events?format=csv")
    served = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(served) == ROWS
    assert {row["feedback"] for row in served} == {"'=1+1"}
