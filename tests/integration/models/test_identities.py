"""Each identity about cash and lifecycles holds over sound marts; a wrong figure breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.models.project import Project
from tests.integration.models.sound_marts import write_marts
from warehouse.engines import engine_for
from warehouse.settings import load_settings

pytestmark = pytest.mark.slow

#: The check, what is done to a mart, and how the check's message begins.
BROKEN = [
    (
        "assert_captured_money_is_refunded_disputed_or_kept",
        "update build.fct_payments set retained_minor = 1501 where charge_id = 'ch_1'",
        "charge ch_1 took 2600",
    ),
    (
        "assert_captured_money_is_refunded_disputed_or_kept",
        "delete from build.fct_refunds where refund_id = 're_1'",
        "charge ch_1 took 2600",
    ),
    (
        "assert_captured_money_is_refunded_disputed_or_kept",
        "update build.fct_disputes set disputed_minor = 501 where dispute_id = 'du_1'",
        "charge ch_1 took 2600",
    ),
    (
        "assert_no_charge_gives_back_more_than_it_took",
        "update build.fct_refunds set status = 'succeeded'",
        "charge ch_1 took 2600 and gave back 3200",
    ),
    (
        "assert_no_charge_gives_back_more_than_it_took",
        "update build.fct_disputes set transactions = 3 where dispute_id = 'du_1'",
        "dispute du_1 has 3 balance transactions",
    ),
    (
        "assert_payouts_are_what_left_the_balance",
        "update build.fct_payouts set amount_minor = 899 where payout_id = 'po_1'",
        "payout po_1 of 899",
    ),
    (
        "assert_payouts_are_what_left_the_balance",
        "delete from build.fct_balance_transactions where cash_class = 'payout_reversal'",
        "payout po_2 of 400",
    ),
    (
        "assert_payouts_are_what_they_paid_out",
        "update build.rec_payouts set paid_out_minor = 901 where payout_id = 'po_1'",
        "payout po_1 of 900 paid out 901 in 2 transactions",
    ),
    (
        "assert_payouts_are_what_they_paid_out",
        "update build.rec_payouts set paid_out_minor = 0 where payout_id = 'po_2'",
        "payout po_2 of 400 paid out 0",
    ),
    (
        "assert_invoices_add_up",
        "update build.fct_invoices set tax_minor = 299",
        "invoice in_1 does not add up",
    ),
    (
        "assert_invoices_add_up",
        "delete from build.fct_invoice_lines where line_id = 'il_2'",
        "invoice in_1 does not add up",
    ),
    (
        "assert_invoices_add_up",
        "update build.fct_invoices set amount_remaining_minor = 1",
        "invoice in_1 does not add up",
    ),
    (
        "assert_invoice_cash_is_its_charges_and_transfers",
        "update build.fct_payments set invoice_id = null",
        "invoice in_1 was paid 2700, by charges 0",
    ),
    (
        "assert_the_balance_rolls_forward_to_stripes",
        "update build.rec_stripe_balance set stripe_minor = 601 where stripe_minor is not null",
        "the usd balance of 2026-01-02 does not reconcile",
    ),
    (
        "assert_the_balance_rolls_forward_to_stripes",
        "update build.rec_stripe_balance set net_minor = 899 where currency = 'jpy'",
        "the jpy balance of 2026-01-02 does not reconcile",
    ),
    (
        "assert_the_balance_rolls_forward_to_stripes",
        "update build.rec_stripe_balance set date = date '2026-01-03' where stripe_minor = 600",
        "the usd balance of 2026-01-03 does not reconcile",
    ),
    (
        "assert_every_dunning_case_has_one_outcome",
        "update build.fct_dunning_cases set outcome = 'forgotten' where invoice_id = 'in_2'",
        "2 dunning cases opened in 2026-01-01",
    ),
    (
        "assert_every_dunning_case_has_one_outcome",
        "update build.fct_dunning_cases set closed_at = null",
        "2 dunning cases opened in 2026-01-01",
    ),
    (
        "assert_every_dunning_case_has_one_outcome",
        "delete from build.fct_dunning_cases where invoice_id = 'in_2'",
        "invoice in_2 has failed charge ch_3",
    ),
    (
        "assert_cohorts_are_all_customers_and_all_mrr",
        "update build.dim_customers set cohort_month = date '2026-02-01' where customer_key = 'u4'",
        "the cohorts have 2 members, but there are 3",
    ),
    (
        "assert_cohorts_are_all_customers_and_all_mrr",
        "update build.agg_cohort_retention_monthly set mrr_usd = 8.000001 where age_months = 1",
        "MRR or customers of all cohorts in 2026-02-01",
    ),
    (
        "assert_cohorts_are_all_customers_and_all_mrr",
        "update build.agg_cohort_retention_monthly set customers_active = 3 where age_months = 0",
        "MRR or customers of all cohorts in 2026-01-01",
    ),
    (
        "assert_every_definition_of_mrr_is_bridged",
        "update build.fct_mrr_by_definition set gap_paused_usd = 4 where definition = 'stripe'",
        "MRR as stripe defines it in 2026-01-01 is 39",
    ),
    (
        "assert_every_definition_of_mrr_is_bridged",
        "update build.agg_mrr_monthly set closing_usd = 9 where closing_usd = 8",
        "MRR as ours defines it in 2026-02-01 is 8",
    ),
    (
        "assert_every_definition_of_mrr_is_bridged",
        "delete from build.fct_mrr_by_definition where definition = 'paddle'",
        "MRR of 2026-01-01 has 5 definitions",
    ),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the project over sound marts."""
    folder = tmp_path_factory.mktemp("identities")
    url = f"duckdb:///{folder / 'warehouse.duckdb'}"
    settings = load_settings(tillhouse_home=folder / "home", warehouse_url=url)
    project = Project(engine_for(settings), url, folder)
    with project.engine.connect() as connection:
        write_marts(connection)
    return project


@pytest.fixture(scope="module")
def checks(project: Project) -> dict[str, str]:
    """Return the SQL of every singular test."""
    results = project.dbt("compile", "--select", "test_type:singular")
    return {result["unique_id"].split(".")[2]: result["compiled_code"] for result in results}


def test_every_check_passes_over_sound_marts(project: Project, checks: dict[str, str]) -> None:
    failures = {check: project.rows(checks[check]) for check, _, _ in BROKEN}
    assert not any(failures.values()), failures


@pytest.mark.parametrize(("check", "damage", "message"), BROKEN)
def test_one_wrong_figure_is_seen(
    project: Project, checks: dict[str, str], check: str, damage: str, message: str
) -> None:
    with project.engine.connect() as connection:
        connection.execute("begin")
        connection.execute(damage)
        sql = f"select message from ({checks[check]}) as failures"
        told = [row[0] for row in connection.execute(sql).fetchall()]
        connection.execute("rollback")
    assert any(text.startswith(message) for text in told), told


def test_every_check_of_cash_and_lifecycles_is_tried() -> None:
    singular = Path(__file__).parents[3] / "dbt_project" / "tests" / "singular"
    written = {path.stem for area in ("cash", "churn") for path in (singular / area).glob("*.sql")}
    assert written <= {check for check, _, _ in BROKEN}
