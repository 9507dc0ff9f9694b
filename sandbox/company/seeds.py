"""The CSV files that a user of Tillhouse would write for this company."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sandbox.ledger import AccountExcluded, Fact, FxRateSet, PricePublished, ProviderRateSet


def write_seeds(ledger: Sequence[Fact], folder: Path) -> None:
    """Write provider and FX rates, plan catalogue and excluded accounts into a folder.

    Args:
        ledger: the facts so far.
        folder: made if it does not exist; files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "provider_rates.csv",
        "rate_id,provider,usd_per_credit,valid_from,valid_to,bills_failures,recorded_at",
        (_rate(fact) for fact in ledger if isinstance(fact, ProviderRateSet)),
    )
    _write(
        folder / "fx_rates.csv",
        "currency,date,usd_per_unit",
        [
            ("usd", "1970-01-01", 1),
            *(
                (fact.currency, fact.date.isoformat(), fact.usd_per_unit)
                for fact in ledger
                if isinstance(fact, FxRateSet)
            ),
        ],
    )
    _write(
        folder / "plan_catalog.csv",
        "price_id,kind,name,credits",
        (
            (fact.price_id, fact.kind, fact.name, fact.credits)
            for fact in ledger
            if isinstance(fact, PricePublished)
        ),
    )
    _write(
        folder / "excluded_accounts.csv",
        "account_id,reason",
        ((f.account_id, f.reason) for f in ledger if isinstance(f, AccountExcluded)),
    )


def _write(path: Path, header: str, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _rate(rate: ProviderRateSet) -> tuple[object, ...]:
    return (
        f"{rate.provider}@{_iso(rate.valid_from)}",
        rate.provider,
        rate.usd_per_credit,
        _iso(rate.valid_from),
        _iso(rate.valid_to) if rate.valid_to else "",
        str(rate.bills_failures).lower(),
        _iso(rate.at),
    )


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
