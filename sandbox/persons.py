"""Invented people behind users and customers: names, e-mail and postal addresses, cards.

A pure function of the user's or customer's id, so the application and Stripe agree on them
without anybody writing them down.
"""

from dataclasses import dataclass
from hashlib import blake2b

_FIRST = [
    "Ada",
    "Amir",
    "Anna",
    "Ben",
    "Carla",
    "Chen",
    "Dalia",
    "David",
    "Elif",
    "Emma",
    "Felix",
    "Grace",
    "Hana",
    "Hugo",
    "Ines",
    "Ivan",
    "Jonas",
    "Kai",
    "Laila",
    "Leo",
    "Lina",
    "Mara",
    "Mateo",
    "Mia",
    "Nadia",
    "Noah",
    "Olga",
    "Omar",
    "Priya",
    "Quinn",
    "Rosa",
    "Ravi",
    "Sara",
    "Sven",
    "Tara",
    "Theo",
    "Uma",
    "Vera",
    "Wen",
    "Yuki",
]
_LAST = [
    "Abe",
    "Becker",
    "Costa",
    "Dubois",
    "Evans",
    "Fischer",
    "Garcia",
    "Hughes",
    "Ito",
    "Jansen",
    "Khan",
    "Lopez",
    "Martin",
    "Novak",
    "Okafor",
    "Patel",
    "Quist",
    "Rossi",
    "Sato",
    "Tanaka",
    "Ueda",
    "Visser",
    "Weber",
    "Xu",
    "Young",
    "Zhang",
]
_CITIES = {
    "US": ("Austin", "TX", "73301"),
    "CA": ("Toronto", "ON", "M5H 2N2"),
    "GB": ("Leeds", None, "LS1 4AP"),
    "IN": ("Pune", "MH", "411001"),
    "BR": ("Recife", "PE", "50010-000"),
    "DE": ("Leipzig", None, "04109"),
    "FR": ("Lyon", None, "69001"),
    "NL": ("Utrecht", None, "3511 AB"),
    "ES": ("Sevilla", None, "41001"),
    "JP": ("Sapporo", None, "060-0001"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    name: str
    email: str
    phone: str
    line1: str
    city: str
    state: str | None
    postal_code: str
    country: str
    card_brand: str
    card_last4: str


def person(key: str, country: str) -> Person:
    """Return the person behind an id, living in ``country`` (upper case ISO)."""
    digest = blake2b(key.encode(), digest_size=8).digest()
    first, last = _FIRST[digest[0] % len(_FIRST)], _LAST[digest[1] % len(_LAST)]
    number = int.from_bytes(digest[2:6])
    city, state, postal_code = _CITIES.get(country, ("Springfield", None, "00000"))
    return Person(
        name=f"{first} {last}",
        email=f"{first}.{last}.{number:08x}@example.com".lower(),
        phone=f"+1555{number % 10_000_000:07d}",
        line1=f"{number % 199 + 1} Harbour Road",
        city=city,
        state=state,
        postal_code=postal_code,
        country=country,
        card_brand=("visa", "mastercard", "amex")[digest[6] % 3],
        card_last4=f"{number % 10_000:04d}",
    )
