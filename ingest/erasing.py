"""Finding a person in the raw layer, and taking their names out of every row that has them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from ingest.app.rows import deleted_hash
from ingest.app.specs import TABLES, TableSpec
from ingest.erased import ErasedNames, is_distinctive
from ingest.pipelines import build_pipeline, settle
from ingest.raw import APP, SEEDS, STRIPE, RawLayer
from ingest.stripe.landing import object_text
from warehouse.engines import Connection, engine_for
from warehouse.operations import Erasures, OperationsStore
from warehouse.pseudonyms import email_hash
from warehouse.settings import Settings

USERS: Final = "user"
CUSTOMERS: Final = "customers"
_SEED: Final = "excluded_accounts"


@dataclass
class Person:
    """What one person goes by."""

    users: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)

    def names(self) -> set[str]:
        """Return all of it."""
        return self.users | self.customers | self.emails


def find_person(settings: Settings, who: str) -> Person:
    """Return what a person goes by in the raw layer, in any version of any row; empty if unknown.

    Args:
        settings: the warehouse, and the key of pseudonyms.
        who: a user's id, a Stripe customer's, an e-mail address or its HMAC.

    Raises:
        SourceError: the warehouse can't be reached.
    """
    name = email_hash(settings.pseudonym_key_value(), who) if "@" in who else who.strip()
    person = Person()
    wanted = {name}
    with engine_for(settings).connect() as connection:
        # A user names a customer, who has an e-mail, which another customer has, too.
        while wanted:
            before = person.names()
            for one in wanted:
                _add_users(connection, one, person)
                _add_customers(connection, one, person)
            wanted = person.names() - before
    return person


def finish_erasures(settings: Settings) -> dict[str, int]:
    """Take every erased name out of the raw layer, if that is still to do; under the run lock.

    It may be interrupted anywhere and done again: what was replaced is not found any more.

    Returns:
        How many rows were rewritten, by table.

    Raises:
        SourceError: the warehouse can't be reached.
    """
    erasures = Erasures(OperationsStore(settings))
    if not erasures.are_unscrubbed():
        return {}
    # What an interrupted run left would be loaded under the old names.
    for source in ("stripe", "app"):
        settle(build_pipeline(settings, source))
    names = ErasedNames(erasures.names())
    counts: Counter[str] = Counter()
    with engine_for(settings).connect() as connection, connection.transaction():
        _scrub_stripe(connection, names, counts)
        _scrub_app(connection, names, counts)
        _scrub_seeds(connection, names, counts)
    erasures.note_scrubbed()
    return dict(sorted(counts.items()))


def _add_users(connection: Connection, name: str, person: Person) -> None:
    if USERS not in RawLayer(connection, APP).tables():
        return
    rows = connection.execute(
        f"select id, stripe_customer_id, email_hash from {APP}.{_quoted(USERS)} "  # noqa: S608
        "where id = ? or stripe_customer_id = ? or email_hash = ?",
        (name, name, name),
    ).fetchall()
    for user, customer, email in rows:
        person.users.add(user)
        person.customers |= {customer} if customer else set()
        person.emails |= {email} if email else set()


def _add_customers(connection: Connection, name: str, person: Person) -> None:
    if CUSTOMERS not in RawLayer(connection, STRIPE).tables():
        return
    rows = connection.execute(
        f"select id, object from {STRIPE}.{CUSTOMERS} where id = ? or object like ?",  # noqa: S608
        (name, f'%"{name}"%'),
    ).fetchall()
    for customer, text in rows:
        obj: dict[str, Any] = orjson.loads(text)
        user: str | None = (obj.get("metadata") or {}).get("userId")
        email: str | None = obj.get("email")
        if name in (customer, user, email):
            person.customers.add(customer)
            person.users |= {user} if user else set()
            person.emails |= {email} if email else set()


def _scrub_stripe(connection: Connection, names: ErasedNames, counts: Counter[str]) -> None:
    for table in sorted(RawLayer(connection, STRIPE).tables()):
        qualified = f"{STRIPE}.{table}"
        for row_id, digest, text in _rows_naming(connection, qualified, names):
            obj = names.json(orjson.loads(text))
            new_text = object_text(obj, names).decode()
            new = (names.text(row_id), new_text, hashlib.sha256(new_text.encode()).hexdigest())
            if new != (row_id, text, digest):
                connection.execute(
                    f"update {qualified} set id = ?, object = ?, hash = ? "  # noqa: S608
                    "where id = ? and hash = ?",
                    (*new, row_id, digest),
                )
                counts[qualified] += 1


def _rows_naming(
    connection: Connection, table: str, names: ErasedNames
) -> Iterator[tuple[str, str, str]]:
    """Yield the distinct versions of a table's rows that may name somebody erased."""
    for name in names.replacements:
        pattern = f"%{name}%" if is_distinctive(name) else f'%"{name}"%'
        yield from connection.execute(
            f"select distinct id, hash, object from {table} where object like ?",  # noqa: S608
            (pattern,),
        ).fetchall()


def _scrub_app(connection: Connection, names: ErasedNames, counts: Counter[str]) -> None:
    there = RawLayer(connection, APP).tables()
    for spec in TABLES:
        if spec.table not in there:
            continue
        table = f"{APP}.{_quoted(spec.table)}"
        columns = [_quoted(column.landed_name) for column in spec.columns]
        marked = [_quoted(column.landed_name) for column in spec.columns if column.type == "text"]
        for name in names.replacements:
            where = " or ".join(f"{column} like ?" for column in marked)
            pattern = f"%{name}%" if is_distinctive(name) else name
            rows = connection.execute(
                f"select {', '.join(columns)}, hash, deleted from {table} where {where}",  # noqa: S608
                [pattern] * len(marked),
            ).fetchall()
            for *values, digest, deleted in rows:
                counts[f"{APP}.{spec.table}"] += _rewrite(
                    connection, spec, table, (values, digest, deleted), names
                )


def _rewrite(
    connection: Connection,
    spec: TableSpec,
    table: str,
    row: tuple[Sequence[Any], str, bool],
    names: ErasedNames,
) -> int:
    """Replace the names in one version of a row; return whether there were any."""
    values, digest, deleted = row
    new = spec.renamed(tuple(values), names.value)
    if new == tuple(values):
        return 0
    fresh = hashlib.sha256(orjson.dumps(new)).hexdigest()
    fresh = deleted_hash(fresh) if deleted else fresh
    key = [column.name for column in spec.columns].index(spec.key)
    assigned = ", ".join(f"{_quoted(column.landed_name)} = ?" for column in spec.columns)
    connection.execute(
        f"update {table} set {assigned}, hash = ? where id = ? and hash = ?",  # noqa: S608
        (*new, fresh, values[key], digest),
    )
    return 1


def _scrub_seeds(connection: Connection, names: ErasedNames, counts: Counter[str]) -> None:
    if not RawLayer(connection, SEEDS).exists(_SEED):
        return
    table = f"{SEEDS}.{_SEED}"
    for name, replacement in names.replacements.items():
        rows = connection.execute(
            f"select count(*) from {table} where account_id = ?",  # noqa: S608
            (name,),
        ).fetchone()
        if rows and rows[0]:
            connection.execute(
                f"update {table} set account_id = ? where account_id = ?",  # noqa: S608
                (replacement, name),
            )
            counts[table] += int(rows[0])


def _quoted(name: str) -> str:
    return f'"{name}"'
