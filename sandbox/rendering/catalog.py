"""Products, prices, coupons, promotion codes and tax rates."""

from sandbox.ledger import (
    CouponPublished,
    PricePublished,
    PromotionCodePublished,
    TaxRatePublished,
)
from sandbox.rendering.desk import Desk, epoch
from sandbox.rendering.shapes import Json
from sandbox.rendering.shapes.catalog import COUPON, PLAN, PRICE, PRODUCT, PROMOTION_CODE, TAX_RATE


class CatalogRenderer:
    """What is on sale."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._products: set[str] = set()

    def price(self, fact: PricePublished) -> None:
        """Show a price, and its product if that is new; recurring prices have a legacy plan too."""
        created = epoch(fact.at)
        if fact.product_id not in self._products:
            self._products.add(fact.product_id)
            self._desk.create(
                {
                    **PRODUCT,
                    "id": fact.product_id,
                    "created": created,
                    "updated": created,
                    "name": fact.name,
                    "active": not fact.inline,
                }
            )
        obj = {
            **PRICE,
            "id": fact.price_id,
            "created": created,
            "currency": fact.currency,
            "product": fact.product_id,
            "tax_behavior": "inclusive" if fact.tax_inclusive else "exclusive",
            "type": "recurring" if fact.interval else "one_time",
            "unit_amount": fact.unit_amount_minor,
            "unit_amount_decimal": str(fact.unit_amount_minor),
        }
        if fact.interval:
            obj["recurring"] = {
                "interval": fact.interval,
                "interval_count": fact.interval_count,
                "meter": None,
                "trial_period_days": None,
                "usage_type": "licensed",
            }
        if fact.inline:
            obj["_unlisted"] = True
        self._desk.create(obj)
        if fact.interval:
            self._desk.create(plan_of(obj))

    def coupon(self, fact: CouponPublished) -> None:
        """Show a coupon."""
        self._desk.create(
            {
                **COUPON,
                "id": fact.coupon_id,
                "created": epoch(fact.at),
                "amount_off": fact.amount_off_minor,
                "currency": fact.currency,
                "duration": fact.duration,
                "duration_in_months": fact.duration_months,
                "name": fact.name,
                "percent_off": None if fact.percent_off is None else float(fact.percent_off),
                "times_redeemed": 0,
            }
        )

    def promotion_code(self, fact: PromotionCodePublished) -> None:
        """Show a code for a coupon."""
        self._desk.create(
            {
                **PROMOTION_CODE,
                "id": fact.promotion_code_id,
                "code": fact.code,
                "created": epoch(fact.at),
                "promotion": {"coupon": fact.coupon_id, "type": "coupon"},
                "times_redeemed": 0,
            }
        )

    def tax_rate(self, fact: TaxRatePublished) -> None:
        """Show a tax rate."""
        percentage = float(fact.percentage)
        self._desk.create(
            {
                **TAX_RATE,
                "id": fact.tax_rate_id,
                "country": fact.country,
                "created": epoch(fact.at),
                "display_name": fact.name,
                "effective_percentage": percentage,
                "inclusive": fact.inclusive,
                "jurisdiction": fact.country,
                "percentage": percentage,
                "state": "NY" if fact.country == "US" else None,
                "tax_type": "sales_tax" if fact.country == "US" else "vat",
            }
        )


def plan_of(price: Json) -> Json:
    """Return the legacy plan that stands for a recurring price under the same id."""
    recurring = price["recurring"]
    return {
        **PLAN,
        "id": price["id"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "product": price["product"],
    }
