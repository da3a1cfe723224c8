"""The figures of the recap of a loaded database: counted by the schema's own function, many events at once."""

from concurrent.futures import ThreadPoolExecutor

from bench.postgres import Postgres

AT_ONCE = 100_000
# Two at a time, who share no figure: one counts the older years, one the newer; parted at the turn of a year that is
# nearest to the middle.
PARTS = """
WITH middle AS (
    SELECT date_trunc('year', min(e.at) + (max(e.at) - min(e.at)) / 2 + interval '6 months', 'Asia/Jakarta') AS at
    FROM event e WHERE e.kind = 'reported'
)
SELECT middle.at AS middle, min(e.id) AS first, max(e.id) AS last
FROM event e, middle GROUP BY middle.at, e.at < middle.at ORDER BY e.at < middle.at
"""
COUNT = """
SELECT count_events(ARRAY(SELECT e.id FROM event e
                          WHERE e.id >= %(first)s AND e.id < %(last)s AND (e.at < %(middle)s) = %(is_older)s))
"""


def count(postgres: Postgres, name: str) -> None:
    """Everything that waits in the queue."""
    with postgres.opened(name) as query:
        query.execute("TRUNCATE recap_pending")
        parts = query.select(PARTS)
    with ThreadPoolExecutor(len(parts)) as pool:
        list(pool.map(lambda part: _count(postgres, name, *part), zip(parts, (False, True), strict=False)))
    with postgres.opened(name) as query:
        query.execute("VACUUM ANALYZE figure, duration_bucket, duration_rank, recap_pending")


def _count(postgres: Postgres, name: str, part: dict, is_older: bool) -> None:
    with postgres.opened(name) as query:
        for first in range(part["first"], part["last"] + 1, AT_ONCE):
            query.execute(COUNT, part | {"first": first, "last": first + AT_ONCE, "is_older": is_older})
