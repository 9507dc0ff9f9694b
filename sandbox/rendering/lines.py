"""Lines of invoices and invoice items, with their prices, discounts and taxes."""

from collections.abc import Sequence

from sandbox.ledger import Bill, BillLine, InvoiceItemAdded
from sandbox.rendering.desk import epoch
from sandbox.rendering.shapes import Json
from sandbox.rendering.shapes.billing import INVOICE_ITEM, LINE


def listed(url: str, rows: Sequence[Json]) -> Json:
    """Return a whole nested list."""
    return {"object": "list", "data": list(rows), "has_more": False, "url": url}


def line_taxes(amount: int, taxable: int, rate_id: str | None, *, inclusive: bool) -> list[Json]:
    """Return the taxes of a line: none or one."""
    if rate_id is None:
        return []
    return [
        {
            "amount": amount,
            "tax_behavior": "inclusive" if inclusive else "exclusive",
            "tax_rate_details": {"tax_rate": rate_id},
            "taxability_reason": "standard_rated",
            "taxable_amount": taxable,
            "type": "tax_rate_details",
        }
    ]


def invoice_taxes(bill: Bill) -> list[Json]:
    """Return the taxes of an invoice, one entry a rate."""
    totals: dict[tuple[str, bool], list[int]] = {}
    for ln in bill.lines:
        if ln.tax_rate_id:
            total = totals.setdefault((ln.tax_rate_id, ln.tax_inclusive), [0, 0])
            total[0] += ln.tax_minor
            total[1] += _taxable(ln)
    return [
        line_taxes(tax, taxable, rate_id, inclusive=inclusive)[0]
        for (rate_id, inclusive), (tax, taxable) in totals.items()
    ]


def _taxable(ln: BillLine) -> int:
    net = ln.amount_minor - sum(amount for _, amount in ln.discounts)
    return net - ln.tax_minor if ln.tax_inclusive else net


def invoice_discounts(bill: Bill) -> list[str]:
    """Return the discounts that lowered an invoice, in order."""
    return list(dict.fromkeys(d for ln in bill.lines for d, _ in ln.discounts))


def pricing(ln: BillLine, product: str | None) -> Json:
    """Return what a line is priced by."""
    return {
        "price_details": {"price": ln.price_id, "product": product},
        "type": "price_details",
        "unit_amount_decimal": str(ln.unit_amount_minor),
    }


def invoice_line(bill: Bill, ln: BillLine, product: str | None) -> Json:
    """Return a line of an invoice."""
    return {
        **LINE,
        "id": ln.line_id,
        "amount": ln.amount_minor,
        "currency": bill.currency,
        "description": ln.description,
        "discount_amounts": [{"amount": a, "discount": d} for d, a in ln.discounts],
        "discountable": not ln.kind.startswith("proration"),
        "discounts": [],
        "invoice": bill.invoice_id,
        "parent": _line_parent(ln),
        "period": {"end": epoch(ln.period_end), "start": epoch(ln.period_start)},
        "pricing": pricing(ln, product),
        "quantity": ln.quantity,
        "quantity_decimal": str(ln.quantity),
        "subscription": ln.subscription_id,
        "subtotal": ln.amount_minor,
        "taxes": line_taxes(ln.tax_minor, _taxable(ln), ln.tax_rate_id, inclusive=ln.tax_inclusive),
    }


def _line_parent(ln: BillLine) -> Json:
    details: Json = {
        "invoice_item": ln.invoice_item_id,
        "proration": ln.kind.startswith("proration"),
        "proration_details": {"credited_items": _credited(ln)},
        "subscription": ln.subscription_id,
    }
    if ln.item_id is None:
        return {
            "invoice_item_details": details,
            "subscription_item_details": None,
            "type": "invoice_item_details",
        }
    return {
        "invoice_item_details": None,
        "subscription_item_details": {**details, "subscription_item": ln.item_id},
        "type": "subscription_item_details",
    }


def _credited(ln: BillLine) -> Json | None:
    """Stripe names one invoice: that of the newest line given back."""
    if not ln.credited:
        return None
    invoice_id = ln.credited[-1][0]
    lines = [line_id for owner, line_id in ln.credited if owner == invoice_id]
    return {"invoice": invoice_id, "invoice_line_items": lines}


def invoice_item(fact: InvoiceItemAdded, product: str | None) -> Json:
    """Return an invoice item that waits for its invoice."""
    ln = fact.line
    proration = ln.kind.startswith("proration")
    credited = _credited(ln)
    return {
        **INVOICE_ITEM,
        "id": ln.invoice_item_id,
        "amount": ln.amount_minor,
        "currency": fact.currency,
        "customer": fact.customer_id,
        "date": epoch(fact.at),
        "description": ln.description,
        "discountable": not proration,
        "invoice": fact.invoice_id,
        "net_amount": ln.amount_minor,
        "parent": _item_parent(ln),
        "period": {"end": epoch(ln.period_end), "start": epoch(ln.period_start)},
        "pricing": pricing(ln, product),
        "proration": proration,
        "proration_details": {
            "credited_items": credited
            and {
                "invoice_item": None,
                "invoice_line_item_details": credited,
                "type": "invoice_line_items",
            },
            "discount_amounts": [],
        },
        "quantity": ln.quantity,
        "quantity_decimal": str(ln.quantity),
    }


def _item_parent(ln: BillLine) -> Json | None:
    if ln.subscription_id is None:
        return None
    return {
        "subscription_details": {
            "subscription": ln.subscription_id,
            "subscription_item": ln.item_id,
        },
        "type": "subscription_details",
    }
