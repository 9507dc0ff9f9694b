"""What currencies are worth, day by day: a random walk that stays near a usual value."""

from datetime import date, timedelta
from decimal import Decimal

from sandbox.company.kernel import Kernel
from sandbox.ledger import FxRateSet

#: Usual value in US dollars, how far a day moves it (share), decimals kept.
_WALKS = {"eur": (1.10, 0.0035, "0.000001"), "jpy": (0.00665, 0.0035, "0.00000001")}
_PULL = 0.02
_BAND = 0.045


class Rates:
    """Daily FX rates, published at each midnight of the world."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._offsets = dict.fromkeys(_WALKS, 0.0)
        self._sources = {currency: kernel.random("fx", currency) for currency in _WALKS}
        self._rates: dict[tuple[str, date], Decimal] = {}

    def publish(self) -> None:
        """Set the rates of the day that begins now, and come back tomorrow."""
        now = self._kernel.now
        for currency, (usual, move, digits) in _WALKS.items():
            offset = self._offsets[currency] * (1 - _PULL)
            offset += self._sources[currency].gauss(0, move)
            self._offsets[currency] = offset = max(-_BAND, min(_BAND, offset))
            rate = Decimal(usual * (1 + offset)).quantize(Decimal(digits))
            self._rates[currency, now.date()] = rate
            self._kernel.record(
                FxRateSet(at=now, currency=currency, date=now.date(), usd_per_unit=rate)
            )
        self._kernel.after(timedelta(days=1), self.publish)

    def today(self, currency: str) -> Decimal:
        """US dollars for one unit today."""
        if currency == "usd":
            return Decimal(1)
        return self._rates[currency, self._kernel.now.date()]
