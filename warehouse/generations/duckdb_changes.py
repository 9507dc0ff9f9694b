"""Making a table of the generation before say what was built, without copying all of it.

To sort and compress a table costs many times what reading it does, and an hour changes few of its
rows. Rows lie in buckets by their hash: where count and sum of the hashes are the same in both
tables a bucket is left alone, and where not all its rows are replaced. What the buckets of a
generation's tables say is kept in its file, so that of the table before nothing has to be read.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from warehouse.generations.text import quoted_text

# So few that a changed row takes few others along, so many that the buckets are added up quickly.
_ROWS_IN_A_BUCKET = 64
_FEWEST_BITS = 4
# Beyond this share a copy, in the order of the key, is better for those who read it.
_MOST_CHANGED = 0.25


@dataclass(frozen=True)
class Buckets:
    """What a built table says, by bucket: the temporary table `built_buckets`.

    Args:
        connection: to the file of the generation, with the database of the built table attached.
        name: of the table.
        built: its qualified, quoted name.
        rows: how many it has.
        digest: the sum of their hashes.
        bits: of a hash, which number the buckets.
    """

    connection: duckdb.DuckDBPyConnection
    name: str
    built: str
    rows: int
    digest: int
    bits: int

    def put_changes(self, served: str) -> bool:
        """Replace what differs in a served table.

        Args:
            served: the qualified, quoted name of the table to change; it has the same columns.

        Returns:
            False if so much differs that nothing was changed: copy the table.
        """
        before = f"select bucket, n, digest from copied.buckets where {self._of_table()}"  # noqa: S608
        if self.connection.execute(f"{before} limit 1").fetchone() is None:
            before = _sums(served, self.bits)
        self.connection.execute(
            f"""
            create or replace temp table changed_buckets as
            select bucket
            from built_buckets as now
            full join ({before}) as before using (bucket)
            where now.n is distinct from before.n or now.digest is distinct from before.digest
            """  # noqa: S608
        )
        count = self.connection.execute("select count(*) from changed_buckets").fetchall()[0][0]
        if count > _MOST_CHANGED * 2**self.bits:
            return False
        if count:
            differing = f"where {_bucket(self.bits)} in (from changed_buckets)"
            self.connection.execute(f"delete from {served} as t {differing}")  # noqa: S608
            self.connection.execute(
                f"insert into {served} select * from {self.built} as t {differing}"  # noqa: S608
            )
        return True

    def keep(self) -> None:
        """Keep what the buckets say in the file, for the generation after."""
        name = quoted_text(self.name)
        self.connection.execute(
            f"delete from copied.buckets where table_name = {name} and ("  # noqa: S608
            f"bits <> {self.bits} or (bucket, n, digest) not in (from built_buckets))"
        )
        self.connection.execute(
            f"insert into copied.buckets select {name}, {self.bits}, * from ("  # noqa: S608
            "from built_buckets except"
            f" select bucket, n, digest from copied.buckets where {self._of_table()})"
        )

    def _of_table(self) -> str:
        return f"table_name = {quoted_text(self.name)} and bits = {self.bits}"


def buckets_of(connection: duckdb.DuckDBPyConnection, name: str, built: str) -> Buckets:
    """Count and hash the rows of a built table, by bucket.

    Args:
        connection: to the file of the generation, with the database of the built table attached.
        name: of the table.
        built: its qualified, quoted name.
    """
    connection.execute("create schema if not exists copied")
    connection.execute(
        "create table if not exists copied.buckets"
        " (table_name text, bits integer, bucket ubigint, n bigint, digest hugeint)"
    )
    rows = connection.execute(f"select count(*) from {built}").fetchall()[0][0]  # noqa: S608
    bits = max(_FEWEST_BITS, (rows // _ROWS_IN_A_BUCKET).bit_length())
    connection.execute(f"create or replace temp table built_buckets as {_sums(built, bits)}")
    ((counted, digest),) = connection.execute(
        "select coalesce(sum(n), 0), coalesce(sum(digest), 0) from built_buckets"
    ).fetchall()
    return Buckets(connection, name, built, int(counted), int(digest), bits)


def _bucket(bits: int) -> str:
    return f"hash(t) >> {64 - bits}"


def _sums(table: str, bits: int) -> str:
    return (
        f"select {_bucket(bits)} as bucket, count(*) as n, sum(hash(t)) as digest"  # noqa: S608
        f" from {table} as t group by all"
    )
