"""Series by month: compared whole with whole, a running month with the same elapsed days."""

from __future__ import annotations

from decimal import Decimal

import pytest

MONTHLY = ["/v1/revenue/recognition", "/v1/revenue/definitions", "/v1/churn/retention"]
BY_DAY = ["/v1/usage/daily", "/v1/usage/active-users", "/v1/usage/credits"]


def rows(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.mark.parametrize("path", [*MONTHLY, "/v1/margin?dimension=plan"])
def test_whole_months_stand_beside_whole_months(whole, path):
    mark = "&" if "?" in path else "?"
    served = rows(whole, f"{path}{mark}from=2026-08-01&to=2026-10-31&compare=previous")
    assert served
    plain = {row["month"]: row for row in rows(whole, path)}
    for row in served:
        compare = row.pop("compare")
        assert row == plain[row["month"]]
        assert compare is None or compare["month"] < row["month"]


@pytest.mark.parametrize("path", ["/v1/revenue/definitions", "/v1/churn/retention", "/v1/margin"])
def test_what_days_do_not_tell_is_not_compared_with_a_whole_month(whole, path):
    body = whole.get(f"{path}?from=2026-11-01&compare=previous").json()
    assert [row["compare"] for row in body["data"]] == [None] * len(body["data"])


def test_a_running_month_of_revenue_is_compared_with_the_same_days(whole):
    [row] = rows(whole, "/v1/revenue/recognition?from=2026-11-01&compare=previous")
    assert row["month"] == "2026-11-01"
    compare = row["compare"]
    assert compare["month"] == "2026-10-01"
    assert compare["is_final"] is False
    # Made-up days reach twelve back from 21 November: October has none.
    assert compare["recognised_usd"] == "0.000000"
    assert compare["billed_usd"] is None
    [row] = rows(whole, "/v1/revenue/recognition?from=2026-11-01&compare=year")
    assert row["compare"]["month"] == "2025-11-01"


def test_margin_is_split_by_one_dimension(whole):
    total = rows(whole, "/v1/margin")
    assert {row["dimension"] for row in total} == {"total"}
    [by_country] = rows(whole, "/v1/margin?country=value_3")
    assert (by_country["dimension"], by_country["value"]) == ("country", "value_3")
    [customer] = rows(whole, "/v1/margin?customer_key=u_1")
    assert (customer["dimension"], customer["value"]) == ("customer", "u_1")
    assert set(customer) == set(total[0])
    columns = whole.get("/v1/margin?dimension=customer&compare=year&format=csv").text.split("\r\n")
    assert "compare_dimension,compare_value" in columns[0]
    for wrong in ("country=value_3&plan=x", "dimension=plan&country=value_3", "plan=nothing"):
        assert whole.get(f"/v1/margin?{wrong}").json()["code"] == "invalid_parameter"


@pytest.mark.parametrize("path", MONTHLY)
def test_months_have_no_other_grain(whole, path):
    assert whole.get(f"{path}?grain=month").status_code == 200
    assert whole.get(f"{path}?grain=day").json()["param"] == "grain"


def test_a_definition_is_asked_for_by_name(whole):
    served = rows(whole, "/v1/revenue/definitions?definition=stripe")
    assert {row["definition"] for row in served} == {"stripe"}
    assert whole.get("/v1/revenue/definitions?definition=theirs").status_code == 400


@pytest.mark.parametrize("path", BY_DAY)
def test_usage_is_a_series(whole, path):
    days = rows(whole, path)
    assert len(days) == 12
    month = rows(whole, f"{path}?grain=month&from=2026-11-01")[0]
    assert month["first_day"] == "2026-11-01"
    assert rows(whole, f"{path}?grain=week&compare=previous&from=2026-11-09")


def test_states_are_of_the_last_day_and_flows_are_summed(whole):
    [month] = rows(whole, "/v1/usage/active-users?grain=month&from=2026-11-01")
    assert month["dau"] == 1000
    assert Decimal(month["stickiness"]) == Decimal("0.5")
    served = rows(whole, "/v1/usage/daily?grain=month&from=2026-11-01&provider=LUMA_V1")
    assert [row["videos_requested"] for row in served] == [1000 + 1040 + 1080]
    assert whole.get("/v1/usage/daily?provider=SORA").status_code == 400
