"""Queries of the landed objects of one account, the same on either engine but for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ingest.dialect import EngineName, labelled_ids
from ingest.stripe.object_spec import Reference

NOTHING: Final = "(select '' as id, '' as account_id where false) as nothing"
"""What stands for a table that is not there."""


def versions(known: Mapping[str, str]) -> str:
    """Return a query of the versions of given ids in several tables, the newest of each last.

    One for all tables: to plan a query costs more than to answer it. And a sort costs less than
    numbers of versions.
    """
    rows = " union all ".join(
        f"select '{table}' as label, id, hash, deleted, observed_at, _dlt_load_id "  # noqa: S608
        f"from {held} where account_id = ? and id in (select unnest(?::text[]))"
        for table, held in known.items()
    )
    ordered = f"from ({rows}) as versions order by observed_at, _dlt_load_id"
    return f"select label, id, hash, deleted {ordered}"


def missing(
    engine: EngineName, rows: str, references: Sequence[Reference], known: Mapping[str, str]
) -> str:
    """Return a query of the tables and ids that objects name and that are not among known ones."""
    named = labelled_ids(engine, "objects", [(one.table, one.path) for one in references])
    landed = " union all ".join(
        f"select '{table}' as label, id from {held} where account_id = ?"  # noqa: S608
        for table, held in known.items()
    )
    return f"""
        with objects as not materialized (
            select object
            from {rows} and account_id = ? and observed_at >= ? and not deleted
        )

        select distinct named.label, named.id
        from ({named}) as named
        left join ({landed}) as landed on named.label = landed.label and named.id = landed.id
        where named.id <> '' and left(named.id, 1) <> '{{' and landed.id is null
    """  # noqa: S608  names come from specs
