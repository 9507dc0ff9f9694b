"""The numbers: what each route makes of the tables it serves."""

from __future__ import annotations

import pytest
from served import client_for, publish

from reader.freshness import status_of
from reader.queries.catalogue import unit_of
from reader.queries.freshness import interval_of
from warehouse.generations import Column
from warehouse.settings import load_settings


def rows(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_kpis_are_the_newest_day_unless_a_range_is_asked_for(client):
    [newest] = rows(client, "/v1/kpis")
    assert newest["date"] == "2026-11-21"
    assert newest["mrr_usd"] == "1081.000000"
    assert newest["paying_customers"] == 91
    # This generation's table has no such column: it is left out, not invented.
    assert "gross_margin_usd" not in newest
    days = rows(client, "/v1/kpis?from=2026-11-01&to=2026-11-30")
    assert [day["date"] for day in days] == [f"2026-11-{n:02}" for n in range(1, 22)]


def test_a_running_month_is_partial_and_beside_the_same_elapsed_days(client):
    body = client.get("/v1/kpis?grain=month&compare=previous").json()
    [month] = body["data"]
    assert body["meta"]["partial_period"] is True
    assert (month["first_day"], month["last_day"]) == ("2026-11-01", "2026-11-21")
    assert month["new_mrr_usd"] == month["compare"]["new_mrr_usd"] == "63.000021"
    assert (month["mrr_usd"], month["compare"]["mrr_usd"]) == ("1081.000000", "1050.000000")
    assert month["compare"]["last_day"] == "2026-10-21"


def test_a_whole_month_is_not_partial(client):
    body = client.get("/v1/kpis?grain=month&from=2026-10-01&to=2026-10-31").json()
    assert body["meta"]["partial_period"] is False
    assert body["data"][0]["gross_volume_usd"] == "3103.100000"


def test_a_summary_is_the_range_in_one_row(client):
    [whole] = rows(client, "/v1/kpis/summary?from=2026-11-12&to=2026-11-21&compare=previous")
    assert whole["gross_volume_usd"] == "1001.000000"
    assert whole["net_new_mrr_usd"] == "10.000000"
    assert whole["arpa_usd"] == "11.879121"
    assert whole["compare"]["last_day"] == "2026-11-11"
    assert whole["compare"]["mrr_usd"] == "1071.000000"
    [default] = rows(client, "/v1/kpis/summary")
    assert (default["first_day"], default["last_day"]) == ("2026-10-23", "2026-11-21")
    assert rows(client, "/v1/kpis/summary?from=2027-01-01") == []


def test_the_first_days_of_all_have_nothing_beside_them(client):
    [first] = rows(client, "/v1/kpis/summary?from=2026-09-01&to=2026-09-30&compare=year")
    assert first["compare"] is None
    assert first["net_new_mrr_usd"] == "1029.000000"


def test_mrr_by_month_is_the_mart(client):
    body = client.get("/v1/revenue/mrr").json()
    assert [row["month"] for row in body["data"]] == ["2026-09-01", "2026-10-01", "2026-11-01"]
    assert [row["is_final"] for row in body["data"]] == [True, True, False]
    assert body["meta"]["partial_period"] is True
    assert body["data"][0]["closing_usd"] == "1030.000000"
    assert body["data"][0]["quick_ratio"] == "1.333333"
    assert rows(client, "/v1/revenue/mrr?from=2026-10-15&to=2026-10-16")[0]["month"] == "2026-10-01"


def test_a_running_mrr_month_is_beside_the_days_of_the_other(client):
    [month] = rows(client, "/v1/revenue/mrr?from=2026-11-01&compare=previous")
    other = month["compare"]
    assert (other["opening_usd"], other["closing_usd"]) == ("1029.000000", "1050.000000")
    assert (other["new_usd"], other["customers_new"]) == ("63.000021", 21)
    assert other["quick_ratio"] is None
    [october] = rows(client, "/v1/revenue/mrr?from=2026-10-01&to=2026-10-31&compare=previous")
    assert october["compare"]["closing_usd"] == "1030.000000"
    assert october["compare"]["is_final"] is True


def test_mrr_by_plan_is_the_state_at_each_periods_end_without_internal_users(client):
    months = rows(client, "/v1/revenue/mrr?segment=plan&from=2026-09-01")
    assert [(r["date"], r["plan_name"], r["mrr_usd"], r["customers"]) for r in months] == [
        ("2026-09-01", "Basic", "16.000000", 2),
        ("2026-10-01", "Basic", "16.000000", 2),
        ("2026-11-01", "Basic", "8.000000", 1),
        ("2026-11-01", "Pro", "26.000000", 1),
    ]
    # What ends on a day has no MRR on it: 10 November is the first day of Pro.
    days = rows(client, "/v1/revenue/mrr?segment=plan&grain=day&from=2026-11-09&to=2026-11-10")
    assert [(r["date"], r["plan_key"]) for r in days] == [
        ("2026-11-09", "price_basic"),
        ("2026-11-10", "price_basic"),
        ("2026-11-10", "price_pro"),
    ]


def test_movements_roll_forward_from_the_first_day_to_the_last(client):
    [week] = rows(client, "/v1/revenue/movements?grain=week&from=2026-11-09&to=2026-11-15")
    assert (week["opening_usd"], week["closing_usd"]) == ("1068.000000", "1075.000000")
    assert (week["new_usd"], week["customers_new"]) == ("21.000007", 7)
    [month] = rows(client, "/v1/revenue/movements?from=2026-10-01&to=2026-10-31")
    assert month["churn_usd"] == "60.000000"
    assert "arpa_usd" not in month


def test_one_customers_movements_are_the_marts_rows(client):
    found = rows(client, "/v1/revenue/movements?customer_key=u_1&grain=day&from=2026-11-18")
    assert [row["period_start"] for row in found] == ["2026-11-18", "2026-11-20"]
    assert found[0]["to_plan_key"] == "price_basic"
    csv = client.get("/v1/revenue/movements?customer_key=u_1&grain=day&format=csv").text
    assert "'=HYPERLINK" in csv


def test_cash_is_in_minor_units_by_currency_and_class(client):
    body = client.get("/v1/revenue/cash?grain=month&from=2026-10-01&to=2026-10-31").json()
    found = {(r["currency"], r["cash_class"]): r["amount_minor"] for r in body["data"]}
    assert found == {("usd", "sale"): 31000, ("usd", "refund"): -6200, ("jpy", "sale"): 5000}
    assert body["meta"]["currency"] is None
    one = client.get("/v1/revenue/cash?currency=jpy&cash_class=sale").json()
    assert one["meta"]["currency"] == "jpy"
    assert [row["date"] for row in one["data"]] == ["2026-09-01", "2026-10-01", "2026-11-01"]


def test_a_video_called_on_two_days_is_one_video_of_the_week(client):
    days = rows(client, "/v1/costs/providers?provider=LUMA_V1")
    assert [(r["date"], r["videos"]) for r in days] == [("2026-11-16", 1), ("2026-11-17", 2)]
    [week] = rows(client, "/v1/costs/providers?provider=LUMA_V1&grain=week")
    assert (week["calls"], week["videos"], week["cost_usd"]) == (3, 2, "0.100000")
    assert week["cost_per_completed_video_usd"] == "0.050000000"
    [summary] = rows(client, "/v1/costs/providers/summary?provider=KLING_V1&from=2026-11-01")
    assert summary["cost_per_completed_video_usd"] is None
    midnight = "/v1/costs/providers/summary?provider=LUMA_V1&from=2026-11-17&to=2026-11-17"
    assert rows(client, midnight)[0]["videos"] == 2


def test_a_provider_that_is_no_longer_used_is_still_compared(client):
    found = rows(client, "/v1/costs/providers/summary?from=2026-11-10&compare=previous")
    gone = next(row for row in found if row["provider"] == "KLING_V2")
    assert (gone["cost_usd"], gone["videos"]) == ("0.000000", 0)
    assert gone["compare"]["cost_usd"] == "0.090000"


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("2026-11-22T04:02:00Z", "fresh"),
        ("2026-11-22T04:02:01Z", "late"),
        ("2026-11-22T06:04:01Z", "stale"),
    ],
)
def test_freshness_is_worked_out_now(tmp_path, now, status):
    settings = load_settings(tillhouse_home=tmp_path, tillhouse_now=now)
    publish(settings)
    body = client_for(settings).get("/v1/freshness").json()
    assert body["meta"]["status"] == status
    assert body["meta"]["checked_at"] == now
    by_source = {row["source"]: row for row in body["data"]}
    assert by_source["stripe.charges"]["status"] == status
    assert by_source["app.videos"]["status"] == "stale"
    assert by_source["app.videos"]["expected_by"] == "2026-11-21T21:00:00Z"


