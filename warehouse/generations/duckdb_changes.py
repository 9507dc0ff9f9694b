"""Making a table of the generation before say what was built, without copying all of it.

To sort and compress a table costs many times what reading it does, and an hour changes few of its
rows. Rows lie in buckets by their hash: where count and sum of the hashes are the same in both
tables a bucket is left alone, and where not all its rows are replaced.
"""

from __future__ import annotations

import duckdb

# So few that a changed row takes few others along, so many that the buckets are added up quickly.
_ROWS_IN_A_BUCKET = 64
_FEWEST_BITS = 4
# Beyond this share a copy, in the order of the key, is better for those who read it.
_MOST_CHANGED = 0.25


def put_changes(connection: duckdb.DuckDBPyConnection, built: str, served: str) -> bool:
    """Replace what differs in a served table.

    Args:
        connection: to the file of the served table, with the database of the built one attached.
        built: the qualified, quoted name of what it is to say.
        served: that of the table to change; it has the same columns.

    Returns:
        False if so much differs that nothing was changed: copy the table.
    """
    ((rows,),) = connection.execute(f"select count(*) from {built}").fetchall()  # noqa: S608
    bits = max(_FEWEST_BITS, (rows // _ROWS_IN_A_BUCKET).bit_length())
    bucket = f"hash(t) >> {64 - bits}"
    sums = f"select {bucket} as bucket, count(*) as n, sum(hash(t)) as digest from"
    connection.execute(
        f"""
        create or replace temp table changed_buckets as
        select bucket
        from ({sums} {built} as t group by all) as now
        full join ({sums} {served} as t group by all) as before using (bucket)
        where now.n is distinct from before.n or now.digest is distinct from before.digest
        """  # noqa: S608
    )
    ((count,),) = connection.execute("select count(*) from changed_buckets").fetchall()
    if count > _MOST_CHANGED * 2**bits:
        return False
    if count:
        differing = f"where {bucket} in (select bucket from changed_buckets)"  # noqa: S608
        connection.execute(f"delete from {served} as t {differing}")  # noqa: S608
        connection.execute(f"insert into {served} select * from {built} as t {differing}")  # noqa: S608
    return True
