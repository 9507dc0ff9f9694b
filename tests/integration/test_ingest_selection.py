"""A key that may not read everything: what is left out stays as it is, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ingest_company import Company, MakeSettings, company

from ingest.stripe.selection import INDISPENSABLE
from ingest.stripe.specs import BY_TABLE
from sandbox.stripe_api import ApiKey
from sandbox.stripe_api.resources import RESOURCES
from warehouse.errors import SettingsError
from warehouse.settings import load_settings

RESTRICTED = "rk_test_restricted00000000001"
READS = frozenset(resource.needs for resource in RESOURCES) | {"rak_balance_read"}


@pytest.fixture
def shop(make_settings: MakeSettings, tmp_path: Path) -> Iterator[Company]:
    with company(make_settings, tmp_path) as made:
        yield made


def _count(shop: Company, table: str) -> int:
    return int(shop.value(f"select count(*) from raw_stripe.{table}"))


def _lists_asked(shop: Company) -> set[str]:
    return {entry.path.removeprefix("/v1/") for entry in shop.serving.log.entries}


def test_a_key_that_may_not_read_disputes_reads_the_rest(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    keys = (ApiKey(RESTRICTED, READS - {"rak_dispute_read"}),)
    chosen = {"stripe_secret_key": RESTRICTED, "stripe_except": "disputes"}
    with company(make_settings, tmp_path, api_keys=keys, **chosen) as shop:
        report = shop.pull()
        assert report.left_out == report.as_dict()["left_out"] == ["disputes"]
        assert "raw_stripe.disputes" not in report.synced_through
        assert report.synced_through.keys() >= {"raw_stripe.charges", "raw_stripe.events"}
        assert _count(shop, "disputes") == 0
        assert _count(shop, "charges") == len(shop.world.store.table("charge").rows)
        assert shop.pull("full").rows_landed == 0


def test_what_was_left_out_is_made_up_for(landed: Company) -> None:
    """The events about it have been read and passed over: only its list can tell what changed."""
    shop = landed
    before = {table: _count(shop, table) for table in BY_TABLE}
    shop.advance(days=20)
    product = next(iter(shop.world.store.table("product").rows))
    shop.world.store.delete("product", product, shop.world.now())
    some = shop.pull(stripe_only=("charges", "balance_transactions"))
    assert set(some.left_out) == BY_TABLE.keys() - INDISPENSABLE - {
        "charges",
        "balance_transactions",
    }
    assert _count(shop, "charges") > before["charges"]
    for table in some.left_out:
        assert _count(shop, table) == before[table], table

    rest = shop.pull()
    assert rest.left_out == []
    assert rest.landed["raw_stripe.customers"] > 0
    assert shop.value(
        f"select count(*) from raw_stripe.products where id = '{product}' and deleted"
    )
    assert {k: n for k, n in shop.pull("nightly").landed.items() if n} == {}
    shop.pull()
    assert "customers" not in _lists_asked(shop)


def test_a_table_left_out_for_long_is_owed_until_it_is_read(shop: Company) -> None:
    shop.pull(stripe_except=("refunds", "coupons"))
    shop.advance(days=5)
    shop.pull(stripe_except=("refunds", "coupons"))
    shop.pull(stripe_except=("refunds",))
    assert _count(shop, "coupons") == len(shop.world.store.table("coupon").rows)
    assert _count(shop, "refunds") == 0
    shop.pull()
    assert _count(shop, "refunds") == len(shop.world.store.table("refund").rows)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (
            {"stripe_only": ("charges", "chargez")},
            r"STRIPE_ONLY \(--only\) names chargez, but .*ch",
        ),
        (
            {"stripe_except": ("Charges",)},
            r"STRIPE_EXCEPT \(--except\) names Charges, but .*charges",
        ),
        ({"stripe_only": ("charges",), "stripe_except": ("refunds",)}, "are both given"),
        ({"stripe_except": ("events",)}, "leave it in, and give the key the permission “Events”"),
        ({"stripe_except": ("events", "accounts")}, "leave them in.* “Basic.*” and “Events”"),
    ],
)
def test_a_choice_that_cannot_be_is_a_wrong_setting_and_touches_nothing(
    shop: Company, chosen: dict[str, tuple[str, ...]], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        shop.pull(**chosen)
    assert not shop.settings.tillhouse_home.exists()
    assert not shop.serving.log.counts


def test_the_choice_can_be_kept_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_EXCEPT", "disputes, reviews")
    assert load_settings().stripe_except == ("disputes", "reviews")
    chosen = load_settings(stripe_only="charges", stripe_except="")
    assert (chosen.stripe_only, chosen.stripe_except) == (("charges",), ())
