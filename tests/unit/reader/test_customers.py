"""Customers: what each holds and brought, in which order, found by which name."""

from __future__ import annotations

from decimal import Decimal

import pytest
import whole as made
from served import client_for
from whole import ROWS, publish_whole

from warehouse.settings import load_settings


def rows(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.mark.parametrize(
    ("sort", "column"),
    [
        ("mrr", "mrr_usd"),
        ("revenue", "recognised_revenue_usd"),
        ("cash", "net_cash_usd"),
        ("cost", "provider_cost_usd"),
        ("margin", "gross_margin_usd"),
    ],
)
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_customers_are_sorted_by_what_they_are_worth(whole, sort, column, order):
    served = rows(whole, f"/v1/customers?sort={sort}&order={order}")
    assert len(served) == ROWS
    # An internal customer has no margin and stands before the least.
    amounts = [Decimal(row[column] if row[column] is not None else "-1e28") for row in served]
    assert amounts == sorted(amounts, reverse=order == "desc")
    assert [row["is_internal"] for row in served].count(True) == 1
    walked, cursor = [], ""
    while cursor is not None:
        address = f"/v1/customers?sort={sort}&order={order}&limit=5"
        page = whole.get(f"{address}{cursor and f'&cursor={cursor}'}").json()
        walked += page["data"]
        cursor = page["next_cursor"]
    assert walked == served


def test_mrr_is_what_is_held_at_the_end_of_to_and_the_rest_what_the_months_brought(whole):
    [newest] = rows(whole, "/v1/customers?q=u_3")
    assert (newest["mrr_usd"], newest["net_cash_usd"]) == ("3.500000", "3.500000")
    assert (newest["plan_name"], newest["stripe_url"]) == (
        "name_3",
        "https://dashboard.stripe.com/customers/cus_3",
    )
    # The interval of u_3 began three days before the newest, its one month was in August.
    [earlier] = rows(whole, "/v1/customers?q=u_3&to=2026-11-17")
    assert (earlier["mrr_usd"], earlier["net_cash_usd"]) == ("0.000000", "3.500000")
    [later] = rows(whole, "/v1/customers?q=u_3&from=2026-09-30")
    assert (later["mrr_usd"], later["net_cash_usd"]) == ("3.500000", "0.000000")


@pytest.mark.parametrize("q", ["u_7", "U_7", "cus_7", "email_hash_7"])
def test_a_customer_is_found_by_each_of_its_names(whole, q):
    assert [row["customer_key"] for row in rows(whole, f"/v1/customers?q={q}")] == ["u_7"]


def test_nobody_is_found_by_what_nobody_is_called(whole):
    assert rows(whole, "/v1/customers?q=%25") == []
    answer = whole.get("/v1/customers?q=ana@example.com")
    assert (answer.status_code, answer.json()["param"]) == (400, "q")
    assert "ana" not in answer.text


def test_customers_are_filtered_by_plan_and_country(whole):
    assert [r["customer_key"] for r in rows(whole, "/v1/customers?plan=price_2")] == ["u_2"]
    assert [r["customer_key"] for r in rows(whole, "/v1/customers?country=country_4")] == ["u_4"]
    for wrong in ("plan=price_99", "country=XX"):
        assert whole.get(f"/v1/customers?{wrong}").json()["code"] == "invalid_parameter"


def test_one_customer_has_everything_that_is_known_of_it(whole):
    [customer] = rows(whole, "/v1/customers/u_2")
    assert customer["customer_key"] == "u_2"
    assert customer["mrr_usd"] == "2.500000"
    [subscription] = customer["subscriptions"]
    assert subscription["subscription_id"] == "sub_2"
    assert (subscription["mrr_usd"], subscription["ended_on"]) == ("2.500000", None)
    assert subscription["stripe_url"] == "https://dashboard.stripe.com/subscriptions/sub_2"
    for name in ("invoices", "payments", "movements", "credit_lots", "videos", "stripe_customers"):
        assert [row["customer_key"] for row in customer[name]] == ["u_2"], name
    assert customer["payments"][0]["stripe_url"] == "https://dashboard.stripe.com/payments/ch_2"
    assert customer["truncated"] == []


def test_what_is_not_shown_of_a_customer_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("reader.queries.customer._MOST", 5)
    monkeypatch.setitem(made.SET, ("fct_payments", "customer_key"), lambda i: "u_4")
    settings = load_settings(tillhouse_home=tmp_path)
    publish_whole(settings)
    [customer] = rows(client_for(settings), "/v1/customers/u_4")
    assert customer["truncated"] == ["payments"]
    assert [row["charge_id"] for row in customer["payments"]] == [f"ch_{i}" for i in range(5)]


def test_a_stranger_is_not_found(whole):
    answer = whole.get("/v1/customers/nobody")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert whole.get("/v1/customers/u_2?format=csv").status_code == 406
