"""What must not be published is named by a test's `message`, with how to mend it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.models.project import Project
from tests.integration.models.raw_layer import RawLayer

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CALLED_AT = datetime(2026, 11, 18, 14, tzinfo=UTC)


def broken_company(raw: RawLayer) -> None:
    raw.create(now=NOW, first_load_at=NOW)
    for schema in ("raw_stripe", "raw_app"):
        raw.load(schema, "1")
    user = {"id": "u1", "role": "USER", "created_at": CALLED_AT - timedelta(days=9)}
    raw.app("user", user, observed_at=NOW, load_id="1")
    video = {"id": "v1", "user_id": "u1", "status": "COMPLETED", "credits_used": 5}
    row = {**video, "provider": "SORA_V1", "created_at": CALLED_AT}
    raw.app("video", row, observed_at=NOW, load_id="1")
    call = {
        "id": "l1",
        "video_id": "v1",
        "provider": "SORA_V1",
        "credits": 5,
        "timestamp": CALLED_AT,
    }
    raw.app("api_usage_log", call, observed_at=NOW, load_id="1")
    for currency, category in (("eur", "charge"), ("usd", "moon_landing"), ("xxx", "charge")):
        transaction = {
            "id": f"txn_{currency}", "object": "balance_transaction", "currency": currency,
            "reporting_category": category, "amount": 100, "fee": 3, "net": 98, "fee_details": [],
            "created": int(CALLED_AT.timestamp()), "available_on": int(CALLED_AT.timestamp()),
        }  # fmt: skip
        raw.stripe("balance_transactions", transaction, observed_at=NOW, load_id="1")
    raw.seed("currencies", [{"currency": "eur", "exponent": "2"}])
    raw.seed(
        "provider_rates",
        [
            rate("a", "LUMA_V1", valid_to="2026-01-02"),
            rate("b", "LUMA_V1", valid_from="2026-01-03"),
            rate("c", "KLING_V1", valid_to="2026-01-04"),
            rate("d", "KLING_V1", valid_from="2026-01-03"),
        ],
    )


def rate(rate_id: str, provider: str, **validity: str) -> dict[str, str]:
    return {"rate_id": rate_id, "provider": provider, "usd_per_credit": "1", **validity}


def messages(project: Project) -> dict[str, list[str]]:
    """Return what each failing or warning singular test says."""
    told = {}
    for result in project.dbt("test", "--select", "test_type:singular"):
        if result["status"] in {"fail", "warn"}:
            name = result["unique_id"].split(".")[2]
            sql = f"select message from ({result['compiled_code']}) as failures order by 1"
            told[name] = [message for (message,) in project.rows(sql)]
    return told


def test_each_failure_names_its_cause(project: Project) -> None:
    with project.raw() as raw:
        broken_company(raw)
    project.run()
    told = messages(project)
    assert told["assert_every_call_has_a_rate"] == [
        "no rate for provider SORA_V1 at 2026-11-18T14:00:00Z (1 calls): "
        "add it to provider_rates.csv"
    ]
    assert told["assert_every_currency_has_a_rate"] == [
        "currency xxx is unknown: add its exponent to currencies.csv",
        "no exchange rate for currency eur: add it to fx_rates.csv",
    ]
    assert told["assert_provider_rates_neither_overlap_nor_gap"] == [
        "rates of provider KLING_V1 overlap: c ends 2026-01-04T00:00:00Z, "
        "d begins 2026-01-03T00:00:00Z: mend provider_rates.csv",
        "rates of provider LUMA_V1 leave a gap: a ends 2026-01-02T00:00:00Z, "
        "b begins 2026-01-03T00:00:00Z: mend provider_rates.csv",
    ]
    assert told["assert_every_balance_transaction_has_a_known_class"] == [
        "1 balance transactions have the unknown reporting category moon_landing, "
        "for instance txn_usd: it needs a class before figures can be trusted"
    ]
    # New words of Stripe's are an alert: they keep nothing from being published.
    alerts = "select severity, subject from build.fct_alerts where type like 'unknown%'"
    assert ("CRITICAL", "stripe.balance_transactions reporting_category moon_landing") in (
        project.rows(alerts)
    )
    assert len(told["assert_balance_transactions_add_up"]) == 3
    assert told["assert_balance_transactions_add_up"][0] == (
        "balance transaction txn_eur does not add up: amount 100, fee 3 (parts 0), net 98"
    )
