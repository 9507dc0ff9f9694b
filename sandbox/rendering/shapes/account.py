"""The company's own account."""

from sandbox.rendering.shapes import Json

_REQUIREMENTS: Json = {
    "alternatives": [],
    "current_deadline": None,
    "currently_due": [],
    "disabled_reason": None,
    "errors": [],
    "eventually_due": [],
    "past_due": [],
    "pending_verification": [],
}


_SETTINGS: Json = {
    "bacs_debit_payments": {"display_name": None, "service_user_number": None},
    "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
    "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
    "card_payments": {
        "decline_on": {"avs_failure": False, "cvc_failure": True},
        "statement_descriptor_prefix": None,
        "statement_descriptor_prefix_kana": None,
        "statement_descriptor_prefix_kanji": None,
    },
    "dashboard": {"display_name": "Takeframe", "timezone": "Etc/UTC"},
    "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "offer"},
    "payments": {"statement_descriptor": "TAKEFRAME"},
    "payouts": {
        "debit_negative_balances": True,
        "schedule": {"delay_days": 2, "interval": "weekly", "weekly_anchor": "monday"},
        "statement_descriptor": None,
    },
    "sepa_debit_payments": {},
}

_PROFILE: Json = {
    "annual_revenue": None,
    "estimated_worker_count": None,
    "mcc": "5734",
    "minority_owned_business_designation": None,
    "name": "Takeframe",
    "product_description": "Videos made by models",
    "support_address": None,
    "support_email": "help@takeframe.example",
    "support_phone": None,
    "support_url": None,
    "url": "https://takeframe.example",
}


def account(account_id: str, created: int) -> Json:
    """Return the company's own account: American, in dollars, with a yen balance beside."""
    return {
        "id": account_id,
        "object": "account",
        "business_profile": _PROFILE,
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "company": None,
        "controller": {"type": "account"},
        "country": "US",
        "created": created,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "owner@takeframe.example",
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{account_id}/external_accounts",
        },
        "future_requirements": _REQUIREMENTS,
        "groups": None,
        "individual": None,
        "metadata": {},
        "payouts_enabled": True,
        "requirements": _REQUIREMENTS,
        "settings": _SETTINGS,
        "tos_acceptance": {"date": created, "ip": None, "user_agent": None},
        "type": "standard",
    }
