"""Customers, and what they can buy."""

from sandbox.rendering.shapes import Json

CUSTOMER: Json = {
    "object": "customer",
    "address": None,
    "balance": 0,
    "business_name": None,
    "cash_balance": None,
    "currency": None,
    "customer_account": None,
    "default_source": None,
    "delinquent": False,
    "description": None,
    "discount": None,
    "email": None,
    "individual_name": None,
    "invoice_credit_balance": {},
    "invoice_prefix": None,
    "invoice_settings": {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    },
    "livemode": False,
    "metadata": {},
    "name": None,
    "next_invoice_sequence": 1,
    "phone": None,
    "preferred_locales": [],
    "shipping": None,
    "tax": {
        "automatic_tax": "supported",
        "ip_address": None,
        "location": None,
        "provider": "stripe",
    },
    "tax_exempt": "none",
    "test_clock": None,
}

PRODUCT: Json = {
    "object": "product",
    "active": True,
    "default_price": None,
    "description": None,
    "images": [],
    "livemode": False,
    "marketing_features": [],
    "metadata": {},
    "package_dimensions": None,
    "shippable": None,
    "statement_descriptor": None,
    "tax_code": None,
    "tax_details": None,
    "type": "service",
    "unit_label": None,
    "url": None,
}

PRICE: Json = {
    "object": "price",
    "active": True,
    "billing_scheme": "per_unit",
    "custom_unit_amount": None,
    "livemode": False,
    "lookup_key": None,
    "metadata": {},
    "nickname": None,
    "recurring": None,
    "tiers_mode": None,
    "transform_quantity": None,
}

PLAN: Json = {
    "object": "plan",
    "active": True,
    "billing_scheme": "per_unit",
    "livemode": False,
    "metadata": {},
    "meter": None,
    "nickname": None,
    "tiers_mode": None,
    "transform_usage": None,
    "trial_period_days": None,
    "usage_type": "licensed",
}

COUPON: Json = {
    "object": "coupon",
    "livemode": False,
    "max_redemptions": None,
    "metadata": {},
    "redeem_by": None,
    "valid": True,
}

PROMOTION_CODE: Json = {
    "object": "promotion_code",
    "active": True,
    "customer": None,
    "customer_account": None,
    "expires_at": None,
    "livemode": False,
    "max_redemptions": None,
    "metadata": {},
    "restrictions": {
        "first_time_transaction": False,
        "minimum_amount": None,
        "minimum_amount_currency": None,
    },
}

TAX_RATE: Json = {
    "object": "tax_rate",
    "active": True,
    "description": None,
    "flat_amount": None,
    "jurisdiction_level": "country",
    "livemode": False,
    "metadata": {},
    "rate_type": "percentage",
}

DISCOUNT: Json = {
    "object": "discount",
    "checkout_session": None,
    "customer_account": None,
    "invoice": None,
    "invoice_item": None,
    "subscription_item": None,
}