def test_status_follows_the_promise_of_the_generation(served_settings, client):
    generation = client.app.state.services.generations.current()
    as_of, due = generation.as_of, generation.expected_by
    assert status_of(as_of, due, due) == "fresh"
    assert status_of(as_of, due, due + (due - as_of)) == "late"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1 hour", 3600), ("24 hours", 86400), ("hourly", 3600), ("daily", 86400), ("soon", None)],
)
def test_intervals_are_read_from_words(text, seconds):
    found = interval_of(text)
    assert (found.total_seconds() if found else None) == seconds


def test_the_catalogue_names_columns_units_and_routes(client):
    by_name = {row["name"]: row for row in rows(client, "/v1/marts")}
    cash = by_name["agg_cash_daily"]
    assert cash["grain"] == "One row per something."
    assert cash["routes"] == ["/v1/revenue/cash"]
    units = {column["name"]: column["unit"] for column in cash["columns"]}
    assert units["amount_minor"] == "minor units of the row's currency"


@pytest.mark.parametrize(
    ("name", "type_", "unit"),
    [
        ("mrr_usd", "decimal(20,6)", "US dollars"),
        ("usd_per_credit", "numeric(20,9)", "US dollars a credit"),
        ("gross_margin_pct", "decimal(20,6)", "share of 1"),
        ("nrr_12m", "decimal(20,6)", "share of 1"),
        ("tenure_days", "bigint", "days"),
        ("attempts", "bigint", "count"),
        ("occurred_at", "timestamp with time zone", "instant, UTC"),
        ("plan_key", "varchar", None),
        ("is_final", "boolean", None),
    ],
)
def test_a_columns_unit_is_in_its_name(name, type_, unit):
    assert unit_of(Column(name, type_, "")) == unit


def test_the_catalogue_defines_columns_that_are_metrics(client):
    by_name = {row["name"]: row for row in rows(client, "/v1/marts")}
    columns = {column["name"]: column for column in by_name["agg_kpis_daily"]["columns"]}
    told = ("metric", "definition", "formula", "unit")
    alerts = [columns["open_alerts"][name] for name in told]
    assert alerts == ["open_alerts", "Alerts that are open.", "Count of rows.", "alerts"]
    assert "metric" not in columns["date"]
